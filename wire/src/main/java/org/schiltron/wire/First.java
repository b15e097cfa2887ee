package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A hello on its way from the mailbox to the service, on one of the service's first-contact gets.
 *
 * <pre>
 *  0 header (8)    tag: the post's
 *  8 nonce (16)    the first-contact nonce
 * 24 content       as in {@link Hello}, from the credential's kind on
 * </pre>
 */
public final class First {
    public static final int CONTENT = 24;

    private First() {
    }

    /** Writes all but the content, which follows at {@link #CONTENT}. */
    public static void write(MemorySegment s, long at, int shard, int tag, long nonceHigh, long nonceLow) {
        Wire.header(s, at, Wire.FIRST, shard, 0, tag);
        Wire.putLong(s, at + 8, nonceHigh);
        Wire.putLong(s, at + 16, nonceLow);
    }

    public static boolean wellFormed(MemorySegment s, long at, int length) {
        return length > CONTENT && Hello.contentWellFormed(s, at + CONTENT, length - CONTENT);
    }
}
