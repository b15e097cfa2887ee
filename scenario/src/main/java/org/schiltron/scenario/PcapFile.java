package org.schiltron.scenario;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.sim.Capture;
import org.schiltron.sim.Datagram;

/**
 * A packet capture with times in nanoseconds since the run began (draft-ietf-opsawg-pcap, sections 4 and 5), of raw IP
 * packets: the headers of IP (RFC 791, RFC 8200) and UDP (RFC 768) are made up around each datagram, sums included.
 *
 * <pre>
 * file:   0 magic a1b23c4d (4)  4 version 2.4 (2+2)  8 zero (8)  16 longest packet (4)  20 link type 101 (4)
 * packet: 0 seconds (4)  4 nanoseconds (4)  8 length here (4)  12 length on the link (4)  16 IP packet
 * </pre>
 *
 * All of it little-endian but the packets. An error of the stream ends the capture and comes out of {@link #close}.
 */
final class PcapFile implements Capture, AutoCloseable {
    private static final int MAGIC_NANOSECONDS = 0xa1b2_3c4d;
    private static final int LINKTYPE_RAW = 101;
    private static final int MAX_PACKET = 65_575; // IPv6 and UDP headers, and the longest datagram
    private static final int RECORD = 16;
    private static final int UDP = 17;
    private static final int HOPS = 64;
    private static final long SECOND_NS = 1_000_000_000;

    private final OutputStream out;
    private final byte[] bytes = new byte[RECORD + MAX_PACKET];
    private final ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer packet = record.slice(RECORD, MAX_PACKET); // big-endian
    private @Nullable IOException failure;

    PcapFile(OutputStream to) {
        out = new BufferedOutputStream(to, 1 << 16);
        ByteBuffer head = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4).putLong(0).putInt(MAX_PACKET)
                .putInt(LINKTYPE_RAW);
        write(head.array(), head.capacity());
    }

    @Override
    public void onDatagram(long exitNs, Datagram datagram) {
        if (failure != null)
            return;
        boolean ipv4 = datagram.source().isIpv4() && datagram.destination().isIpv4();
        int header = ipv4 ? 20 : 40;
        int udpLength = 8 + datagram.length();
        int length = header + udpLength;
        record.clear().putInt((int) (exitNs / SECOND_NS)).putInt((int) (exitNs % SECOND_NS)).putInt(length)
                .putInt(length);
        packet.clear();
        long pseudo = ipv4 ? ipv4(datagram, length) : ipv6(datagram, udpLength);
        packet.putShort((short) datagram.source().port()).putShort((short) datagram.destination().port())
                .putShort((short) udpLength).putShort((short) 0);
        MemorySegment.copy(datagram.segment(), ValueLayout.JAVA_BYTE, datagram.offset(), bytes,
                RECORD + header + 8, datagram.length());
        int sum = checksum(header, udpLength, pseudo + UDP + udpLength);
        packet.putShort(header + 6, (short) (sum == 0 ? 0xffff : sum));
        write(bytes, RECORD + length);
    }

    /** @return the sum of the addresses, for the UDP header's */
    private long ipv4(Datagram datagram, int length) {
        packet.put((byte) 0x45).put((byte) 0).putShort((short) length).putShort((short) 0).putShort((short) 0x4000)
                .put((byte) HOPS).put((byte) UDP).putShort((short) 0);
        packet.putInt((int) datagram.source().addressLow()).putInt((int) datagram.destination().addressLow());
        packet.putShort(10, (short) checksum(0, 20, 0));
        return sum(12, 8);
    }

    private long ipv6(Datagram datagram, int udpLength) {
        packet.putInt(0x6000_0000).putShort((short) udpLength).put((byte) UDP).put((byte) HOPS);
        address(datagram.source());
        address(datagram.destination());
        return sum(8, 32);
    }

    private void address(Path of) {
        packet.putLong(of.addressHigh()).putLong(of.addressLow());
    }

    /** Of 16-bit words (RFC 1071), the last one filled up with zero. */
    private long sum(int from, int length) {
        long sum = 0;
        for (int i = 0; i + 1 < length; i += 2)
            sum += packet.getShort(from + i) & 0xffff;
        return (length & 1) == 0 ? sum : sum + ((packet.get(from + length - 1) & 0xff) << 8);
    }

    private int checksum(int from, int length, long added) {
        long sum = sum(from, length) + added;
        while (sum >>> 16 != 0)
            sum = (sum & 0xffff) + (sum >>> 16);
        return (int) ~sum & 0xffff;
    }

    private void write(byte[] from, int length) {
        try {
            out.write(from, 0, length);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            if (failure != null)
                throw failure;
        }
    }
}
