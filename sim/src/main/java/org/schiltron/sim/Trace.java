package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The running hash of a run's events: multiply and rotate, enough to tell two runs apart, not to resist someone who
 * chooses the events. Four words at a time are multiplied side by side, since each step has to wait for the one before.
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

    void mix(long a, long b, long c, long d) {
        mix(a * 0xbf58_476d_1ce4_e5b9L + b * 0x94d0_49bb_1331_11ebL + c * 0xd6e8_feb8_6659_fd93L
                + d * 0xe703_7ed1_a0b4_28dbL);
    }

    /**
     * Mixes in the first and last 32 bytes: where the protocols here carry header, nonce and authentication tag, so
     * that datagrams that differ anywhere else differ there too.
     */
    void mix(MemorySegment segment, long offset, int length) {
        if (length >= 32) {
            four(segment, offset);
            if (length >= 64)
                four(segment, offset + length - 32);
            return;
        }
        int i = 0;
        for (; i + 8 <= length; i += 8)
            mix(segment.get(WORD, offset + i));
        for (; i < length; i++)
            mix(segment.get(ValueLayout.JAVA_BYTE, offset + i));
    }

    private void four(MemorySegment segment, long at) {
        mix(segment.get(WORD, at), segment.get(WORD, at + 8), segment.get(WORD, at + 16), segment.get(WORD, at + 24));
    }

    long hash() {
        return hash;
    }
}
