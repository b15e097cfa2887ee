package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.schiltron.machine.Path;

/**
 * What a router answers when it cannot send a packet on (RFC 792, RFC 4443), so that traceroute and the discovery of path MTUs
 * work across it. At most one answer a millisecond and router (RFC 1812, 4.3.2.8), none to errors, to later fragments, or
 * where nobody has to hear it.
 */
enum IcmpError {
    /** No hop is left to it. */
    TIME_EXCEEDED(11, 0, 3, 0),
    /** Nobody has its destination. */
    UNREACHABLE(3, 1, 1, 0),
    /** Longer than the next link carries. */
    TOO_BIG(3, 4, 2, 0);

    /** The longest answer (RFC 1812, 4.3.2.3, and RFC 4443, 2.4). */
    static final int MAX_LENGTH = 1_280;
    private static final int MAX_IPV4_LENGTH = 576;
    private static final int ICMP_HEADER = 8;

    private final int type;
    private final int code;
    private final int type6;
    private final int code6;

    IcmpError(int type, int code, int type6, int code6) {
        this.type = type;
        this.code = code;
        this.type6 = type6;
        this.code6 = code6;
    }

    /**
     * Writes the answer to a packet that {@link #isAnswered}.
     *
     * @param into   has room for {@link #MAX_LENGTH} bytes
     * @param router its address, of the packet's family
     * @param source of the packet, to whom the answer goes
     * @param mtu    of the next link, for {@link #TOO_BIG}
     * @return its length
     */
    int answer(MemorySegment into, Path router, Path source, MemorySegment packet, long offset, int length, int mtu) {
        boolean ipv4 = IpPacket.isIpv4(packet, offset);
        int protocol = ipv4 ? IpPacket.ICMP : IpPacket.ICMPV6;
        int ipHeader = ipv4 ? IpPacket.IPV4_HEADER : IpPacket.IPV6_HEADER;
        int quoted = Math.min(length, (ipv4 ? MAX_IPV4_LENGTH : MAX_LENGTH) - ipHeader - ICMP_HEADER);
        IpPacket.writeHeader(into, 0, router, source, protocol, ICMP_HEADER + quoted);
        into.set(IpPacket.INT, ipHeader, (ipv4 ? type << 8 | code : type6 << 8 | code6) << 16);
        into.set(IpPacket.INT, ipHeader + 4, this == TOO_BIG ? mtu : 0);
        MemorySegment.copy(packet, offset, into, ipHeader + ICMP_HEADER, quoted);
        long added = ipv4 ? 0 : IpPacket.pseudoHeader(into, 0, protocol, ICMP_HEADER + quoted);
        into.set(IpPacket.SHORT, ipHeader + 2,
                (short) IpPacket.checksum(into, ipHeader, ICMP_HEADER + quoted, added));
        return ipHeader + ICMP_HEADER + quoted;
    }

    static boolean isAnswered(MemorySegment packet, long offset, int length) {
        int header = IpPacket.headerLength(packet, offset, length);
        if (header == IpPacket.MALFORMED)
            return false;
        int protocol = IpPacket.protocol(packet, offset);
        if (IpPacket.isIpv4(packet, offset)) {
            boolean first = (IpPacket.shortAt(packet, offset + 6) & 0x1fff) == 0;
            boolean multicast = IpPacket.byteAt(packet, offset + 16) >= 224;
            // An error in turn: all types but the echoes and the queries above them (RFC 1122, 3.2.2).
            boolean error = protocol == IpPacket.ICMP && (length < header + 1 || isError(packet, offset + header));
            return first && !multicast && !error;
        }
        boolean multicast = IpPacket.byteAt(packet, offset + 24) == 0xff;
        boolean linkLocal = IpPacket.shortAt(packet, offset + 8) >>> 6 == 0xfe80 >>> 6;
        boolean error = protocol == IpPacket.ICMPV6
                && (length < header + 1 || packet.get(ValueLayout.JAVA_BYTE, offset + header) >= 0);
        return !multicast && !linkLocal && !error;
    }

    private static boolean isError(MemorySegment packet, long at) {
        int type = IpPacket.byteAt(packet, at);
        return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    }
}
