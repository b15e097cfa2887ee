package org.schiltron.filter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.schiltron.machine.Path;

/**
 * What rules look at in one IP packet (RFC 791, RFC 8200): a flyweight, filled by {@link #read}. The parser of the XDP program takes the same steps in the same order
 * (schiltron.bpf.c), and the same packets run through both in the tests.
 *
 * <p>A packet is judged by its own length, whatever follows it in its frame. Of IPv6, up to {@value #MAX_EXTENSIONS} extension headers are walked; one with more is malformed, since an
 * attacker could hide the ports behind any number of them; so is one with an address of IPv4 in it ({@code ::ffff:a.b.c.d}), which rules for IPv4 would take for theirs. The sums are not checked: the host does, and a wrong one harms nobody.
 */
final class IpHeaders {
    static final int MAX_EXTENSIONS = 4;
    /** No ports, and no header to look at: later fragments, and protocols other than TCP and UDP. */
    static final int NO_PORT = -1;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long MAPPED = 0xffffL << 32;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    /** Its sum covers the id (RFC 4302). */
    static final int AUTHENTICATION = 51;
    private static final int DESTINATION = 60;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int ICMP_HEADER = 8; // both of them

    final Path source = new Path();
    final Path destination = new Path();
    /** To whom the packet went that this one is about, after {@link #isTimeExceeded}. */
    final Path quoted = new Path();
    int protocol;
    boolean fragment;
    /** Not the first one: what is behind the IP header is the middle of something. */
    boolean laterFragment;
    int sourcePort;
    int port;
    /** Bytes of the IP packet. */
    int length;

    private MemorySegment segment = MemorySegment.NULL;
    private long start;
    private int transport;
    private int payload;

    /** @return false if it is malformed: then nothing else may be looked at */
    boolean read(MemorySegment packet, long offset, int available) {
        segment = packet;
        start = offset;
        length = 0;
        fragment = false;
        laterFragment = false;
        sourcePort = NO_PORT;
        port = NO_PORT;
        payload = -1;
        if (available < 1)
            return false;
        int version = at(0) >>> 4;
        if (version == 4)
            return readIpv4(available) && readTransport();
        return version == 6 && readIpv6(available) && readTransport();
    }

    private boolean readIpv4(int available) {
        if (available < 20)
            return false;
        transport = 4 * (at(0) & 0xf);
        int total = shortAt(2);
        source.set(0, 0, MAPPED | intAt(12) & 0xffff_ffffL, 0);
        destination.set(0, 0, MAPPED | intAt(16) & 0xffff_ffffL, 0);
        if (transport < 20 || total < transport || total > available)
            return false;
        length = total;
        protocol = at(9);
        int bits = shortAt(6);
        fragment = (bits & 0x3fff) != 0;
        laterFragment = (bits & 0x1fff) != 0;
        return true;
    }

    private boolean readIpv6(int available) {
        if (available < 40)
            return false;
        source.set(0, longAt(8), longAt(16), 0);
        destination.set(0, longAt(24), longAt(32), 0);
        length = 40 + shortAt(4);
        if (length > available || source.isIpv4() || destination.isIpv4())
            return false;
        protocol = at(6);
        transport = 40;
        for (int walked = 0; !laterFragment && isExtension(protocol); walked++) {
            if (walked == MAX_EXTENSIONS || transport + 8 > length)
                return false;
            int header = at(transport + 1);
            int bytes = protocol == AUTHENTICATION ? 4 * (header + 2) : 8 * (header + 1);
            if (protocol == FRAGMENT) {
                int bits = shortAt(transport + 2);
                fragment = true;
                laterFragment = (bits & 0xfff8) != 0;
                bytes = 8;
            }
            protocol = at(transport);
            transport += bytes;
            if (transport > length)
                return false;
        }
        return true;
    }

    private static boolean isExtension(int number) {
        return number == HOP_BY_HOP || number == ROUTING || number == FRAGMENT || number == AUTHENTICATION
                || number == DESTINATION;
    }

    /** A first fragment that ends within the transport header hides ports (RFC 1858), and is as malformed as a whole packet that does. */
    private boolean readTransport() {
        if (laterFragment || (protocol != Rule.TCP && protocol != Rule.UDP))
            return true;
        int least = protocol == Rule.TCP ? 20 : 8;
        if (transport + least > length)
            return false;
        int header = protocol == Rule.TCP ? 4 * (at(transport + 12) >>> 4) : 8;
        if (header < least || transport + header > length)
            return false;
        sourcePort = shortAt(transport);
        port = shortAt(transport + 2);
        payload = transport + header;
        return true;
    }

    /** Whether there are four bytes at that place. */
    boolean has(Word place) {
        return from(place) >= 0 && from(place) + place.offset() + 4 <= length;
    }

    /** The four bytes there, under the mask. */
    int word(Word place) {
        return intAt(from(place) + place.offset()) & place.mask();
    }

    private int from(Word place) {
        return switch (place.base()) {
            case NETWORK -> 0;
            case TRANSPORT -> laterFragment ? -1 : transport;
            case PAYLOAD -> payload;
        };
    }

    /** Whether it tells that a packet ran out of hops (RFC 792, RFC 4443), and quotes that packet's header. */
    boolean isTimeExceeded() {
        if (laterFragment || transport + ICMP_HEADER > length)
            return false;
        int inner = transport + ICMP_HEADER;
        if (isIpv4() && protocol == ICMP && at(transport) == 11 && inner + 20 <= length) {
            quoted.set(0, 0, MAPPED | intAt(inner + 16) & 0xffff_ffffL, 0);
            return true;
        }
        if (!isIpv4() && protocol == ICMPV6 && at(transport) == 3 && inner + 40 <= length) {
            quoted.set(0, longAt(inner + 24), longAt(inner + 32), 0);
            return !quoted.isIpv4();
        }
        return false;
    }

    /** Links that it may still cross, this one included. */
    int hops() {
        return at(isIpv4() ? 8 : 7);
    }

    boolean isIpv4() {
        return at(0) >>> 4 == 4;
    }

    /** Gives an IPv4 packet another identification (RFC 1624 for its sum). */
    void setId(int id) {
        int sum = (~shortAt(10) & 0xffff) + (~shortAt(4) & 0xffff) + id;
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        segment.set(SHORT, start + 4, (short) id);
        segment.set(SHORT, start + 10, (short) ~sum);
    }

    MemorySegment segment() {
        return segment;
    }

    /** Where the payload of a UDP packet begins in the segment. */
    long payloadOffset() {
        return start + payload;
    }

    /** What UDP says it carries, or -1 if that is not what there is. */
    int udpLength() {
        int said = shortAt(transport + 4);
        return said == length - transport ? said - 8 : -1;
    }

    private int at(int offset) {
        return segment.get(ValueLayout.JAVA_BYTE, start + offset) & 0xff;
    }

    private int shortAt(int offset) {
        return segment.get(SHORT, start + offset) & 0xffff;
    }

    private int intAt(int offset) {
        return segment.get(INT, start + offset);
    }

    private long longAt(int offset) {
        return segment.get(LONG, start + offset);
    }
}
