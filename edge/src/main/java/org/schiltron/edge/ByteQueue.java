package org.schiltron.edge;

/**
 * Bytes that wait, first in first out, at most as many as its limit. The array grows on demand and is let go when the
 * last byte leaves.
 */
final class ByteQueue {
    private static final int SMALLEST = 1 << 10;
    private static final byte[] NONE = new byte[0];

    private final int limit;
    private byte[] ring = NONE;
    private int head; // index of the first byte
    private int size;

    /** @param limit a power of two, at least 1,024: what does not fit is not taken */
    ByteQueue(int limit) {
        this.limit = limit;
    }

    int size() {
        return size;
    }

    int room() {
        return limit - size;
    }

    /** Returns how many were taken. */
    int write(byte[] from, int offset, int length) {
        int taken = Math.min(length, room());
        grow(size + taken);
        int at = ring.length == 0 ? 0 : head + size & ring.length - 1;
        int first = Math.min(taken, ring.length - at);
        System.arraycopy(from, offset, ring, at, first);
        System.arraycopy(from, offset + first, ring, 0, taken - first);
        size += taken;
        return taken;
    }

    /** Copies bytes that stay: {@code length} of them from the {@code skip}th on, which must be there. */
    void copy(int skip, byte[] into, int offset, int length) {
        if (length == 0)
            return;
        int from = head + skip & ring.length - 1;
        int first = Math.min(length, ring.length - from);
        System.arraycopy(ring, from, into, offset, first);
        System.arraycopy(ring, 0, into, offset + first, length - first);
    }

    /** Takes bytes out; returns how many. */
    int read(byte[] into, int offset, int length) {
        int got = Math.min(length, size);
        copy(0, into, offset, got);
        drop(got);
        return got;
    }

    /** Forgets the first bytes. */
    void drop(int length) {
        size -= length;
        if (size == 0) {
            ring = NONE;
            head = 0;
        } else
            head = head + length & ring.length - 1;
    }

    /** Forgets the last bytes. */
    void truncate(int keep) {
        if (keep == 0)
            clear();
        else
            size = Math.min(size, keep);
    }

    void clear() {
        drop(size);
    }

    private void grow(int needed) {
        if (needed <= ring.length)
            return;
        byte[] larger = new byte[Math.max(SMALLEST, Integer.highestOneBit(needed - 1) << 1)];
        copy(0, larger, 0, size);
        ring = larger;
        head = 0;
    }
}
