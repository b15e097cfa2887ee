package org.schiltron.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * A steady flood of whole IP packets out of a node, as real hosts get them: UDP (RFC 768), TCP's first packet (RFC 9293) or
 * echo requests (RFC 792, RFC 4443), sums included. Allocates for each packet what {@link Simulation#at} does.
 */
public final class PacketFlood {
    /** Longest payload, in bytes. */
    public static final int MAX_PAYLOAD = 1_400;
    private static final long SECOND_NS = 1_000_000_000;
    private static final int MAX_LENGTH = IpPacket.IPV6_HEADER + 20 + MAX_PAYLOAD;
    private static final int SYN = 0x5002 << 16; // five words of header, the flag
    private static final int WINDOW = 64_240;
    private static final int ECHO_REQUEST = 8 << 8;
    private static final int ECHO_REQUEST_6 = 128 << 8;

    /** What the packets are. */
    public enum Kind {
        /** UDP with random bytes. */
        UDP(IpPacket.UDP, 8, 6),
        /** TCP's first packet, from random ports, with random numbers and no payload. */
        SYN(IpPacket.TCP, 20, 16),
        /** Echo requests with random bytes. */
        ICMP(IpPacket.ICMP, 8, 2);

        private final int protocol;
        private final int header;
        private final int sumAt;

        Kind(int protocol, int header, int sumAt) {
            this.protocol = protocol;
            this.header = header;
            this.sumAt = sumAt;
        }

        /** Of an IPv4 packet, in bytes. */
        public int length(int payload) {
            return IpPacket.IPV4_HEADER + body(payload);
        }

        private int body(int payload) {
            return header + (this == SYN ? 0 : payload);
        }
    }

    private final Simulation simulation;
    private final Node<?, ?> node;
    private final Kind kind;
    private final int payload;
    private final boolean spoofed;
    private final List<Path> targets;
    private final long packetsPerSecond;
    private final Pace pace;
    private final RandomSource random;
    private final MemorySegment packet = Arena.ofAuto().allocate(MAX_LENGTH);
    private final Path source = new Path();
    private final long endNs;

    /**
     * Begins now.
     *
     * @param targets          each packet goes to one of them at random, its port included
     * @param payload          bytes of each packet, up to {@link #MAX_PAYLOAD}
     * @param spoofed          whether each packet bears another source address of its family, at random
     * @param packetsPerSecond at least 1
     * @param forNs            how long
     * @throws IllegalArgumentException if the node has no address of a target's family
     */
    public PacketFlood(Simulation simulation, Node<?, ?> node, Kind kind, List<Path> targets, int payload,
            boolean spoofed, long packetsPerSecond, long forNs) {
        if (targets.isEmpty() || payload < 0 || payload > MAX_PAYLOAD || packetsPerSecond < 1)
            throw new IllegalArgumentException("no targets, no rate, or not a length a packet can have");
        for (Path target : targets)
            node.address(target.isIpv4());
        this.simulation = simulation;
        this.node = node;
        this.kind = kind;
        this.targets = targets.stream().map(Path::copy).toList();
        this.payload = payload;
        this.spoofed = spoofed;
        this.packetsPerSecond = packetsPerSecond;
        random = simulation.random();
        endNs = simulation.nowNs() + forNs;
        // Not in step with the others, which would lock somebody out of a full queue or let him always in.
        pace = new Pace(simulation.nowNs() + random.nextLong(Math.max(1, SECOND_NS / packetsPerSecond)),
                packetsPerSecond);
        simulation.at(pace.nextNs(), this::step);
    }

    public boolean isOver() {
        return simulation.nowNs() >= endNs;
    }

    public long packetsPerSecond() {
        return packetsPerSecond;
    }

    private void step() {
        if (isOver())
            return;
        simulation.send(node, packet, 0, write(targets.get(random.nextInt(targets.size()))));
        pace.advance();
        simulation.at(pace.nextNs(), this::step);
    }

    /** @return its length */
    private int write(Path target) {
        boolean ipv4 = target.isIpv4();
        int protocol = kind == Kind.ICMP && !ipv4 ? IpPacket.ICMPV6 : kind.protocol;
        int body = kind.body(payload);
        setSource(ipv4);
        int at = IpPacket.writeHeader(packet, 0, source, target, protocol, body);
        int ports = (int) random.nextLong() << 16 | target.port();
        switch (kind) {
            case UDP -> words(at, ports, body << 16);
            case SYN -> words(at, ports, (int) random.nextLong(), 0, SYN | WINDOW, 0);
            case ICMP -> words(at, (ipv4 ? ECHO_REQUEST : ECHO_REQUEST_6) << 16, (int) random.nextLong());
        }
        for (int i = kind.header; i < body; i++)
            packet.set(ValueLayout.JAVA_BYTE, at + i, (byte) random.nextLong());
        long added = protocol == IpPacket.ICMP ? 0 : IpPacket.pseudoHeader(packet, 0, protocol, body);
        int sum = IpPacket.checksum(packet, at, body, added);
        packet.set(IpPacket.SHORT, at + kind.sumAt, (short) (sum == 0 && kind == Kind.UDP ? 0xffff : sum));
        return at + body;
    }

    private void words(int at, int... words) {
        for (int i = 0; i < words.length; i++)
            packet.set(IpPacket.INT, at + 4 * i, words[i]);
    }

    private void setSource(boolean ipv4) {
        source.set(node.address(ipv4));
        if (!spoofed)
            return;
        if (!ipv4) {
            source.set(0, 0x2000L << 48 | random.nextLong() >>> 3, random.nextLong(), 0); // 2000::/3
            return;
        }
        // Anything a host may have: neither net 0, nor loopback, nor multicast and above.
        int first = 1 + random.nextInt(222);
        source.set(Path.ofIpv4((first == 127 ? 223 : first) << 24 | (int) random.nextLong() & 0xff_ffff, 0));
    }
}
