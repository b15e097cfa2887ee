package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * The filter of Phalanx, section 3.3: a white list of requested keys and a black list of keys that have entered, each in
 * two Bloom filters that take turns. A request goes into the current white copy. An arrival passes if either white copy
 * holds it and neither black copy does, and then goes into the current black copy.
 *
 * <p>Every {@code turnNs} the copies of both lists change places and the new current ones are flushed, so a request stands
 * for one to two turns. Both lists turn at the same instant, and a key enters the black list no earlier than the white:
 * its white entry is therefore flushed no later than its black one, and no flush makes a used key good again.
 *
 * <p>The flush is done at once: the first call after a turn waits for a quarter to a half of the memory to be cleared,
 * which at 50 MB is some milliseconds; a router of the paper's speed would have to clear little by little.
 *
 * <p>A Bloom filter has no false negatives, so no request is missed on the white list within a turn; false passes are the
 * white list's false positives, lost answers are the black list's. Whoever floods with packets never requested has the
 * false passes enter the black list and fills it.
 */
abstract sealed class WhiteBlackFilter implements NonceFilter permits BloomNonceFilter, BlockedBloomNonceFilter {
    private static final double LN_2 = Math.log(2);

    final MemorySegment memory;
    final int probes;
    private final long copyBytes;
    private final long turnNs;
    private long whiteCurrent;
    private long whitePrevious;
    private long blackCurrent;
    private long blackPrevious;
    private boolean started;
    private long turnedNs;

    WhiteBlackFilter(long bytes, int probes, long turnNs, SegmentAllocator allocator) {
        copyBytes = bytes / 4 & -64;
        if (copyBytes < 64 || copyBytes > 1L << 29)
            throw new IllegalArgumentException("a filter of " + bytes + " bytes: must be 256 bytes to 2 GiB");
        if (turnNs < 1)
            throw new IllegalArgumentException("a turn of " + turnNs + " ns: must be at least 1");
        this.probes = probes;
        this.turnNs = turnNs;
        memory = allocator.allocate(4 * copyBytes, 64);
        whitePrevious = copyBytes;
        blackCurrent = 2 * copyBytes;
        blackPrevious = 3 * copyBytes;
    }

    /** The number of probes with the fewest false positives at {@code keysPerTurn} keys, 1 to {@code most}. */
    static int bestProbes(long bytes, long keysPerTurn, int most) {
        double bitsPerKey = bytes * 2.0 / Math.max(1, keysPerTurn);
        return Math.clamp((long) (bitsPerKey * LN_2), 1, most);
    }

    abstract boolean contains(long copy, long key);

    abstract void insert(long copy, long key);

    @Override
    public final void remember(long nowNs, long[] keys, int offset, int count) {
        turn(nowNs);
        for (int i = offset; i < offset + count; i++)
            insert(whiteCurrent, keys[i]);
    }

    @Override
    public final void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
        turn(nowNs);
        for (int i = 0; i < count; i++) {
            long key = keys[offset + i];
            boolean pass = (contains(whiteCurrent, key) || contains(whitePrevious, key)) && !contains(blackCurrent, key)
                    && !contains(blackPrevious, key);
            if (pass)
                insert(blackCurrent, key);
            admitted[i] = pass;
        }
    }

    private void turn(long nowNs) {
        if (!started) {
            started = true;
            turnedNs = nowNs;
        }
        long turns = (nowNs - turnedNs) / turnNs;
        if (turns == 0)
            return;
        turnedNs += turns * turnNs;
        swapAndFlush();
        if (turns > 1)
            swapAndFlush();
    }

    private void swapAndFlush() {
        long white = whiteCurrent;
        whiteCurrent = whitePrevious;
        whitePrevious = white;
        long black = blackCurrent;
        blackCurrent = blackPrevious;
        blackPrevious = black;
        memory.asSlice(whiteCurrent, copyBytes).fill((byte) 0);
        memory.asSlice(blackCurrent, copyBytes).fill((byte) 0);
    }

    final long copyBytes() {
        return copyBytes;
    }

    @Override
    public long bytes() {
        return 4 * copyBytes;
    }
}
