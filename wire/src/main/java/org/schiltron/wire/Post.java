package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A service leaves first-contact gets at a mailbox: each admits one hello that the service did not ask for. They carry
 * the nonces themselves, since the mailbox must show one to the ring.
 *
 * <pre>
 *  0 header (8)          tag: comes back with the hello
 *  8 cookie (8)
 * 16 service id (16)     first half of SHA-256 of the service's public key
 * 32 lifetime (2)        how long the mailbox is to keep these, in units of 4 ms
 * 34 reserved (6)
 * 40 nonce (16) x 1..71
 * </pre>
 */
public final class Post {
    public static final int NONCES = 40;
    public static final int MAX_NONCES = (Wire.MAX_DATAGRAM - Wire.ENVELOPE - NONCES) / Wire.NONCE; // 71

    private Post() {
    }

    /** Writes all but the nonces; returns the length of the message with {@code count} of them. */
    public static int write(MemorySegment s, long at, int shard, int tag, long cookie, long serviceHigh,
            long serviceLow, int lifetimeMs, int count) {
        Wire.header(s, at, Wire.POST, shard, 0, tag);
        Wire.putLong(s, at + 8, cookie);
        Wire.putLong(s, at + 16, serviceHigh);
        Wire.putLong(s, at + 24, serviceLow);
        Wire.putU16(s, at + 32, lifetimeMs >> 2);
        Wire.putU16(s, at + 34, 0);
        Wire.putInt(s, at + 36, 0);
        return NONCES + count * Wire.NONCE;
    }

    public static void putNonce(MemorySegment s, long at, int index, long nonceHigh, long nonceLow) {
        Wire.putLong(s, at + NONCES + 16L * index, nonceHigh);
        Wire.putLong(s, at + NONCES + 16L * index + 8, nonceLow);
    }

    public static boolean wellFormed(int length) {
        return length > NONCES && (length - NONCES) % Wire.NONCE == 0 && length <= NONCES + MAX_NONCES * Wire.NONCE;
    }

    public static int count(int length) {
        return (length - NONCES) / Wire.NONCE;
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long serviceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }

    public static long serviceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }

    public static int lifetimeMs(MemorySegment s, long at) {
        return Wire.getU16(s, at + 32) << 2;
    }

    public static long nonceHigh(MemorySegment s, long at, int index) {
        return Wire.getLong(s, at + NONCES + 16L * index);
    }

    public static long nonceLow(MemorySegment s, long at, int index) {
        return Wire.getLong(s, at + NONCES + 16L * index + 8);
    }
}
