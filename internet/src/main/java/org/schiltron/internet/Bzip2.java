package org.schiltron.internet;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads bzip2, one stream or several in a row, checking every checksum. A decoder of our own since loading a graph is mostly
 * this: in a process that has just started it takes 0.7 s for the graph of 2024 where commons-compress takes 2.0
 * (docs/decisions/0012-internet-scale.md). Tests compare the two.
 *
 * <p>A block is, from the inside out: run lengths, Burrows-Wheeler transform, move to front, zero runs, Huffman codes of up to
 * six tables that change every 50 symbols. Memory: 4.5 MB whatever the file says.
 */
final class Bzip2 extends InputStream {
    private static final long BLOCK = 0x3141_5926_5359L;
    private static final long END = 0x1772_4538_5090L;
    private static final int BLOCK_UNIT = 100_000;
    private static final int GROUP = 50;
    private static final int MAX_TABLES = 6;
    private static final int MAX_SYMBOLS = 258;
    private static final int MAX_SELECTORS = 18_002;
    private static final int RUN_A = 0;
    private static final int RUN_B = 1;
    private static final int[] CRC = crcTable();

    private final BitReader bits;
    private final HuffmanTable[] tables = new HuffmanTable[MAX_TABLES];
    private final byte[] selectors = new byte[MAX_SELECTORS];
    private final byte[] front = new byte[256];
    /** In the low byte the last column, above it the links of the inverse transform. */
    private final int[] links = new int[9 * BLOCK_UNIT];
    private int most;
    private int left;
    private int at;
    private int last = -1;
    private int alike;
    private int repeat;
    private boolean ended;
    private int blockCrc;
    private int wantedBlockCrc;
    private int streamCrc;

    /** @throws IOException when it does not begin as bzip2 does */
    Bzip2(InputStream in) throws IOException {
        bits = new BitReader(in);
        for (int i = 0; i < MAX_TABLES; i++)
            tables[i] = new HuffmanTable(MAX_SYMBOLS);
        beginStream();
        nextBlock();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length && !ended) {
            if (repeat > 0) {
                repeat--;
                target[offset + done++] = (byte) put(last);
            } else if (left > 0) {
                int value = take();
                if (alike == 4) { // the byte after four alike says how many more there are
                    repeat = value;
                    alike = 0;
                    continue;
                }
                alike = value == last ? alike + 1 : 1;
                last = value;
                target[offset + done++] = (byte) put(value);
            } else {
                endBlock();
                nextBlock();
            }
        }
        return done > 0 || length == 0 ? done : -1;
    }

    private int take() {
        int link = links[at];
        at = link >>> 8;
        left--;
        return link & 0xFF;
    }

    private int put(int value) {
        blockCrc = blockCrc << 8 ^ CRC[(blockCrc >>> 24 ^ value) & 0xFF];
        return value;
    }

    private void beginStream() throws IOException {
        if (bits.read(24) != ('B' << 16 | 'Z' << 8 | 'h'))
            throw new IOException("a bzip2 stream begins with BZh");
        int level = bits.read(8) - '0';
        if (level < 1 || level > 9)
            throw new IOException("a block size of " + level);
        most = level * BLOCK_UNIT;
        streamCrc = 0;
    }

    private void endBlock() throws IOException {
        if (~blockCrc != wantedBlockCrc)
            throw new IOException("a block's checksum is wrong");
        streamCrc = (streamCrc << 1 | streamCrc >>> 31) ^ ~blockCrc;
    }

    private void nextBlock() throws IOException {
        for (;;) {
            long magic = (long) bits.read(24) << 24 | bits.read(24);
            if (magic == BLOCK) {
                beginBlock();
                return;
            }
            if (magic != END)
                throw new IOException("neither a block nor the end");
            if ((bits.read(16) << 16 | bits.read(16)) != streamCrc)
                throw new IOException("the stream's checksum is wrong");
            if (bits.alignedAtEnd()) {
                ended = true;
                return;
            }
            beginStream();
        }
    }

    private void beginBlock() throws IOException {
        wantedBlockCrc = bits.read(16) << 16 | bits.read(16);
        if (bits.read(1) != 0)
            throw new IOException("a randomised block, as no bzip2 since 1997 writes");
        int origin = bits.read(24);
        int symbols = usedBytes() + 2;
        int tableCount = bits.read(3);
        if (tableCount < 2 || tableCount > MAX_TABLES)
            throw new IOException(tableCount + " tables");
        int selectorCount = selectors(tableCount);
        for (int i = 0; i < tableCount; i++)
            tables[i].read(bits, symbols);
        int[] counts = new int[256];
        left = symbols(symbols, selectorCount, counts);
        if (origin >= left)
            throw new IOException("a block that begins behind its end");
        unsort(counts, origin);
        blockCrc = -1;
        alike = 0;
        last = -1;
        repeat = 0;
    }

    /** Fills {@link #front}; how many there are. */
    private int usedBytes() throws IOException {
        int groups = bits.read(16);
        int count = 0;
        for (int group = 0; group < 16; group++) {
            if ((groups >>> (15 - group) & 1) == 0)
                continue;
            int used = bits.read(16);
            for (int i = 0; i < 16; i++)
                if ((used >>> (15 - i) & 1) != 0)
                    front[count++] = (byte) (group << 4 | i);
        }
        if (count == 0)
            throw new IOException("a block without bytes");
        return count;
    }

    private int selectors(int tableCount) throws IOException {
        int count = bits.read(15);
        if (count < 1)
            throw new IOException("no table is selected");
        byte[] order = {0, 1, 2, 3, 4, 5};
        for (int i = 0; i < count; i++) {
            int place = 0;
            while (bits.read(1) != 0)
                if (++place >= tableCount)
                    throw new IOException("a table that is not there");
            byte table = order[place];
            System.arraycopy(order, 0, order, 1, place);
            order[0] = table;
            if (i < MAX_SELECTORS) // some writers append more than are ever used
                selectors[i] = table;
        }
        return Math.min(count, MAX_SELECTORS);
    }

    /** Decodes the block's symbols into the low bytes of {@link #links}; how many bytes. */
    private int symbols(int symbols, int selectorCount, int[] counts) throws IOException {
        int end = symbols - 1;
        int size = 0;
        int run = 0;
        int weight = 1;
        int group = -1;
        int inGroup = 0;
        HuffmanTable table = tables[0];
        for (;;) {
            if (inGroup == 0) {
                if (++group >= selectorCount)
                    throw new IOException("a block longer than its tables");
                table = tables[selectors[group]];
                inGroup = GROUP;
            }
            inGroup--;
            int symbol = table.next(bits);
            if (symbol <= RUN_B) {
                run += symbol == RUN_A ? weight : 2 * weight;
                weight <<= 1;
                if (run > most)
                    throw new IOException("a run longer than a block");
                continue;
            }
            if (run > 0) {
                size = repeat(size, run, counts);
                run = 0;
                weight = 1;
            }
            if (symbol == end)
                return size;
            byte value = front[symbol - 1];
            System.arraycopy(front, 0, front, 1, symbol - 1);
            front[0] = value;
            size = repeat(size, 1, counts);
        }
    }

    private int repeat(int size, int run, int[] counts) throws IOException {
        if (run > most - size)
            throw new IOException("a block longer than it may be");
        int value = front[0] & 0xFF;
        counts[value] += run;
        Arrays.fill(links, size, size + run, value);
        return size + run;
    }

    private void unsort(int[] counts, int origin) {
        int sum = 0;
        for (int value = 0; value < 256; value++) {
            int count = counts[value];
            counts[value] = sum;
            sum += count;
        }
        for (int i = 0; i < left; i++) {
            int place = counts[links[i] & 0xFF]++;
            links[place] |= i << 8;
        }
        at = links[origin] >>> 8;
    }

    private static int[] crcTable() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int crc = i << 24;
            for (int bit = 0; bit < 8; bit++)
                crc = crc << 1 ^ (crc < 0 ? 0x04C1_1DB7 : 0);
            table[i] = crc;
        }
        return table;
    }

    @Override
    public void close() throws IOException {
        bits.close();
    }

    /** Bits, the highest of a byte first. */
    static final class BitReader {
        private final InputStream in;
        private final byte[] buffer = new byte[1 << 15];
        private int next;
        private int size;
        private int word;
        private int held;

        BitReader(InputStream in) {
            this.in = in;
        }

        /** @param count up to 24 */
        int read(int count) throws IOException {
            while (held < count) {
                if (next == size && !fill())
                    throw new EOFException();
                word = word << 8 | buffer[next++] & 0xFF;
                held += 8;
            }
            held -= count;
            return word >>> held & (1 << count) - 1;
        }

        private boolean fill() throws IOException {
            next = 0;
            size = Math.max(0, in.read(buffer));
            return size > 0;
        }

        /** Skips to the next byte; whether there is none. */
        boolean alignedAtEnd() throws IOException {
            held -= held & 7;
            return held == 0 && next == size && !fill();
        }

        void close() throws IOException {
            in.close();
        }
    }
}
