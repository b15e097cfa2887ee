package org.schiltron.ring;

import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * The paper's filter with blocked Bloom filters (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom
 * filters", 2007): the upper half of a key picks a 64-byte line, nine bits for each probe come from the lower half, and all
 * fall into that line: one cache miss per copy looked at, paid with somewhat more false positives, as lines fill unevenly.
 * The behaviour of the lists, and what an adversary can do, is in {@link WhiteBlackFilter}.
 */
public final class BlockedBloomNonceFilter extends WhiteBlackFilter {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L; // 2^64 / golden ratio: every bit reaches the top

    private final long lines;

    /**
     * @param bytes       for all four copies together, 256 bytes to 2 GiB, rounded down to whole cache lines
     * @param keysPerTurn requests in a turn it is tuned for
     * @param turnNs      the time a request is remembered for at least; twice that at most
     * @param memory      gives zeroed memory
     */
    public BlockedBloomNonceFilter(long bytes, long keysPerTurn, long turnNs, SegmentAllocator memory) {
        super(bytes, bestProbes(bytes, keysPerTurn, 7), turnNs, memory);
        lines = copyBytes() / 64;
    }

    @Override
    boolean contains(long copy, long key) {
        long line = copy + ((key >>> 32) * lines >>> 32) * 64;
        long spread = (key & 0xffff_ffffL) * SPREAD;
        for (int i = 0; i < probes; i++) {
            int bit = (int) (spread >>> 55);
            if ((memory.get(WORD, line + (bit >>> 6 << 3)) >>> bit & 1) == 0)
                return false;
            spread <<= 9;
        }
        return true;
    }

    @Override
    void insert(long copy, long key) {
        long line = copy + ((key >>> 32) * lines >>> 32) * 64;
        long spread = (key & 0xffff_ffffL) * SPREAD;
        for (int i = 0; i < probes; i++) {
            int bit = (int) (spread >>> 55);
            long at = line + (bit >>> 6 << 3);
            memory.set(WORD, at, memory.get(WORD, at) | 1L << bit);
            spread <<= 9;
        }
    }
}
