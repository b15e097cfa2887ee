package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * A datagram as a {@link Tap} sees it: a flyweight, good until the tap returns. Source and destination are what stands
 * in the packet, true or spoofed. What a real host sent may be any IP packet: where it is no whole UDP ({@link #isUdp}),
 * all of it is the payload, and the ports are 0 where it has none.
 */
public final class Datagram {
    private final Path source = new Path();
    private final Path destination = new Path();
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private int length;
    private boolean udp;
    private boolean packet;
    private long packetOffset;
    private int packetLength;
    private @Nullable Link arrivedBy;

    Datagram() {
    }

    void wrap(PacketStore store, int slot) {
        store.source(slot, source, 0);
        store.destination(slot, destination);
        segment = store.segment(slot);
        offset = store.offset(slot);
        length = store.length(slot);
        packet = store.isPacket(slot);
        udp = true;
        if (packet)
            unwrap();
    }

    private void unwrap() {
        packetOffset = offset;
        packetLength = length;
        int payload = IpPacket.udpPayload(segment, offset, length);
        udp = payload != IpPacket.MALFORMED;
        if (udp) {
            offset += payload;
            length -= payload;
        }
    }

    /** Whether it is a whole UDP packet, whose sum nobody has looked at. */
    public boolean isUdp() {
        return udp;
    }

    /** Of the IP packet, headers included. */
    public int packetLength() {
        return packet
                ? packetLength
                : length + (isIpv4() ? IpPacket.IPV4_HEADER : IpPacket.IPV6_HEADER) + IpPacket.UDP_HEADER;
    }

    private boolean isIpv4() {
        return source.isIpv4() && destination.isIpv4();
    }

    /**
     * Writes the IP packet: as it came, or with headers made up around the payload, sums included.
     *
     * @param into has room for {@link #packetLength} bytes
     */
    public void writePacket(MemorySegment into, long at) {
        if (packet)
            MemorySegment.copy(segment, packetOffset, into, at, packetLength);
        else
            IpPacket.write(into, at, source, destination, segment, offset, length);
    }

    /**
     * Puts a changed packet in the place of this one, if it came whole from a real host or router; else its headers are made up anew at the
     * receiver anyway.
     *
     * @param from what {@link #writePacket} has written, changed but for its length and addresses
     */
    public void replacePacket(MemorySegment from, long at) {
        if (packet)
            MemorySegment.copy(from, at, segment, packetOffset, packetLength);
    }

    void arrivedBy(@Nullable Link link) {
        arrivedBy = link;
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

    /** Before a router's gates: the link by which it came there. Null elsewhere, and for what comes from nowhere. */
    public @Nullable Link arrivedBy() {
        return arrivedBy;
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
