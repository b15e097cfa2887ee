package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;

/** IP packets of real hosts: a - near - far - b, and a host c at far with a machine that speaks UDP. */
class WholePacketsTest {
    private static final long MS = 1_000_000;

    private final Simulation simulation = new Simulation(Long.getLong("schiltron.seed", 1));
    private final Router near = simulation.router("near");
    private final Router far = simulation.router("far");
    private final Trunk trunk = simulation.join("trunk", near, far);
    private final List<byte[]> atA = new ArrayList<>();
    private final List<byte[]> atB = new ArrayList<>();
    private final List<String> atC = new ArrayList<>();
    private final Path addressA = simulation.newAddress(0);
    private final Path addressB = simulation.newAddress(0);
    private final Path addressC = simulation.newAddress(4_500);
    private final Path address6A = simulation.newIpv6Address(0);
    private final Path address6B = simulation.newIpv6Address(0);
    private final Path routerAddress = simulation.newAddress(0);
    private final Path farAddress = simulation.newAddress(0);
    private final Path far6Address = simulation.newIpv6Address(0);
    private final Node<Void, Attacker> a = simulation.add("a", new Attacker(), addressA, address6A);
    private final Node<Void, Attacker> b = simulation.add("b", new Attacker(), addressB, address6B);
    private final Node<Void, Attacker> c = simulation.add("c", new Attacker((self, _, from, payload) -> {
        atC.add(from + " " + new String(payload, java.nio.charset.StandardCharsets.US_ASCII));
        self.send(from, new byte[]{'o', 'k'});
    }), addressC);

    WholePacketsTest() {
        a.attach(near).stack((_, segment, offset, length) -> atA.add(bytes(segment, offset, length)));
        b.attach(far).stack((_, segment, offset, length) -> atB.add(bytes(segment, offset, length)));
        c.attach(far);
        simulation.addresses(near, routerAddress, simulation.newIpv6Address(0));
        simulation.addresses(far, farAddress, far6Address);
    }

    private static byte[] bytes(MemorySegment segment, long offset, int length) {
        return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] udp(Path from, int fromPort, Path to, int toPort, int length) {
        MemorySegment into = MemorySegment.ofArray(new byte[length + IpPacket.MAX_HEADERS]);
        byte[] payload = "x".repeat(length).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int whole = IpPacket.write(into, 0, at(from, fromPort), at(to, toPort), MemorySegment.ofArray(payload), 0,
                length);
        return bytes(into, 0, whole);
    }

    private static Path at(Path address, int port) {
        return new Path(0, address.addressHigh(), address.addressLow(), port);
    }

    private void send(Node<?, ?> from, byte[] packet) {
        simulation.send(from, Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, packet), 0, packet.length);
        simulation.runFor(100 * MS);
    }

    /** The packet of RFC 1071's kind that is in every textbook: an IPv4 header whose sum is b861. */
    @Test
    void theHeadersSumIsTheKnownOne() {
        byte[] header = HexFormat.of().parseHex("45000073000040004011b861c0a80001c0a800c7");
        MemorySegment segment = MemorySegment.ofArray(header);
        assertThat(IpPacket.checksum(segment, 0, 20, 0)).isZero();
        assertThat(IpPacket.hop(segment, 0)).isTrue();
        assertThat(header[8]).isEqualTo((byte) 0x3f);
        assertThat(IpPacket.checksum(segment, 0, 20, 0)).as("the sum is kept right (RFC 1624)").isZero();
    }

    @Test
    void aPacketCrossesAsItIsButForTheHops() {
        for (boolean ipv4 : new boolean[]{true, false}) {
            atB.clear();
            byte[] packet = udp(ipv4 ? addressA : address6A, 1_000, ipv4 ? addressB : address6B, 53, 99);
            byte[] kept = packet.clone();
            send(a, packet);
            assertThat(atB).hasSize(1);
            byte[] got = atB.getFirst();
            assertThat(got[ipv4 ? 8 : 7]).as("two routers, two hops").isEqualTo((byte) 62);
            MemorySegment.ofArray(got).set(ValueLayout.JAVA_BYTE, ipv4 ? 8 : 7, (byte) 64);
            if (ipv4) {
                got[10] = kept[10];
                got[11] = kept[11];
            }
            assertThat(got).isEqualTo(kept);
        }
        assertThat(simulation.inFlight()).isZero();
    }

    @Test
    void aPacketWithoutHopsIsAnsweredByTheRouter() {
        byte[] packet = udp(addressA, 1_000, addressB, 53, 99);
        packet[8] = 1;
        send(a, packet);
        assertThat(atB).isEmpty();
        assertThat(atA).hasSize(1);
        byte[] answer = atA.getFirst();
        assertThat(answer[20]).as("time exceeded").isEqualTo((byte) 11);
        assertThat(IpPacket.checksum(MemorySegment.ofArray(answer), 20, answer.length - 20, 0)).isZero();
        Path from = new Path();
        IpPacket.read(MemorySegment.ofArray(answer), 0, answer.length, from, new Path());
        assertThat(from.sameAddress(routerAddress)).isTrue();
        assertThat(java.util.Arrays.copyOfRange(answer, 28, answer.length)).as("what it answers").isEqualTo(packet);
    }

    private byte[] ping(Path from, Path to, String body) {
        byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        boolean ipv4 = to.isIpv4();
        MemorySegment into = MemorySegment.ofArray(new byte[IpPacket.MAX_HEADERS + 8 + bytes.length]);
        int at = IpPacket.writeHeader(into, 0, from, to, ipv4 ? IpPacket.ICMP : IpPacket.ICMPV6, 8 + bytes.length);
        into.set(IpPacket.INT, at, (ipv4 ? 8 : 128) << 24);
        into.set(IpPacket.INT, at + 4, 0x1234_0001);
        MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, at + 8, bytes.length);
        return bytes(into, 0, at + 8 + bytes.length);
    }

    @Test
    void aRouterAnswersPingsAndNothingElse() {
        send(a, ping(addressA, farAddress, "anybody?"));
        byte[] answer = atA.getFirst();
        assertThat(answer[20]).as("echo reply").isZero();
        assertThat(new String(answer, 28, 8, java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("anybody?");
        assertThat(IpPacket.checksum(MemorySegment.ofArray(answer), 20, answer.length - 20, 0)).isZero();
        send(a, ping(address6A, far6Address, "six?"));
        MemorySegment six = MemorySegment.ofArray(atA.get(1));
        assertThat(atA.get(1)[40]).as("echo reply").isEqualTo((byte) 129);
        assertThat(IpPacket.checksum(six, 40, (int) six.byteSize() - 40,
                IpPacket.pseudoHeader(six, 0, IpPacket.ICMPV6, (int) six.byteSize() - 40))).isZero();
        send(a, udp(addressA, 1_000, farAddress, 53, 99));
        byte[] reply = ping(addressA, farAddress, "");
        reply[20] = 0;
        send(a, reply);
        assertThat(atA).as("neither a datagram nor an answer is answered").hasSize(2);
        assertThat(simulation.statistics().packetsIn())
                .isEqualTo(simulation.statistics().packetsOut() + simulation.statistics().drops());
    }

    /** Figure 7 of Mayday: between two pings, probes that die at the router show in its ids. */
    @Test
    void aRoutersIdsCountWhatItSays() {
        send(a, ping(addressA, farAddress, ""));
        for (int i = 0; i < 5; i++) {
            byte[] probe = udp(addressC, 1_000, addressB, 53, 9); // in another's name
            probe[8] = 2;
            send(a, probe);
        }
        send(a, ping(addressA, farAddress, ""));
        assertThat(atA).hasSize(2);
        int before = IpPacket.shortAt(MemorySegment.ofArray(atA.getFirst()), 4);
        int after = IpPacket.shortAt(MemorySegment.ofArray(atA.getLast()), 4);
        assertThat(after - before).isEqualTo(6);
        assertThat(IpPacket.checksum(MemorySegment.ofArray(atA.getLast()), 0, 20, 0)).isZero();
    }

    @Test
    void routersOwnAnswersPassGatesAndChecksOfSources() {
        near.gate((_, datagram) -> !datagram.source().sameAddress(routerAddress));
        near.gate(simulation.reversePath(near));
        far.gate(simulation.reversePath(far));
        for (int hops = 1; hops <= 2; hops++) {
            byte[] packet = udp(addressA, 1_000, addressB, 53, 99);
            packet[8] = (byte) hops;
            send(a, packet);
            assertThat(atA).as("an answer from router %d", hops).hasSize(hops);
        }
        assertThat(near.refused() + far.refused()).isZero();
    }

    @Test
    void aPacketTooLongForALinkIsAnsweredWithItsMtu() {
        trunk.links(LinkConfig.PERFECT.withMtu(1_300));
        send(a, udp(addressA, 1_000, addressB, 53, 1_400));
        send(a, udp(address6A, 1_000, address6B, 53, 1_400));
        assertThat(atB).isEmpty();
        assertThat(atA).hasSize(2);
        assertThat(atA.get(0)[20]).isEqualTo((byte) 3);
        assertThat(atA.get(0)[21]).isEqualTo((byte) 4);
        assertThat(IpPacket.shortAt(MemorySegment.ofArray(atA.get(0)), 26)).isEqualTo(1_300);
        byte[] tooBig = atA.get(1);
        assertThat(tooBig[40]).isEqualTo((byte) 2);
        assertThat(MemorySegment.ofArray(tooBig).get(IpPacket.INT, 44)).isEqualTo(1_300);
        MemorySegment segment = MemorySegment.ofArray(tooBig);
        assertThat(IpPacket.checksum(segment, 40, tooBig.length - 40,
                IpPacket.pseudoHeader(segment, 0, IpPacket.ICMPV6, tooBig.length - 40))).isZero();
        assertThat(tooBig.length).isLessThanOrEqualTo(1_280);
    }

    @Test
    void errorsAreNotAnsweredAndNotMoreThanOneAMillisecond() {
        byte[] nobody = udp(addressA, 1_000, simulation.newAddress(0), 53, 9);
        for (int i = 0; i < 100; i++)
            simulation.send(a, Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, nobody), 0, nobody.length);
        simulation.runFor(100 * MS);
        assertThat(atA).hasSize(1);
        byte[] error = atA.getFirst().clone();
        assertThat(error[20]).as("unreachable").isEqualTo((byte) 3);
        error[8] = 1;
        send(a, error);
        assertThat(atA).as("an error about an error").hasSize(1);
    }

    @Test
    void aMachineGetsWhatIsUdpAndIntactAndAnswersARealHost() {
        send(a, udp(addressA, 1_000, addressC, 4_500, 3));
        assertThat(atC).containsExactly(at(addressA, 1_000) + " xxx");
        assertThat(atA).hasSize(1);
        MemorySegment answer = MemorySegment.ofArray(atA.getFirst());
        assertThat(IpPacket.udpPayload(answer, 0, atA.getFirst().length)).as("headers made up").isEqualTo(28);
        assertThat(IpPacket.isIntact(answer, 0, atA.getFirst().length, 28)).isTrue();
        byte[] broken = udp(addressA, 1_000, addressC, 4_500, 3);
        broken[29] ^= 1;
        send(a, broken);
        byte[] tcp = udp(addressA, 1_000, addressC, 4_500, 3);
        tcp[9] = 6;
        send(a, tcp);
        byte[] fragment = udp(addressA, 1_000, addressC, 4_500, 3);
        fragment[6] = 0x20; // more follow
        send(a, fragment);
        assertThat(atC).hasSize(1);
        assertThat(simulation.statistics().drops(DropCause.MALFORMED)).isEqualTo(3);
    }

    @Test
    void whatIsNoPacketGoesNowhere() {
        send(a, new byte[]{0x45});
        send(a, new byte[60]);
        byte[] longer = udp(addressA, 1, addressB, 2, 10);
        longer[3]++; // says it is longer than it is
        send(a, longer);
        byte[] noHeader = udp(addressA, 1, addressB, 2, 10);
        noHeader[0] = 0x4f;
        send(a, noHeader);
        assertThat(simulation.statistics().drops(DropCause.MALFORMED)).isEqualTo(4);
        assertThat(atB).isEmpty();
        assertThat(simulation.inFlight()).isZero();
    }

    /** Whatever links do to packets on the way, every one is delivered or counted. */
    @Test
    void brokenAndCutPacketsAreCarriedOrCounted() {
        trunk.links(LinkConfig.PERFECT.withCorrupt(1).withDuplicate(0.3));
        b.links(LinkConfig.PERFECT.withCorrupt(0.5));
        for (int i = 0; i < 2_000; i++)
            send(a, udp(i % 2 == 0 ? addressA : address6A, 1_000, i % 2 == 0 ? addressB : address6B, 53, i % 300));
        LinkStatistics all = simulation.statistics();
        assertThat(all.packetsIn() + all.duplicates()).isEqualTo(all.packetsOut() + all.drops());
        assertThat(atB).isNotEmpty();
        assertThat(all.drops(DropCause.MALFORMED)).isPositive();
    }

    @Test
    void aFloodsPacketsAreWhole() {
        List<Path> targets = List.of(at(addressB, 80));
        for (PacketFlood.Kind kind : PacketFlood.Kind.values())
            new PacketFlood(simulation, a, kind, targets, 101, kind == PacketFlood.Kind.SYN, 1_000, 50 * MS);
        simulation.runFor(200 * MS);
        assertThat(atB).hasSizeBetween(147, 150);
        for (byte[] packet : atB) {
            MemorySegment segment = MemorySegment.ofArray(packet);
            int header = IpPacket.headerLength(segment, 0, packet.length);
            assertThat(IpPacket.checksum(segment, 0, header, 0)).isZero();
            int protocol = IpPacket.protocol(segment, 0);
            long added = protocol == IpPacket.ICMP
                    ? 0
                    : IpPacket.pseudoHeader(segment, 0, protocol, packet.length - header);
            assertThat(IpPacket.checksum(segment, header, packet.length - header, added)).isZero();
        }
        long own = atB.stream().filter(packet -> packet[9] == IpPacket.TCP)
                .filter(packet -> MemorySegment.ofArray(packet).get(IpPacket.INT, 12) == (int) addressA.addressLow())
                .count();
        assertThat(own).as("spoofed").isZero();
    }

    @Test
    void aStackElsewhereAndANatExcludeEachOther() {
        assertThatThrownBy(() -> a.behindNat(simulation.newAddress(0), Simulation.NAT_IDLE_NS))
                .isInstanceOf(IllegalStateException.class);
        c.behindNat(simulation.newAddress(0), Simulation.NAT_IDLE_NS);
        assertThatThrownBy(() -> c.stack((_, _, _, _) -> {
        })).isInstanceOf(IllegalStateException.class);
    }
}
