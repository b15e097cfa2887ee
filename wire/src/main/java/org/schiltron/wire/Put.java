package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * Leaves a packet at a mailbox, to be picked up with a {@link Get} of its nonce's image.
 *
 * <pre>
 *  0 header (8)
 *  8 cookie (8)    0: none
 * 16 nonce (16)
 * 32 body (1..1152)
 * </pre>
 */
public final class Put {
    public static final int BODY = 32;

    private Put() {
    }

    /** Writes all but the body, which follows at {@link #BODY}. */
    public static void write(MemorySegment s, long at, int shard, int tag, long cookie, long nonceHigh,
            long nonceLow) {
        Wire.header(s, at, Wire.PUT, shard, 0, tag);
        Wire.putLong(s, at + 8, cookie);
        Wire.putLong(s, at + 16, nonceHigh);
        Wire.putLong(s, at + 24, nonceLow);
    }

    public static boolean wellFormed(int length) {
        return length > BODY && length <= BODY + Wire.MAX_BODY;
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long nonceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }

    public static long nonceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }
}
