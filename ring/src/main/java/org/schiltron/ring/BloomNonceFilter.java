package org.schiltron.ring;

import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/**
 * The paper's filter with plain Bloom filters (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970):
 * each probe of a key falls anywhere in a copy, so it costs up to {@code probes} cache misses. Probes by double hashing of
 * the key's halves (Kirsch and Mitzenmacher, "Less hashing, same performance", 2006). The behaviour of the lists, and what
 * an adversary can do, is in {@link WhiteBlackFilter}.
 */
public final class BloomNonceFilter extends WhiteBlackFilter {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private final long bits;

    /**
     * @param bytes       for all four copies together, 256 bytes to 2 GiB, rounded down to whole cache lines
     * @param keysPerTurn requests in a turn it is tuned for
     * @param turnNs      the time a request is remembered for at least; twice that at most
     * @param memory      gives zeroed memory
     */
    public BloomNonceFilter(long bytes, long keysPerTurn, long turnNs, SegmentAllocator memory) {
        super(bytes, bestProbes(bytes, keysPerTurn, 16), turnNs, memory);
        bits = copyBytes() * 8;
    }

    @Override
    boolean contains(long copy, long key) {
        int step = (int) (key >>> 32) | 1;
        int hash = (int) key;
        for (int i = 0; i < probes; i++) {
            long bit = (hash & 0xffff_ffffL) * bits >>> 32;
            if ((memory.get(WORD, copy + (bit >>> 6 << 3)) >>> bit & 1) == 0)
                return false;
            hash += step;
        }
        return true;
    }

    @Override
    void insert(long copy, long key) {
        int step = (int) (key >>> 32) | 1;
        int hash = (int) key;
        for (int i = 0; i < probes; i++) {
            long bit = (hash & 0xffff_ffffL) * bits >>> 32;
            long at = copy + (bit >>> 6 << 3);
            memory.set(WORD, at, memory.get(WORD, at) | 1L << bit);
            hash += step;
        }
    }
}
