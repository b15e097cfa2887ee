package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A mailbox's answer to a {@link Hello} that did not go on at once: what to work on, and how things stand.
 *
 * <pre>
 *  0 header (8)            tag: the hello's
 *  8 service id (16)
 * 24 challenge (16)        for the hello's address, now
 * 40 validity, seconds (2) after this time from now it may be refused
 * 42 kinds (1)             proofs the service takes: bit k for kind k
 * 43 state (1)             of this hello
 * 44 going bits (1)        of the least effort that went on lately, 0 if nobody waits
 * 45 token bits (1)        effort that a token must travel with now
 * 46 reserved (2)
 * 48
 * </pre>
 */
public final class Challenge {
    public static final int LENGTH = 48;
    /** Nothing is kept of it. */
    public static final int ASKED = 0;
    /** It waits for a first-contact get. */
    public static final int QUEUED = 1;
    /** Others that wait have done more. */
    public static final int OUTBID = 2;
    /** Its challenge is over, or was answered before; here is another. */
    public static final int STALE = 3;
    /** The proof does not hold. */
    public static final int REFUSED = 4;

    private Challenge() {
    }

    public static int write(MemorySegment s, long at, int tag, long serviceHigh, long serviceLow, long high, long low,
            int validitySeconds, int kinds, int state, int goingBits, int tokenBits) {
        Wire.header(s, at, Wire.CHALLENGE, 0, 0, tag);
        Wire.putLong(s, at + 8, serviceHigh);
        Wire.putLong(s, at + 16, serviceLow);
        Wire.putLong(s, at + 24, high);
        Wire.putLong(s, at + 32, low);
        Wire.putU16(s, at + 40, validitySeconds);
        Wire.putU8(s, at + 42, kinds);
        Wire.putU8(s, at + 43, state);
        Wire.putU8(s, at + 44, goingBits);
        Wire.putU8(s, at + 45, tokenBits);
        Wire.putU16(s, at + 46, 0);
        return LENGTH;
    }

    public static long serviceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long serviceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }

    public static long high(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }

    public static long low(MemorySegment s, long at) {
        return Wire.getLong(s, at + 32);
    }

    public static int validitySeconds(MemorySegment s, long at) {
        return Wire.getU16(s, at + 40);
    }

    public static int kinds(MemorySegment s, long at) {
        return Wire.getU8(s, at + 42);
    }

    public static int state(MemorySegment s, long at) {
        return Wire.getU8(s, at + 43);
    }

    public static int goingBits(MemorySegment s, long at) {
        return Wire.getU8(s, at + 44);
    }

    public static int tokenBits(MemorySegment s, long at) {
        return Wire.getU8(s, at + 45);
    }
}
