package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.SourceGrants;
import org.schiltron.relay.DatagramOpening;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.FlowLimits;
import org.schiltron.relay.PathProof;
import org.schiltron.relay.Service;
import org.schiltron.relay.UdpDialer;
import org.schiltron.relay.UdpEntrance;

/** Datagrams through doors, and what somebody with a forged source gets. */
@Timeout(60)
class UdpDoorsTest {
    private static final byte[] FIRST = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final byte[] CHOSEN = {80, 81, 82, 83, 84, 85, 86, 87, 88};

    private static EdgeServer edge(DatagramOpening.Factory opening, PathProof.Factory proof, Service... services)
            throws IOException {
        return EdgeServer.start(EdgeConfig.of(List.of(), List.of(new UdpEntrance(Edges.loopback(0), opening, proof,
                new UdpDialer(), FlowLimits.defaults())), List.of(services), Edges.limits()).withLoops(2));
    }

    private static byte[] take(Datagrams backend) throws InterruptedException {
        byte[] taken = backend.seen.poll(20, TimeUnit.SECONDS);
        return taken == null ? new byte[0] : taken;
    }

    @Test
    void aQueryPassesAndGarbageDoesNot() throws Exception {
        try (Datagrams backend = Datagrams.answering(query -> List.of(Queries.answer(query[1])));
                EdgeServer edge = edge(Openings.udp(Visits.open("dns"), Protocol.DNS, () -> Visits.NOW),
                        Openings.proof(Protocol.DNS), Visits.service("dns", backend.address()));
                DatagramSocket client = Datagrams.client(edge);
                DatagramSocket stranger = Datagrams.client(edge)) {
            for (byte[] garbage : List.of(new byte[1], new byte[40], Queries.answer(1),
                    Arrays.copyOf(Queries.query(1), 20)))
                Datagrams.send(stranger, garbage);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.DATAGRAM_REFUSED) == 4);
            for (int id = 1; id < 4; id++) {
                Datagrams.send(client, Queries.query(id));
                assertThat(Datagrams.receive(client)).isEqualTo(Queries.answer(id));
                Datagrams.send(client, Queries.answer(id)); // garbage in between
            }
            Edges.until(() -> edge.counters().dropped(EdgeDrop.DATAGRAM_REFUSED) == 7);
            assertThat(backend.seen).hasSize(3);
        }
    }

    @Test
    void noQueryIsAnsweredWithMoreThanItself() throws Exception {
        try (Datagrams backend = Datagrams.answering(query -> List.of(new byte[query.length + 1]));
                EdgeServer edge = edge(Openings.udp(Visits.open("dns"), Protocol.DNS, () -> Visits.NOW),
                        Openings.proof(Protocol.DNS), Visits.service("dns", backend.address()));
                DatagramSocket client = Datagrams.client(edge)) {
            Datagrams.send(client, Queries.query(1));
            Edges.until(() -> edge.counters().dropped(EdgeDrop.UNPROVED) == 1);
            assertThat(edge.counters().bytesToClient()).isZero();
        }
    }

    /** Server's first flight: three full datagrams for one. */
    private static Datagrams quicServer() throws IOException {
        return Datagrams.answering(datagram -> {
            if (datagram[0] < 0 && (datagram[0] & 0x30) == 0)
                return List.of(QuicPackets.serverInitial(CHOSEN, 1_200), QuicPackets.serverInitial(CHOSEN, 1_200),
                        QuicPackets.serverInitial(CHOSEN, 1_100));
            return List.of(QuicPackets.later(new byte[]{9, 8, 7, 6, 5}, 5 * datagram.length));
        });
    }

    @Test
    void quicGetsNoMoreThanItSentUntilItHasProvedItsAddress() throws Exception {
        byte[] hello = QuicPackets.hello("www.game.example");
        QuicDoors doors = Openings.quic(Map.of("*.game.example", Visits.open("game")), () -> Visits.NOW);
        try (Datagrams server = quicServer();
                EdgeServer edge = edge(doors, doors.proof(false), Visits.service("game", server.address()));
                DatagramSocket client = Datagrams.client(edge)) {
            byte[] initial = QuicPackets.initial(FIRST, 0, QuicPackets.crypto(hello, 0, hello.length));
            Datagrams.send(client, initial);
            assertThat(take(server)).isEqualTo(initial);
            assertThat(Datagrams.receive(client)).hasSize(1_200);
            Edges.until(() -> edge.counters().bytesToClient() == 1_200);
            byte[] handshake = QuicPackets.sealed(2, CHOSEN, new byte[5], 100);
            Datagrams.send(client, handshake); // only who got the answer knows the id in it
            assertThat(Datagrams.receive(client)).as("what was kept").hasSize(1_200);
            assertThat(Datagrams.receive(client)).hasSize(1_100);
            assertThat(Datagrams.receive(client)).hasSize(500);
            assertThat(take(server)).isEqualTo(handshake);
            Datagrams.send(client, QuicPackets.later(CHOSEN, 200));
            assertThat(Datagrams.receive(client)).hasSize(1_000);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void aHelloMayComeInTwoDatagramsInAnyOrder() throws Exception {
        byte[] hello = QuicPackets.hello("game.example");
        QuicDoors doors = Openings.quic(Map.of("game.example", Visits.open("game")), () -> Visits.NOW);
        byte[][] parts = {QuicPackets.initial(FIRST, 0, QuicPackets.crypto(hello, 40, hello.length)),
                QuicPackets.initial(FIRST, 1, QuicPackets.crypto(hello, 0, 40))};
        try (Datagrams server = Datagrams.answering(_ -> List.of());
                EdgeServer edge = edge(doors, doors.proof(false), Visits.service("game", server.address()));
                DatagramSocket client = Datagrams.client(edge)) {
            for (byte[] part : parts)
                Datagrams.send(client, part);
            assertThat(take(server)).isEqualTo(parts[0]);
            assertThat(take(server)).isEqualTo(parts[1]);
        }
    }

    @Test
    void whatIsNoQuicGoesNowhere() throws Exception {
        byte[] other = QuicPackets.hello("other.example");
        byte[] hello = QuicPackets.hello("game.example");
        byte[] small = Arrays.copyOf(QuicPackets.initial(FIRST, 0, QuicPackets.crypto(hello, 0, hello.length)), 1_199);
        byte[] broken = QuicPackets.initial(FIRST, 0, QuicPackets.crypto(hello, 0, hello.length));
        broken[600]++;
        QuicDoors doors = Openings.quic(Map.of("game.example", Visits.open("game")), () -> Visits.NOW);
        try (Datagrams server = quicServer();
                EdgeServer edge = edge(doors, doors.proof(true), Visits.service("game", server.address()))) {
            List<byte[]> bad = List.of(new byte[1], new byte[1_200], small, broken, QuicPackets.later(CHOSEN, 60),
                    QuicPackets.sealed(2, CHOSEN, FIRST, 1_200), QuicPackets.sealed(0, FIRST, FIRST, 1_200),
                    QuicPackets.initial(FIRST, 0, QuicPackets.crypto(other, 0, other.length)));
            for (byte[] datagram : bad)
                try (DatagramSocket client = Datagrams.client(edge)) {
                    Datagrams.send(client, datagram);
                }
            Edges.until(() -> edge.counters().dropped(EdgeDrop.DATAGRAM_REFUSED)
                    + edge.counters().dropped(EdgeDrop.OPENING_REFUSED) == bad.size());
            assertThat(edge.counters().datagramsToBackend()).isZero();
            assertThat(edge.counters().bytesToClient()).isZero();
        }
    }

    /** Its NAT has given it another port: the id that it shows leads it to its service, by a leg of its own. */
    @Test
    void aClientThatMovesKeepsItsServiceAndHasProvedNothingThere() throws Exception {
        byte[] hello = QuicPackets.hello("game.example");
        QuicDoors doors = Openings.quic(Map.of("game.example", Visits.open("game")), () -> Visits.NOW);
        try (Datagrams server = quicServer();
                EdgeServer edge = edge(doors, doors.proof(false), Visits.service("game", server.address()));
                DatagramSocket before = Datagrams.client(edge);
                DatagramSocket after = Datagrams.client(edge)) {
            Datagrams.send(before, QuicPackets.initial(FIRST, 0, QuicPackets.crypto(hello, 0, hello.length)));
            assertThat(Datagrams.receive(before)).hasSize(1_200);
            take(server);
            byte[] later = QuicPackets.later(CHOSEN, 60);
            Datagrams.send(after, later);
            assertThat(take(server)).isEqualTo(later);
            assertThat(server.sources.take()).isNotEqualTo(server.sources.take());
            Edges.until(() -> edge.counters().flowsOpen() == 2);
            assertThat(edge.counters().bytesToClient()).as("five times as much is kept").isEqualTo(1_200);
            byte[] many = QuicPackets.later(CHOSEN, 240); // now 300 have come: as many as are kept for it
            Datagrams.send(after, many);
            assertThat(Datagrams.receive(after)).hasSize(300);
            byte[] strange = QuicPackets.later(new byte[]{5, 4, 3, 2, 1, 0, 1, 2, 3}, 60);
            try (DatagramSocket other = Datagrams.client(edge)) {
                Datagrams.send(other, strange);
                Edges.until(() -> edge.counters().dropped(EdgeDrop.DATAGRAM_REFUSED) == 1);
            }
        }
    }

    @Test
    void aMoveToAnAddressThatMayNotComeInIsNone() throws Exception {
        byte[] hello = QuicPackets.hello("game.example");
        SourceGrants grants = new SourceGrants(4);
        grants.grant(Door.path(Edges.loopback(1)), Visits.NOW + 60, Visits.NOW);
        QuicDoors doors = Openings.quic(
                Map.of("game.example", new Door("game", Authentication.GRANT, null, grants)), () -> Visits.NOW);
        try (Datagrams server = quicServer();
                EdgeServer edge = edge(doors, doors.proof(false), Visits.service("game", server.address()));
                DatagramSocket before = Datagrams.client(edge);
                DatagramSocket after = Datagrams.client(edge);
                DatagramSocket late = Datagrams.client(edge)) {
            Datagrams.send(before, QuicPackets.initial(FIRST, 0, QuicPackets.crypto(hello, 0, hello.length)));
            for (int size : new int[]{1_200, 1_200, 1_100})
                assertThat(Datagrams.receive(before)).as("a grant proves the address").hasSize(size);
            Datagrams.send(after, QuicPackets.later(CHOSEN, 60));
            assertThat(Datagrams.receive(after)).hasSize(300);
            grants.revoke(Door.path(Edges.loopback(1)));
            Datagrams.send(late, QuicPackets.later(CHOSEN, 60));
            Edges.until(() -> edge.counters().dropped(EdgeDrop.OPENING_REFUSED) == 1);
            assertThat(server.seen).hasSize(2);
        }
    }
}
