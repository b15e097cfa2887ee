package org.schiltron.internet;

import java.io.IOException;

/** A canonical Huffman code as bzip2 writes it: lengths of 1 to 20 bits, each as steps from the one before. */
final class HuffmanTable {
    private static final int MAX_BITS = 20;

    private final int[] lengths;
    private final int[] symbolOf;
    /** By length: the first code that is none of that length. */
    private final int[] limit = new int[MAX_BITS + 2];
    private final int[] offset = new int[MAX_BITS + 2];
    private int shortest;

    HuffmanTable(int mostSymbols) {
        lengths = new int[mostSymbols];
        symbolOf = new int[mostSymbols];
    }

    void read(Bzip2.BitReader bits, int symbols) throws IOException {
        int length = bits.read(5);
        for (int symbol = 0; symbol < symbols; symbol++) {
            for (;;) {
                if (length < 1 || length > MAX_BITS)
                    throw new IOException("a code of " + length + " bits");
                if (bits.read(1) == 0)
                    break;
                length += bits.read(1) == 0 ? 1 : -1;
            }
            lengths[symbol] = length;
        }
        int code = 0;
        int given = 0;
        shortest = MAX_BITS + 1;
        for (int size = 1; size <= MAX_BITS; size++) {
            code <<= 1;
            offset[size] = given - code;
            for (int symbol = 0; symbol < symbols; symbol++)
                if (lengths[symbol] == size) {
                    symbolOf[given++] = symbol;
                    code++;
                    shortest = Math.min(shortest, size);
                }
            limit[size] = code;
        }
    }

    int next(Bzip2.BitReader bits) throws IOException {
        int length = shortest;
        int code = bits.read(length);
        while (code >= limit[length]) {
            if (++length > MAX_BITS)
                throw new IOException("a code that means nothing");
            code = code << 1 | bits.read(1);
        }
        return symbolOf[offset[length] + code]; // a code below a shorter length's limit would have ended there
    }
}
