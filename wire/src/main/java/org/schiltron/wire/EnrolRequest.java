package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A customer asks a ring node for a cookie, before the ring node computes or remembers anything for it. As long as the
 * answer, so that a forged sender gains nothing.
 *
 * <pre>
 *  0 header (8)      tag: 0
 *  8 random (16)     comes back in the answer
 * 24 zero (40)
 * 64
 * </pre>
 */
public final class EnrolRequest {
    public static final int LENGTH = 64;

    private EnrolRequest() {
    }

    /** Writes the message; returns its length. */
    public static int write(MemorySegment s, long at, long randomHigh, long randomLow) {
        Wire.header(s, at, Wire.ENROL_REQUEST, 0, 0, 0);
        Wire.putLong(s, at + 8, randomHigh);
        Wire.putLong(s, at + 16, randomLow);
        Wire.zero(s, at + 24, LENGTH - 24);
        return LENGTH;
    }

    public static long randomHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long randomLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }
}
