package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * Asks a mailbox to prove that the sender receives at its address. At least as long as the answer, so that the mailbox
 * amplifies nothing.
 *
 * <pre>
 *  0 header (8)
 *  8 nonce (16)        random; comes back in the answer, and lets it through a ring
 * 24 zero (24)
 * 48
 * </pre>
 */
public final class CookieRequest {
    public static final int LENGTH = 48;

    private CookieRequest() {
    }

    /** Writes the message; returns its length. */
    public static int write(MemorySegment s, long at, int shard, int tag, long nonceHigh, long nonceLow) {
        Wire.header(s, at, Wire.COOKIE_REQUEST, shard, 0, tag);
        Wire.putLong(s, at + 8, nonceHigh);
        Wire.putLong(s, at + 16, nonceLow);
        Wire.zero(s, at + 24, 24);
        return LENGTH;
    }

    /** A ring node's business: it has that half of its own on the mailbox's side. */
    public static void putNonceLow(MemorySegment s, long at, long nonceLow) {
        Wire.putLong(s, at + 16, nonceLow);
    }

    public static long nonceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long nonceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }
}
