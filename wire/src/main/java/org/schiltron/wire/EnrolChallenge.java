package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A ring node's answer to an {@link EnrolRequest}: a cookie that proves the sender's address, and the key to enrol with.
 * Nothing here is authenticated; a wrong key or cookie makes the {@link Enrol} that follows fail.
 *
 * <pre>
 *  0 header (8)             tag: 0
 *  8 random (16)            the request's
 * 24 cookie (8)
 * 32 ring's public key (32)
 * 64
 * </pre>
 */
public final class EnrolChallenge {
    public static final int LENGTH = 64;
    private static final int RING_KEY = 32;
    public static final int KEY_LENGTH = 32;

    private EnrolChallenge() {
    }

    /** Writes the message; returns its length. */
    public static int write(MemorySegment s, long at, long randomHigh, long randomLow, long cookie, byte[] ringKey) {
        Wire.header(s, at, Wire.ENROL_CHALLENGE, 0, 0, 0);
        Wire.putLong(s, at + 8, randomHigh);
        Wire.putLong(s, at + 16, randomLow);
        Wire.putLong(s, at + 24, cookie);
        Wire.putBytes(s, at + RING_KEY, ringKey);
        return LENGTH;
    }

    public static long randomHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long randomLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }

    public static byte[] ringKey(MemorySegment s, long at) {
        return Wire.getBytes(s, at + RING_KEY, KEY_LENGTH);
    }
}
