package org.schiltron.swarm;

/**
 * Reads the frames of one opened packet. Every read is bounds-checked and nothing throws: after a read past the end or a
 * value out of range {@link #failed} is true and reads yield 0.
 */
final class FrameReader {
    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private boolean failed;

    FrameReader over(byte[] packet, int offset, int length) {
        bytes = packet;
        at = offset;
        end = offset + length;
        failed = false;
        return this;
    }

    boolean hasMore() {
        return !failed && at < end;
    }

    boolean failed() {
        return failed;
    }

    int remaining() {
        return end - at;
    }

    /** The array read from; meaningful with the offset {@link #skip} returns. */
    byte[] array() {
        return bytes;
    }

    int u8() {
        if (at >= end)
            return fail();
        return bytes[at++] & 0xff;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    long varint() {
        if (at >= end)
            return fail();
        int length = 1 << ((bytes[at] & 0xff) >>> 6);
        if (length > end - at)
            return fail();
        long value = bytes[at++] & 0x3f;
        for (int i = 1; i < length; i++)
            value = value << 8 | (bytes[at++] & 0xff);
        return value;
    }

    /** A varint of at most {@code max}. */
    int varintUpTo(int max) {
        long value = varint();
        return value > max ? fail() : (int) value;
    }

    /** Passes over {@code length} bytes; returns where they start. */
    int skip(int length) {
        if (length < 0 || length > end - at) {
            fail();
            return 0;
        }
        int start = at;
        at += length;
        return start;
    }

    byte[] take(int length) {
        int start = skip(length);
        byte[] taken = new byte[failed ? 0 : length];
        System.arraycopy(bytes, start, taken, 0, taken.length);
        return taken;
    }

    private int fail() {
        failed = true;
        at = end;
        return 0;
    }
}
