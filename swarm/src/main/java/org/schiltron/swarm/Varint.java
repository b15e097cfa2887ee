package org.schiltron.swarm;

/** Variable-length integers of RFC 9000, section 16: 1, 2, 4 or 8 bytes for values up to 2^62 - 1. */
final class Varint {
    static final long MAX = (1L << 62) - 1;

    private Varint() {
    }

    static int length(long value) {
        return value < 1 << 6 ? 1 : value < 1 << 14 ? 2 : value < 1 << 30 ? 4 : 8;
    }

    /** Writes {@code value} (0 to {@link #MAX}); returns the offset after it. */
    static int write(byte[] into, int at, long value) {
        int length = length(value);
        long word = value | (long) Integer.numberOfTrailingZeros(length) << (8 * length - 2);
        for (int i = length - 1; i >= 0; i--) {
            into[at + i] = (byte) word;
            word >>>= 8;
        }
        return at + length;
    }
}
