package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A mailbox's answer to a {@link CookieRequest}: the proof of address for gets, puts, posts and hellos.
 *
 * <pre>
 *  0 header (8)            tag: the request's
 *  8 nonce (16)            the request's
 * 24 cookie (8)
 * 32 validity, seconds (2) after this time from now the cookie may be refused
 * 34 shards (1)            how many shards the mailbox has, at least 1
 * 35 registration bits (1) what a new poster must solve for (Post)
 * 36 longest get lifetime, milliseconds (4)
 * 40
 * </pre>
 */
public final class Cookie {
    public static final int LENGTH = 40;

    private Cookie() {
    }

    public static int write(MemorySegment s, long at, int shard, int tag, long nonceHigh, long nonceLow, long cookie,
            int validitySeconds, int shards, int registrationBits, int maxGetLifetimeMs) {
        Wire.header(s, at, Wire.COOKIE, shard, 0, tag);
        Wire.putLong(s, at + 8, nonceHigh);
        Wire.putLong(s, at + 16, nonceLow);
        Wire.putLong(s, at + 24, cookie);
        Wire.putU16(s, at + 32, validitySeconds);
        Wire.putU8(s, at + 34, shards);
        Wire.putU8(s, at + 35, registrationBits);
        Wire.putInt(s, at + 36, maxGetLifetimeMs);
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

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }

    public static int validitySeconds(MemorySegment s, long at) {
        return Wire.getU16(s, at + 32);
    }

    public static int shards(MemorySegment s, long at) {
        return Wire.getU8(s, at + 34);
    }

    public static int registrationBits(MemorySegment s, long at) {
        return Wire.getU8(s, at + 35);
    }

    public static int maxGetLifetimeMs(MemorySegment s, long at) {
        return Wire.getInt(s, at + 36);
    }
}
