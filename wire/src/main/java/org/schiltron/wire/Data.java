package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A requested packet on its way from the mailbox to whoever asked.
 *
 * <pre>
 *  0 header (8)    flags: {@link Wire#FLAG_CONGESTED}; tag: the get's
 *  8 nonce (16)
 * 24 body (1..1152)
 * </pre>
 */
public final class Data {
    public static final int BODY = 24;

    private Data() {
    }

    /** Writes all but the body, which follows at {@link #BODY}. */
    public static void write(MemorySegment s, long at, int shard, int flags, int tag, long nonceHigh, long nonceLow) {
        Wire.header(s, at, Wire.DATA, shard, flags, tag);
        Wire.putLong(s, at + 8, nonceHigh);
        Wire.putLong(s, at + 16, nonceLow);
    }

    public static boolean wellFormed(int length) {
        return length > BODY && length <= BODY + Wire.MAX_BODY;
    }

    /** Also of {@link First} and {@link Cookie}: the nonce stands at the same offset in all a ring lets in. */
    public static long nonceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long nonceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }
}
