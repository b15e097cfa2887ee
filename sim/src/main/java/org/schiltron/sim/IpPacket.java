package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.schiltron.machine.Path;

/**
 * IP packets as bytes (RFC 791, RFC 8200), with UDP in them (RFC 768): what a network reads and changes in them, and how
 * datagrams are put into them. Nothing here trusts what stands in a packet beyond its length.
 */
final class IpPacket {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;
    /** What {@link #read} answers when something is no whole IP packet. */
    static final int MALFORMED = -1;
    /** Before a datagram's payload, at most. */
    static final int MAX_HEADERS = 48;
    static final int IPV4_HEADER = 20;
    static final int IPV6_HEADER = 40;
    static final int UDP_HEADER = 8;
    static final int HOPS = 64;

    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long MAPPED = 0xffffL << 32;
    private static final int FRAGMENT_BITS = 0x3fff; // more fragments, and the offset
    private static final int OFFSET_BITS = 0x1fff;
    private static final int DO_NOT_FRAGMENT = 0x4000;

    private IpPacket() {
    }

    static boolean isIpv4(MemorySegment segment, long offset) {
        return byteAt(segment, offset) >>> 4 == 4;
    }

    /**
     * Reads the addresses; ports too where the packet begins with those of TCP or UDP, else 0.
     *
     * @return the protocol of what the packet carries, or {@link #MALFORMED}
     */
    static int read(MemorySegment segment, long offset, int length, Path source, Path destination) {
        int header = headerLength(segment, offset, length);
        if (header == MALFORMED)
            return MALFORMED;
        int protocol = protocol(segment, offset);
        int ports = 0;
        if ((protocol == TCP || protocol == UDP) && length >= header + 4 && !isLaterFragment(segment, offset))
            ports = segment.get(INT, offset + header);
        if (isIpv4(segment, offset)) {
            source.set(0, 0, MAPPED | segment.get(INT, offset + 12) & 0xffff_ffffL, ports >>> 16);
            destination.set(0, 0, MAPPED | segment.get(INT, offset + 16) & 0xffff_ffffL, ports & 0xffff);
        } else {
            source.set(0, segment.get(LONG, offset + 8), segment.get(LONG, offset + 16), ports >>> 16);
            destination.set(0, segment.get(LONG, offset + 24), segment.get(LONG, offset + 32), ports & 0xffff);
        }
        return protocol;
    }

    /** Of a packet that is as long as it says, else {@link #MALFORMED}. */
    static int headerLength(MemorySegment segment, long offset, int length) {
        if (length < IPV4_HEADER)
            return MALFORMED;
        int first = byteAt(segment, offset);
        if (first >>> 4 == 4) {
            int header = 4 * (first & 0xf);
            return header >= IPV4_HEADER && header <= length && shortAt(segment, offset + 2) == length
                    ? header
                    : MALFORMED;
        }
        return first >>> 4 == 6 && length >= IPV6_HEADER && shortAt(segment, offset + 4) + IPV6_HEADER == length
                ? IPV6_HEADER
                : MALFORMED;
    }

    static int protocol(MemorySegment segment, long offset) {
        return byteAt(segment, offset + (isIpv4(segment, offset) ? 9 : 6));
    }

    private static boolean isLaterFragment(MemorySegment segment, long offset) {
        return isIpv4(segment, offset) && (shortAt(segment, offset + 6) & OFFSET_BITS) != 0;
    }

    /**
     * Takes one of the hops that the packet may still make (RFC 1624 for IPv4's checksum).
     *
     * @return whether it may go on
     */
    static boolean hop(MemorySegment segment, long offset) {
        boolean ipv4 = isIpv4(segment, offset);
        long at = offset + (ipv4 ? 8 : 7);
        int left = byteAt(segment, at);
        if (left <= 1)
            return false;
        segment.set(ValueLayout.JAVA_BYTE, at, (byte) (left - 1));
        if (ipv4) {
            int sum = shortAt(segment, offset + 10) + 0x100;
            segment.set(SHORT, offset + 10, (short) (sum + (sum >= 0xffff ? 1 : 0)));
        }
        return true;
    }

    /** Where the UDP payload begins, from {@code offset}, or {@link #MALFORMED} if this is no whole UDP packet. */
    static int udpPayload(MemorySegment segment, long offset, int length) {
        int header = headerLength(segment, offset, length);
        if (header == MALFORMED || protocol(segment, offset) != UDP || length < header + UDP_HEADER
                || shortAt(segment, offset + header + 4) != length - header)
            return MALFORMED;
        boolean fragment = isIpv4(segment, offset) && (shortAt(segment, offset + 6) & FRAGMENT_BITS) != 0;
        return fragment ? MALFORMED : header + UDP_HEADER;
    }

    /**
     * Whether the sum of a whole UDP packet is right. One without passes over IPv4 (RFC 768), not over IPv6 (RFC 8200, 8.1).
     *
     * @param payload as {@link #udpPayload} answers
     */
    static boolean isIntact(MemorySegment segment, long offset, int length, int payload) {
        int header = payload - UDP_HEADER;
        if (isIpv4(segment, offset) && shortAt(segment, offset + header + 6) == 0)
            return true;
        return checksum(segment, offset + header, length - header,
                pseudoHeader(segment, offset, UDP, length - header)) == 0;
    }

    /**
     * Puts a datagram into an IP packet, sums included.
     *
     * @param segment has room for {@code length + MAX_HEADERS} bytes
     * @return the packet's length
     */
    static int write(MemorySegment segment, long offset, Path source, Path destination, MemorySegment payload,
            long payloadOffset, int length) {
        int header = writeHeader(segment, offset, source, destination, UDP, UDP_HEADER + length);
        long at = offset + header;
        segment.set(SHORT, at, (short) source.port());
        segment.set(SHORT, at + 2, (short) destination.port());
        segment.set(SHORT, at + 4, (short) (UDP_HEADER + length));
        segment.set(SHORT, at + 6, (short) 0);
        MemorySegment.copy(payload, payloadOffset, segment, at + UDP_HEADER, length);
        int sum = checksum(segment, at, UDP_HEADER + length,
                pseudoHeader(segment, offset, UDP, UDP_HEADER + length));
        segment.set(SHORT, at + 6, (short) (sum == 0 ? 0xffff : sum));
        return header + UDP_HEADER + length;
    }

    /** @return the header's length */
    static int writeHeader(MemorySegment segment, long offset, Path source, Path destination, int protocol,
            int length) {
        if (source.isIpv4() && destination.isIpv4()) {
            segment.set(INT, offset, 0x4500 << 16 | IPV4_HEADER + length);
            segment.set(INT, offset + 4, DO_NOT_FRAGMENT);
            segment.set(INT, offset + 8, HOPS << 24 | protocol << 16);
            segment.set(INT, offset + 12, (int) source.addressLow());
            segment.set(INT, offset + 16, (int) destination.addressLow());
            segment.set(SHORT, offset + 10, (short) checksum(segment, offset, IPV4_HEADER, 0));
            return IPV4_HEADER;
        }
        segment.set(INT, offset, 0x6000_0000);
        segment.set(INT, offset + 4, length << 16 | protocol << 8 | HOPS);
        segment.set(LONG, offset + 8, source.addressHigh());
        segment.set(LONG, offset + 16, source.addressLow());
        segment.set(LONG, offset + 24, destination.addressHigh());
        segment.set(LONG, offset + 32, destination.addressLow());
        return IPV6_HEADER;
    }

    /** The sum of what UDP, TCP and ICMPv6 count in of the header (RFC 8200, 8.1), for {@link #checksum}. */
    static long pseudoHeader(MemorySegment segment, long offset, int protocol, int length) {
        boolean ipv4 = isIpv4(segment, offset);
        return sum(segment, offset + (ipv4 ? 12 : 8), ipv4 ? 8 : 32) + protocol + length;
    }

    /** RFC 1071; 0 over bytes that hold a right sum. */
    static int checksum(MemorySegment segment, long offset, int length, long added) {
        long sum = sum(segment, offset, length) + added;
        while (sum >>> 16 != 0)
            sum = (sum & 0xffff) + (sum >>> 16);
        return (int) ~sum & 0xffff;
    }

    /** Of 16-bit words, the last one filled up with zero, four bytes at a time: carries are folded in the end. */
    private static long sum(MemorySegment segment, long offset, int length) {
        long sum = 0;
        int i = 0;
        for (; i + 4 <= length; i += 4)
            sum += segment.get(INT, offset + i) & 0xffff_ffffL;
        sum = (sum & 0xffff) + (sum >>> 16 & 0xffff) + (sum >>> 32);
        if (i + 2 <= length) {
            sum += shortAt(segment, offset + i);
            i += 2;
        }
        return i < length ? sum + ((long) byteAt(segment, offset + i) << 8) : sum;
    }

    static int byteAt(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    static int shortAt(MemorySegment segment, long offset) {
        return segment.get(SHORT, offset) & 0xffff;
    }
}
