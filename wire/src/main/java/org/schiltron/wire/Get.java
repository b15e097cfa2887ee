package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * Requests packets: each image is good for one packet whose nonce has that image.
 *
 * <pre>
 *  0 header (8)                  tag: comes back in the data
 *  8 cookie (8)
 * 16 lifetime (2)                how long the mailbox is to keep these gets, in units of 4 ms
 * 18 longest body, bytes (2)     a longer packet is not delivered
 * 20 reserved (4)
 * 24 image (16) x 1..72
 * </pre>
 */
public final class Get {
    public static final int IMAGES = 24;
    public static final int MAX_IMAGES = (Wire.MAX_DATAGRAM - Wire.ENVELOPE - IMAGES) / Wire.NONCE; // 72

    private Get() {
    }

    /** Writes all but the images; returns the length of the message with {@code count} of them. */
    public static int write(MemorySegment s, long at, int shard, int tag, long cookie, int lifetimeMs, int maxBody,
            int count) {
        Wire.header(s, at, Wire.GET, shard, 0, tag);
        Wire.putLong(s, at + 8, cookie);
        Wire.putU16(s, at + 16, lifetimeMs >> 2);
        Wire.putU16(s, at + 18, maxBody);
        Wire.putInt(s, at + 20, 0);
        return IMAGES + count * Wire.NONCE;
    }

    public static void putImage(MemorySegment s, long at, int index, long imageHigh, long imageLow) {
        Wire.putLong(s, at + IMAGES + 16L * index, imageHigh);
        Wire.putLong(s, at + IMAGES + 16L * index + 8, imageLow);
    }

    /** Whether a datagram of {@code length} bytes has the form of this message. */
    public static boolean wellFormed(int length) {
        return length > IMAGES && (length - IMAGES) % Wire.NONCE == 0 && length <= IMAGES + MAX_IMAGES * Wire.NONCE;
    }

    public static int count(int length) {
        return (length - IMAGES) / Wire.NONCE;
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static int lifetimeMs(MemorySegment s, long at) {
        return Wire.getU16(s, at + 16) << 2;
    }

    public static int maxBody(MemorySegment s, long at) {
        return Wire.getU16(s, at + 18);
    }

    public static long imageHigh(MemorySegment s, long at, int index) {
        return Wire.getLong(s, at + IMAGES + 16L * index);
    }

    public static long imageLow(MemorySegment s, long at, int index) {
        return Wire.getLong(s, at + IMAGES + 16L * index + 8);
    }
}
