package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.host.ProxyProtocol;

/** Datagrams through the edge, and what somebody with forged sources gets out of it. */
@Timeout(60)
class UdpRelayTest {
    private final FakeClock clock = new FakeClock();

    /** Answers each datagram to where it came from. */
    private static final class Answering implements AutoCloseable {
        final DatagramSocket socket;
        final List<byte[]> seen = new ArrayList<>();

        Answering(UnaryOperator<byte[]> answer) throws IOException {
            this(answer, 0);
        }

        Answering(UnaryOperator<byte[]> answer, int port) throws IOException {
            socket = new DatagramSocket(Edges.loopback(port));
            Thread.ofVirtual().start(() -> serve(answer));
        }

        private void serve(UnaryOperator<byte[]> answer) {
            byte[] buffer = new byte[65_536];
            while (!socket.isClosed()) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.receive(packet);
                    byte[] payload = Arrays.copyOf(buffer, packet.getLength());
                    synchronized (seen) {
                        seen.add(payload);
                    }
                    byte[] back = answer.apply(payload);
                    socket.send(new DatagramPacket(back, back.length, packet.getSocketAddress()));
                } catch (IOException e) {
                    return;
                }
            }
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        int seen() {
            synchronized (seen) {
                return seen.size();
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private EdgeServer edge(InetSocketAddress backend, UdpEntrance entrance, boolean proxyProtocol,
            EdgeLimits limits) throws IOException {
        return EdgeServer.start(EdgeConfig.of(List.of(), List.of(entrance),
                List.of(Service.direct(Edges.SERVICE, LegAddress.to(backend), proxyProtocol)), limits).withLoops(2)
                .withClock(clock));
    }

    private EdgeServer edge(InetSocketAddress backend) throws IOException {
        return edge(backend, UdpEntrance.straightTo(Edges.SERVICE, Edges.loopback(0)), false, Edges.limits());
    }

    private static UdpEntrance entrance(DatagramOpening.Factory opening, PathProof.Factory proof, FlowLimits limits) {
        return new UdpEntrance(Edges.loopback(0), opening, proof, new UdpDialer(), limits);
    }

    private static DatagramSocket client(EdgeServer edge, String from) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(edge.udpAddresses().getFirst());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static DatagramSocket client(EdgeServer edge) throws IOException {
        return client(edge, "127.0.0.1");
    }

    private static void send(DatagramSocket socket, byte[] payload) throws IOException {
        socket.send(new DatagramPacket(payload, payload.length));
    }

    private static byte[] receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void eachClientGetsItsOwnAnswers() throws Exception {
        try (Answering backend = new Answering(UnaryOperator.identity()); EdgeServer edge = edge(backend.address())) {
            List<DatagramSocket> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++)
                clients.add(client(edge));
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < clients.size(); i++)
                    send(clients.get(i), new byte[]{(byte) i, (byte) round});
                for (int i = 0; i < clients.size(); i++)
                    assertThat(receive(clients.get(i))).containsExactly(i, round);
            }
            assertThat(edge.counters().flowsOpen()).isEqualTo(50);
            byte[] largest = new byte[65_000];
            send(clients.getFirst(), largest);
            assertThat(receive(clients.getFirst())).isEqualTo(largest);
            clock.advance(Duration.ofSeconds(61), edge);
            Edges.until(() -> edge.counters().flowsOpen() == 0);
            send(clients.get(1), new byte[]{1});
            assertThat(receive(clients.get(1))).containsExactly(1);
            clients.forEach(DatagramSocket::close);
        }
    }

    @Test
    void anUnprovedSourceNeverGetsMoreBytesThanItSent() throws Exception {
        long seed = Edges.seed();
        Random random = new Random(seed);
        Random sizes = new Random(seed + 1);
        try (Answering backend = new Answering(_ -> new byte[1 + sizes.nextInt(4_000)]);
                EdgeServer edge = edge(backend.address());
                DatagramSocket client = client(edge)) {
            for (int i = 1; i <= 500; i++) {
                send(client, new byte[1 + random.nextInt(1_500)]);
                int sent = i;
                Edges.until(() -> edge.counters().datagramsToClient() + edge.counters().dropped(EdgeDrop.UNPROVED)
                        + edge.counters().dropped(EdgeDrop.UNDELIVERED) == sent);
                assertThat(edge.counters().bytesToClient()).isLessThanOrEqualTo(edge.counters().bytesToBackend());
            }
            assertThat(edge.counters().dropped(EdgeDrop.UNPROVED)).isPositive();
            assertThat(edge.counters().datagramsToClient()).isPositive();
        }
    }

    /** Proved by repeating what the backend said last. */
    private static PathProof.Factory byEcho() {
        return _ -> new PathProof() {
            private byte[] said = {};
            private boolean proved;

            @Override
            public boolean onClientDatagram(ByteBuffer datagram) {
                proved |= said.length > 0 && datagram.equals(ByteBuffer.wrap(said));
                return datagram.remaining() != 13; // a datagram that does not belong here
            }

            @Override
            public Fate onBackendDatagram(ByteBuffer datagram) {
                byte[] copy = new byte[datagram.remaining()];
                datagram.get(datagram.position(), copy);
                if (!proved && copy.length < 100)
                    said = copy;
                return Fate.PASS;
            }

            @Override
            public boolean proved() {
                return proved;
            }
        };
    }

    @Test
    void whoProvesItsAddressGetsEverything() throws Exception {
        byte[] secret = "secret".getBytes(StandardCharsets.US_ASCII);
        try (Answering backend = new Answering(
                asked -> asked.length < 10 && !Arrays.equals(asked, secret) ? secret : new byte[20_000]);
                EdgeServer edge = edge(backend.address(), entrance(DatagramOpening.straightTo(Edges.SERVICE), byEcho(),
                        FlowLimits.defaults()), false, Edges.limits());
                DatagramSocket client = client(edge)) {
            send(client, new byte[20]);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.UNPROVED) == 1);
            send(client, new byte[6]);
            assertThat(receive(client)).isEqualTo(secret);
            send(client, secret);
            assertThat(receive(client)).hasSize(20_000);
            send(client, new byte[13]);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.DATAGRAM_REFUSED) == 1);
            send(client, new byte[14]);
            assertThat(receive(client)).hasSize(20_000);
        }
    }

    @Test
    void aFloodOfFlowsTakesThoseOfItsOwnPrefix() throws Exception {
        FlowLimits few = new FlowLimits(20, 1_000, Duration.ofSeconds(60));
        try (Answering backend = new Answering(UnaryOperator.identity());
                EdgeServer edge = edge(backend.address(), entrance(DatagramOpening.straightTo(Edges.SERVICE),
                        PathProof.none(), few), false, Edges.limits());
                DatagramSocket user = client(edge, "127.0.0.2")) {
            send(user, new byte[]{1});
            receive(user);
            List<DatagramSocket> flood = new ArrayList<>(); // each open till the end: a port that comes again is a flow that is known
            try {
                for (int i = 0; i < 100; i++) {
                    flood.add(client(edge, "127.0.0.3"));
                    send(flood.getLast(), new byte[]{2});
                    receive(flood.getLast());
                }
            } finally {
                flood.forEach(DatagramSocket::close);
            }
            assertThat(edge.counters().flowsOpen()).isEqualTo(20);
            assertThat(edge.counters().dropped(EdgeDrop.FLOW_EVICTED)).isEqualTo(81);
            int before = backend.seen();
            send(user, new byte[]{3});
            assertThat(receive(user)).containsExactly(3);
            assertThat(backend.seen()).isEqualTo(before + 1);
            assertThat(edge.counters().dropped(EdgeDrop.FLOW_EVICTED)).isEqualTo(81); // still the same flow
        }
    }

    @Test
    void aFloodFromEverywhereDoesNotTakeWhoHasProvedItsAddress() throws Exception {
        FlowLimits few = new FlowLimits(10, 1_000, Duration.ofSeconds(60));
        byte[] secret = {9, 9, 9};
        try (Answering backend = new Answering(asked -> secret);
                EdgeServer edge = edge(backend.address(), entrance(DatagramOpening.straightTo(Edges.SERVICE), byEcho(),
                        few), false, Edges.limits());
                DatagramSocket user = client(edge, "127.0.0.2")) {
            send(user, new byte[3]);
            receive(user);
            send(user, secret);
            receive(user);
            for (int i = 0; i < 100; i++) {
                try (DatagramSocket flood = client(edge, "127.0.1." + (1 + i))) {
                    send(flood, new byte[3]);
                    receive(flood);
                }
            }
            send(user, new byte[1]); // not enough for an answer of three, but for its proof
            assertThat(receive(user)).isEqualTo(secret);
        }
    }

    @Test
    void onePrefixOpensSoManyFlowsASecond() throws Exception {
        try (Answering backend = new Answering(UnaryOperator.identity());
                EdgeServer edge = edge(backend.address(), UdpEntrance.straightTo(Edges.SERVICE, Edges.loopback(0)),
                        false, Edges.limits().withLegs(1, 5))) {
            List<DatagramSocket> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    clients.add(client(edge));
                    send(clients.getLast(), new byte[]{1});
                }
            } finally {
                clients.forEach(DatagramSocket::close);
            }
            Edges.until(() -> edge.counters().dropped(EdgeDrop.FLOWS_OF_PREFIX) == 15);
            assertThat(edge.counters().flowsOpen()).isEqualTo(5);
        }
    }

    @Test
    void aBackendThatIsDownMayComeBack() throws Exception {
        int port;
        try (DatagramSocket gone = new DatagramSocket(Edges.loopback(0))) {
            port = gone.getLocalPort();
        }
        try (EdgeServer edge = edge(Edges.loopback(port)); DatagramSocket client = client(edge)) {
            for (int i = 0; i < 5; i++)
                send(client, new byte[]{1});
            Edges.until(
                    () -> edge.counters().datagramsToBackend() + edge.counters().dropped(EdgeDrop.UNDELIVERED) == 5);
            try (Answering backend = new Answering(UnaryOperator.identity(), port)) {
                client.setSoTimeout(200);
                Edges.until(() -> {
                    send(client, new byte[]{2});
                    try {
                        return receive(client)[0] == 2;
                    } catch (SocketTimeoutException e) {
                        return false; // the refusal of an earlier one was said to this one
                    }
                });
                assertThat(backend.seen()).isPositive();
            }
        }
    }

    @Test
    void theBackendMayBeToldWhoTheClientIs() throws Exception {
        try (Answering backend = new Answering(UnaryOperator.identity());
                EdgeServer edge = edge(backend.address(), UdpEntrance.straightTo(Edges.SERVICE, Edges.loopback(0)),
                        true,
                        Edges.limits());
                DatagramSocket client = client(edge)) {
            byte[] header = ProxyProtocol.forAddress(true, (InetSocketAddress) client.getLocalSocketAddress(),
                    edge.udpAddresses().getFirst(), null, null);
            for (int i = 0; i < 2; i++) {
                send(client, new byte[]{5});
                int expected = i + 1;
                Edges.until(() -> backend.seen() == expected);
                synchronized (backend.seen) {
                    assertThat(backend.seen.get(i)).startsWith(header).endsWith(5).hasSize(header.length + 1);
                }
            }
        }
    }

    @Test
    void theLegChangesAndTheClientNoticesNothing() throws Exception {
        try (Answering first = new Answering(_ -> new byte[]{1});
                Answering second = new Answering(_ -> new byte[]{2});
                EdgeServer edge = edge(first.address());
                DatagramSocket client = client(edge)) {
            send(client, new byte[5]);
            assertThat(receive(client)).containsExactly(1);
            edge.changeAuthenticator(Edges.SERVICE, LegAddress.to(second.address()), Duration.ofSeconds(5));
            send(client, new byte[5]);
            assertThat(receive(client)).containsExactly(2);
            assertThat(edge.counters().legsChanged()).isEqualTo(1);
            Edges.until(() -> {
                clock.advance(Duration.ofSeconds(1), edge);
                send(client, new byte[5]);
                return receive(client)[0] == 2 && clock.getAsLong() > 20_000_000_000L;
            });
            assertThat(edge.counters().flowsOpen()).isEqualTo(1);
            assertThat(first.seen()).isEqualTo(1);
        }
    }

    /** Wants so many datagrams before it decides. */
    private static DatagramOpening.Factory after(int datagrams) {
        return _ -> new DatagramOpening() {
            private int seen;

            @Override
            public Opening.Verdict look(ByteBuffer datagram) {
                if (datagram.remaining() == 1)
                    return Opening.Verdict.REFUSED;
                return ++seen < datagrams ? Opening.Verdict.MORE : Opening.Verdict.OK;
            }

            @Override
            public String service() {
                return Edges.SERVICE;
            }
        };
    }

    @Test
    void anOpeningMayTakeSeveralDatagramsButNotMany() throws Exception {
        try (Answering backend = new Answering(UnaryOperator.identity());
                EdgeServer edge = edge(backend.address(), entrance(after(3), PathProof.none(), FlowLimits.defaults()),
                        false, Edges.limits());
                DatagramSocket client = client(edge);
                DatagramSocket refused = client(edge);
                DatagramSocket large = client(edge)) {
            for (int i = 0; i < 3; i++) {
                assertThat(edge.counters().datagramsToBackend()).isZero();
                send(client, new byte[]{1, (byte) i});
            }
            for (int i = 0; i < 3; i++)
                assertThat(receive(client)).containsExactly(1, i);
            send(refused, new byte[1]);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.OPENING_REFUSED) == 1);
            send(large, new byte[4_000]);
            send(large, new byte[4_000]);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.OPENING_TOO_LONG) == 1);
            Edges.until(() -> edge.counters().flowsOpen() == 1 && edge.counters().bytesBuffered() == 0);
            assertThat(backend.seen()).isEqualTo(3);
        }
    }
}
