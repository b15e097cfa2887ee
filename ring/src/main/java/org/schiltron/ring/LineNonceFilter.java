package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * First-in-first-out cache lines of fingerprints. The default filter.
 *
 * <p><b>Idea.</b> The memory is an array of 64-byte lines, each aligned to one cache line:
 *
 * <pre>
 *   byte 0      2      4      6                        62
 *      +------+------+------+------+-- ... --+------+------+
 *      | last |  1   |  2   |  3   |         |  30  |  31  |   16 bits each, host order little-endian
 *      +------+------+------+------+-- ... --+------+------+
 * </pre>
 *
 * The upper half of a key picks the line, the lower half gives a fingerprint of 1 to 65,535; 0 marks an empty slot. A
 * request writes its fingerprint into the slot after {@code last}, going round, and so over the oldest of the line. An
 * arrival looks for its fingerprint in all 31 slots; found, it passes and its slot is emptied. The white list, the black
 * list and the flush of the paper (section 3.3) fold into one: what has been used is gone, and what is old is overwritten
 * by what is new, without clock.
 *
 * <p><b>Cost.</b> One cache line per operation, so memory decides the speed. A batch of {@value #BATCH} therefore goes
 * through in three passes: work out where each key belongs; touch those lines, with nothing else between the loads, so that
 * as many misses overlap as the processor can hold; then work in the first-level cache. The search compares four slots at a
 * time in plain long arithmetic; {@link VectorLineNonceFilter} does the first pass on several keys at once and compares a
 * whole line at once where the Vector API is present.
 *
 * <p><b>Errors</b>, with {@code n} requests remembered per line and {@code m} slots in use (at most 31): a packet never
 * requested passes with probability m/65,535, at most 4.7e-4 when nothing is ever answered, and about n/65,535 (2.4e-4 at
 * n = 16) when most are. A request is lost if 31 or more of the same line follow before its answer: the upper tail of a
 * Poisson distribution whose mean is the requests per line in that time. Sized by {@link #bytesFor}, the mean is 16 when
 * all it was sized for come in between (6e-4 lost), 8 at half of it (below 1e-9): a filter sized for one second loses what
 * comes back later than that gradually, not at an edge.
 *
 * <p><b>What an adversary could do.</b>
 * <ul>
 * <li>Choose keys that share a line, to push out others' requests: keys are keyed hashes, and a customer has a filter of
 * its own ({@link NonceFilter}); flooding it with requests pushes out only the flooder's.
 * <li>Replay a packet that passed: its slot is empty. It passes again only as a false pass, or if the same key was
 * requested twice, and then as often as requested.
 * <li>Send packets never requested: 2.4 to 4.7 in 10,000 pass, and each that does empties a slot whose own answer is
 * then lost. A flood of ten such packets for each outstanding request costs 160/65,535 (2.4e-3) of the answers. The
 * paper's filter has the same weakness at a hundred times the rate: a false pass goes on the black list, and with it the
 * answers that collide.
 * <li>Make answers late: an answer later than the filter's memory is lost, as with every filter; the lifetime of a get at
 * the mailbox is to be shorter than that.
 * <li>Measure what passes, to learn keys: a false pass teaches a line and fingerprint under a secret key, good once.
 * </ul>
 */
public class LineNonceFilter implements NonceFilter {
    static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SLOT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final int LINE_BYTES = 64;
    static final int SLOTS = 31;
    /** Keys whose lines are touched before they are worked on: 4 KiB of the first-level cache. */
    static final int BATCH = 64;

    private static final int REQUESTS_PER_LINE = 16;
    private static final long ONES = 0x0001_0001_0001_0001L;
    private static final long TOPS = 0x8000_8000_8000_8000L;

    final MemorySegment memory;
    final long lines;
    /** Byte offsets of the lines of the batch under work. */
    final long[] lineOf = new long[BATCH];
    /** Keeps the touching loads from being optimised away. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    LineNonceFilter(long bytes, SegmentAllocator allocator) {
        lines = bytes / LINE_BYTES;
        if (lines < 1 || lines > 1L << 31)
            throw new IllegalArgumentException("a filter of " + bytes + " bytes: must be 64 bytes to 128 GiB");
        memory = allocator.allocate(lines * LINE_BYTES, LINE_BYTES);
    }

    /**
     * With the Vector API if the module {@code jdk.incubator.vector} is present and its vectors are at least 256 bits
     * wide, in plain Java otherwise; both decide alike.
     *
     * @param bytes  64 to 2^37, rounded down to whole lines
     * @param memory gives zeroed memory
     */
    public static LineNonceFilter create(long bytes, SegmentAllocator memory) {
        // The class is not loaded, and its missing superclasses not missed, where the module is absent.
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && VectorLineNonceFilter.worthwhile())
            return new VectorLineNonceFilter(bytes, memory);
        return new LineNonceFilter(bytes, memory);
    }

    /** In plain Java whatever is present: the reference. */
    public static LineNonceFilter createPlain(long bytes, SegmentAllocator memory) {
        return new LineNonceFilter(bytes, memory);
    }

    /** 4 bytes per outstanding request, in whole lines. */
    static long bytesFor(long outstanding) {
        if (outstanding < 1)
            throw new IllegalArgumentException("a filter for " + outstanding + " requests: must be at least 1");
        return (outstanding + REQUESTS_PER_LINE - 1) / REQUESTS_PER_LINE * LINE_BYTES;
    }

    @Override
    public void remember(long nowNs, long[] keys, int offset, int count) {
        for (int done = 0; done < count; done += BATCH) {
            int batch = Math.min(BATCH, count - done);
            place(keys, offset + done, 0, batch);
            touch(batch);
            for (int i = 0; i < batch; i++)
                write(lineOf[i], (short) fingerprint(keys[offset + done + i]));
        }
    }

    @Override
    public void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
        for (int done = 0; done < count; done += BATCH) {
            int batch = Math.min(BATCH, count - done);
            place(keys, offset + done, 0, batch);
            touch(batch);
            for (int i = 0; i < batch; i++)
                admitted[done + i] = take(lineOf[i], fingerprint(keys[offset + done + i]));
        }
    }

    /** Fills {@link #lineOf} for keys {@code first} to {@code count} of the batch that begins at {@code from}. */
    final void place(long[] keys, int from, int first, int count) {
        for (int i = first; i < count; i++)
            lineOf[i] = line(keys[from + i]);
    }

    final void touch(int batch) {
        long sum = 0;
        for (int i = 0; i < batch; i++)
            sum += memory.get(WORD, lineOf[i]);
        touched = sum;
    }

    /** Over the oldest of its line. */
    final void write(long line, short fingerprint) {
        int last = memory.get(SLOT, line);
        int slot = last == SLOTS ? 1 : last + 1;
        memory.set(SLOT, line + 2L * slot, fingerprint);
        memory.set(SLOT, line, (short) slot);
    }

    /** Looks four slots at a time; the lowest zero a word's subtraction flags is a true one (borrows go upward). */
    private boolean take(long line, long fingerprint) {
        long pattern = fingerprint * ONES;
        // The first slot holds the position and matches nothing.
        long a = zeros((memory.get(WORD, line) ^ pattern) | 0xffff);
        long b = zeros(memory.get(WORD, line + 8) ^ pattern);
        long c = zeros(memory.get(WORD, line + 16) ^ pattern);
        long d = zeros(memory.get(WORD, line + 24) ^ pattern);
        long e = zeros(memory.get(WORD, line + 32) ^ pattern);
        long f = zeros(memory.get(WORD, line + 40) ^ pattern);
        long g = zeros(memory.get(WORD, line + 48) ^ pattern);
        long h = zeros(memory.get(WORD, line + 56) ^ pattern);
        if (((a | b | c | d | e | f | g | h) & TOPS) == 0)
            return false;
        // Without a branch: bit 16 j + i says slot j of word i matched. The lowest j of a word is a true match.
        long found = (a & TOPS) >>> 15 | (b & TOPS) >>> 14 | (c & TOPS) >>> 13 | (d & TOPS) >>> 12 | (e & TOPS) >>> 11
                | (f & TOPS) >>> 10 | (g & TOPS) >>> 9 | (h & TOPS) >>> 8;
        int word = Long.numberOfTrailingZeros(found | found >>> 16 | found >>> 32 | found >>> 48);
        int bit = Long.numberOfTrailingZeros(found >>> word & ONES);
        memory.set(SLOT, line + ((long) word << 3) + (bit >>> 3), (short) 0);
        return true;
    }

    /** The top bit of each 16-bit part that is zero, among others that {@link #TOPS} masks out. */
    private static long zeros(long word) {
        return (word - ONES) & ~word;
    }

    /** Byte offset of the key's line: its upper 32 bits scaled to the number of lines. */
    final long line(long key) {
        return ((key >>> 32) * lines >>> 32) * LINE_BYTES;
    }

    /** 1 to 65,535, from the lower 32 bits; never 0, which is an empty slot. */
    static long fingerprint(long key) {
        return 1 + ((key & 0xffff_ffffL) * 0xffff >>> 32);
    }

    @Override
    public long bytes() {
        return lines * LINE_BYTES;
    }
}
