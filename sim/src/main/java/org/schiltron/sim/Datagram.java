package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.schiltron.machine.Path;

/**
 * A datagram as a {@link Tap} sees it: a flyweight, good until the tap returns. Source and destination are what stands
 * in the packet, true or spoofed.
 */
public final class Datagram {
    private final Path source = new Path();
    private final Path destination = new Path();
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private int length;

    Datagram() {
    }

    void wrap(PacketStore store, int packet) {
        store.source(packet, source, 0);
        store.destination(packet, destination);
        segment = store.segment(packet);
        offset = store.offset(packet);
        length = store.length(packet);
    }

    /** To be copied if kept. */
    public Path source() {
        return source;
    }

    /** To be copied if kept. */
    public Path destination() {
        return destination;
    }

    /** Holds the payload; what a tap writes there travels on. */
    public MemorySegment segment() {
        return segment;
    }

    /** Of the payload in {@link #segment}. */
    public long offset() {
        return offset;
    }

    /** Payload bytes. */
    public int length() {
        return length;
    }

    /** The payload's byte at {@code index}, 0 to 255. */
    public int at(int index) {
        return segment.get(ValueLayout.JAVA_BYTE, offset + java.util.Objects.checkIndex(index, length)) & 0xff;
    }

    /** A copy of the payload. */
    public byte[] bytes() {
        return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
