package org.schiltron.edge;

/**
 * Reads big-endian fields one after the other. Reading past the end gives zeros and marks it {@link #broken}, so that a
 * decoder looks once at the end instead of at every field; lengths that came from the input are safe to pass on.
 */
final class Cursor {
    private final byte[] bytes;
    private final int end;
    private int at;
    private boolean broken;

    Cursor(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    int left() {
        return end - at;
    }

    int at() {
        return at;
    }

    /** Whether more was read than there is. */
    boolean broken() {
        return broken;
    }

    /** Read to its end, and not past it. */
    boolean done() {
        return !broken && at == end;
    }

    int u8() {
        if (at == end) {
            broken = true;
            return 0;
        }
        return bytes[at++] & 0xff;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    int u24() {
        return u16() << 8 | u8();
    }

    int u32() {
        return u16() << 16 | u16();
    }

    /** A variable-length integer (RFC 9000, section 16), 0 to 2^62 - 1. */
    long varint() {
        int first = u8();
        long value = first & 0x3f;
        for (int more = (1 << (first >>> 6)) - 1; more > 0; more--)
            value = value << 8 | u8();
        return value;
    }

    void skip(long length) {
        if (length < 0 || length > left()) {
            broken = true;
            at = end;
        } else {
            at += (int) length;
        }
    }

    /** The next {@code length} bytes as a cursor of their own, empty if there are fewer. */
    Cursor part(long length) {
        int from = at;
        skip(length);
        return new Cursor(bytes, broken ? end : from, broken ? end : at);
    }

    byte[] take(long length) {
        Cursor part = part(length);
        byte[] taken = new byte[part.left()];
        System.arraycopy(bytes, part.at, taken, 0, taken.length);
        return taken;
    }
}
