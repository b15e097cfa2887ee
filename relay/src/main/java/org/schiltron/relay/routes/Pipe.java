package org.schiltron.relay.routes;

import java.nio.ByteBuffer;

/**
 * One direction of a leg between the client's loop and the node's: at most {@link #BYTES} wait. Each side is told, on its
 * own loop, when what it found empty or full no longer is. The only thing that two threads share; nothing is called with
 * its lock held but {@link Runnable}s that put a task into a loop.
 */
final class Pipe {
    static final int BYTES = 64 << 10;
    /** The writer is told once so much is free: no crumbs. */
    private static final int LEAST_ROOM = BYTES / 4;
    private static final int SMALLEST = 2 << 10;
    private static final byte[] NONE = new byte[0];

    private final Runnable onReadable;
    private final Runnable onWritable;
    private byte[] ring = NONE; // grows on demand, let go when empty
    private int head;
    private int size;
    private boolean ended;
    private boolean abandoned;
    private boolean readerWaits = true;
    private boolean writerWaits;

    /**
     * @param onReadable puts the reader's task into its loop
     * @param onWritable the writer's
     */
    Pipe(Runnable onReadable, Runnable onWritable) {
        this.onReadable = onReadable;
        this.onWritable = onWritable;
    }

    /** Takes what there is room for; returns how many bytes. */
    synchronized int write(ByteBuffer from) {
        if (abandoned || ended) { // nobody reads it any more
            int all = from.remaining();
            from.position(from.limit());
            return all;
        }
        int taken = Math.min(from.remaining(), BYTES - size);
        writerWaits = from.remaining() > taken;
        grow(size + taken);
        int at = ring.length == 0 ? 0 : head + size & ring.length - 1;
        int first = Math.min(taken, ring.length - at);
        from.get(ring, at, first);
        from.get(ring, 0, taken - first);
        size += taken;
        wakeReader(taken > 0);
        return taken;
    }

    /** How many bytes {@link #write} takes; if none, the writer is told later. */
    synchronized int room() {
        writerWaits |= size == BYTES && !abandoned;
        return abandoned ? BYTES : BYTES - size;
    }

    synchronized void end() {
        ended = true;
        wakeReader(true);
    }

    /** The reader wants no more: what is written is gone. */
    synchronized void abandon() {
        abandoned = true;
        ring = NONE;
        size = 0;
        head = 0;
        wakeWriter();
    }

    /** How many bytes, 0 if there are none now, -1 after the end. */
    synchronized int read(ByteBuffer into) {
        int got = Math.min(into.remaining(), size);
        int first = Math.min(got, ring.length - head);
        into.put(ring, head, first);
        into.put(ring, 0, got - first);
        size -= got;
        head = size == 0 ? 0 : head + got & ring.length - 1;
        if (size == 0)
            ring = NONE;
        if (BYTES - size >= LEAST_ROOM)
            wakeWriter();
        if (got > 0 || !into.hasRemaining())
            return got;
        readerWaits = !ended;
        return ended ? -1 : 0;
    }

    /** Whether {@link #read} has something to say. */
    synchronized boolean isReadable() {
        readerWaits |= size == 0 && !ended;
        return size > 0 || ended;
    }

    /** Whether {@link #write} takes something. */
    synchronized boolean isWritable() {
        boolean room = abandoned || BYTES - size >= LEAST_ROOM;
        writerWaits |= !room;
        return room;
    }

    private void wakeReader(boolean news) {
        if (!news || !readerWaits)
            return;
        readerWaits = false;
        onReadable.run();
    }

    private void wakeWriter() {
        if (!writerWaits)
            return;
        writerWaits = false;
        onWritable.run();
    }

    private void grow(int needed) {
        if (needed <= ring.length)
            return;
        byte[] larger = new byte[Math.max(SMALLEST, Integer.highestOneBit(needed - 1) << 1)];
        int first = Math.min(size, ring.length - head);
        System.arraycopy(ring, head, larger, 0, first);
        System.arraycopy(ring, 0, larger, first, size - first);
        ring = larger;
        head = 0;
    }
}
