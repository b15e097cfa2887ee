package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;

/** What a router answers to a ping at one of its own addresses (RFC 792, RFC 4443). */
final class IcmpEcho {
    private static final int HEADER = 8;
    private static final int REQUEST = 8;
    private static final int REQUEST6 = 128;
    private static final int REPLY6 = 129;
    static final int NONE = 0;

    private IcmpEcho() {
    }

    /**
     * Writes the answer.
     *
     * @param into   has room for {@code length} bytes
     * @param router whom the packet went to
     * @param source of the packet
     * @return its length, or {@link #NONE} if the packet is no ping
     */
    static int answer(MemorySegment into, Path router, Path source, MemorySegment packet, long offset, int length) {
        int header = IpPacket.headerLength(packet, offset, length);
        boolean ipv4 = IpPacket.isIpv4(packet, offset);
        int protocol = ipv4 ? IpPacket.ICMP : IpPacket.ICMPV6;
        if (header == IpPacket.MALFORMED || IpPacket.protocol(packet, offset) != protocol || length < header + HEADER
                || (ipv4 && (IpPacket.shortAt(packet, offset + 6) & 0x3fff) != 0)
                || IpPacket.byteAt(packet, offset + header) != (ipv4 ? REQUEST : REQUEST6))
            return NONE;
        int body = length - header;
        int at = IpPacket.writeHeader(into, 0, router, source, protocol, body);
        MemorySegment.copy(packet, offset + header, into, at, body);
        into.set(IpPacket.INT, at, (ipv4 ? 0 : REPLY6) << 24);
        long added = ipv4 ? 0 : IpPacket.pseudoHeader(into, 0, protocol, body);
        into.set(IpPacket.SHORT, at + 2, (short) IpPacket.checksum(into, at, body, added));
        return at + body;
    }
}
