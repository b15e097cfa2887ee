package org.schiltron.relay;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may wait in buffers, for one source prefix or for all of the edge. Asked before a read, charged after
 * it: near the limit each direction goes on with {@link #FLOOR} bytes at a time, so that a prefix that spent its
 * quota gets slow, not stuck and not reset. What waits is therefore at most the limit, and {@link #FLOOR} for each
 * direction of each connection, and what the loops read at the same moment (64 KiB for each loop).
 */
final class ByteQuota {
    static final int FLOOR = BufferPool.SMALLEST;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    ByteQuota(long limit) {
        this.limit = limit;
    }

    /** How many bytes to read: the size of a buffer that could hold them all. */
    int room() {
        long free = limit - used.get();
        return free >= BufferPool.LARGEST
                ? BufferPool.LARGEST
                : free >= BufferPool.MIDDLE ? BufferPool.MIDDLE : FLOOR;
    }

    /** @param bytes negative when a buffer is given back */
    void charge(int bytes) {
        used.addAndGet(bytes);
    }

    long used() {
        return used.get();
    }
}
