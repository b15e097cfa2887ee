package org.schiltron.relay;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Buffers for what must wait: the first bytes of a connection, and what a slow side has not taken yet. In three sizes,
 * so that a waiting request line costs 2 KiB and a full direction {@link #LARGEST}. How many are out is bounded by
 * {@link ByteQuota}, not here; of those given back {@link #KEPT} of each size are kept for the next.
 *
 * <p>Used by one loop's thread.
 */
final class BufferPool {
    static final int SMALLEST = 2 * 1024;
    /** A TLS record with all around it (RFC 8446, section 5.2) fits. */
    static final int MIDDLE = 18 * 1024;
    static final int LARGEST = 64 * 1024;

    /** At most 64 of each size, 5.3 MiB in all. */
    static final int KEPT = 64;

    private final ArrayDeque<ByteBuffer> small = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> middle = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> large = new ArrayDeque<>();

    /** The size of the buffer that holds this many bytes. */
    static int sizeFor(int bytes) {
        if (bytes > LARGEST)
            throw new IllegalArgumentException("no buffer holds " + bytes + " bytes");
        return bytes <= SMALLEST ? SMALLEST : bytes <= MIDDLE ? MIDDLE : LARGEST;
    }

    /** An empty buffer of {@link #sizeFor}. */
    ByteBuffer take(int bytes) {
        int size = sizeFor(bytes);
        ByteBuffer buffer = kept(size).pollFirst();
        return buffer == null ? ByteBuffer.allocateDirect(size) : buffer.clear();
    }

    void give(ByteBuffer buffer) {
        ArrayDeque<ByteBuffer> kept = kept(buffer.capacity());
        if (kept.size() < KEPT)
            kept.addFirst(buffer);
    }

    private ArrayDeque<ByteBuffer> kept(int size) {
        return size == SMALLEST ? small : size == MIDDLE ? middle : large;
    }
}
