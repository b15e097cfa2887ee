package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The running hash of a run's events: multiply and rotate, enough to tell two runs apart, not to resist someone who
 * chooses the events.
 */
final class Trace {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private long hash;

    static long mix(long hash, long word) {
        return Long.rotateLeft((hash ^ word) * 0x9e37_79b9_7f4a_7c15L, 29);
    }

    void mix(long word) {
        hash = mix(hash, word);
    }

    /**
     * Mixes in the first and last 32 bytes: where the protocols here carry header, nonce and authentication tag, so
     * that datagrams that differ anywhere else differ there too.
     */
    void mix(MemorySegment segment, long offset, int length) {
        int head = Math.min(length, 32);
        int i = 0;
        for (; i + 8 <= head; i += 8)
            mix(segment.get(WORD, offset + i));
        for (; i < head; i++)
            mix(segment.get(ValueLayout.JAVA_BYTE, offset + i));
        if (length >= 64) {
            for (int tail = length - 32; tail < length; tail += 8)
                mix(segment.get(WORD, offset + tail));
        }
    }

    long hash() {
        return hash;
    }
}
