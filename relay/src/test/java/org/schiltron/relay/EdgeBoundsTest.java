package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What greedy, slow and silent clients get, and at what count. Time is the test's. */
@Timeout(60)
class EdgeBoundsTest {
    private final FakeClock clock = new FakeClock();

    /** Lets in who says HELLO and a line feed. */
    private static final class Hello implements Opening {
        @Override
        public Verdict look(ByteBuffer bytes) {
            byte[] hello = "HELLO\n".getBytes(StandardCharsets.US_ASCII);
            int common = Math.min(hello.length, bytes.remaining());
            for (int i = 0; i < common; i++)
                if (bytes.get(bytes.position() + i) != hello[i])
                    return Verdict.REFUSED;
            return common == hello.length ? Verdict.OK : Verdict.MORE;
        }

        @Override
        public String service() {
            return Edges.SERVICE;
        }

        @Override
        public ByteBuffer answer() {
            return ByteBuffer.wrap("no\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private EdgeServer edge(Backend backend, EdgeLimits limits, Opening.Factory opening) throws IOException {
        return EdgeServer.start(Edges.config(opening, Edges.service(backend.address()), limits).withClock(clock));
    }

    private EdgeServer edge(Backend backend, EdgeLimits limits) throws IOException {
        return edge(backend, limits, Opening.straightTo(Edges.SERVICE));
    }

    private static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void nothingIsDialledBeforeTheOpeningIsWhole() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits(), _ -> new Hello());
                Socket client = Edges.connect(edge)) {
            for (String piece : List.of("H", "EL", "LO")) {
                say(client, piece);
                Edges.until(() -> edge.counters().bytesBuffered() > 0);
                assertThat(edge.counters().legsOpened()).isZero();
                assertThat(backend.accepted).isEmpty();
            }
            say(client, "\nand more");
            assertThat(client.getInputStream().readNBytes(14)).asString(StandardCharsets.US_ASCII)
                    .isEqualTo("HELLO\nand more");
            assertThat(edge.counters().bytesBuffered()).isZero();
        }
    }

    @Test
    void whoIsRefusedIsToldWhyAndTheBackendLearnsNothing() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits(), _ -> new Hello());
                Socket client = Edges.connect(edge)) {
            say(client, "HELP" + "x".repeat(100_000));
            assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("no\n");
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_REFUSED)).isEqualTo(1);
            assertThat(backend.accepted).isEmpty();
        }
    }

    @Test
    void anOpeningThatDripsIsCutOffAfterItsTime() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits(), _ -> new Hello());
                Socket client = Edges.connect(edge)) {
            for (String drop : List.of("H", "E", "L")) {
                say(client, drop);
                Edges.until(() -> edge.counters().bytesBuffered() > 0);
                clock.advance(Duration.ofSeconds(3), edge);
            }
            assertThat(edge.counters().connectionsOpen()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(2), edge);
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_TIMEOUT)).isEqualTo(1);
            assertThat(edge.counters().bytesBuffered()).isZero();
        }
    }

    @Test
    void anOpeningThatIsCutShortOrTooLongIsCounted() throws Exception {
        Opening never = new Opening() {
            @Override
            public Verdict look(ByteBuffer bytes) {
                return Verdict.MORE;
            }

            @Override
            public String service() {
                throw new AssertionError("asked before OK");
            }
        };
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits().withOpening(Duration.ofSeconds(10), 3_000), _ -> never);
                Socket brief = Edges.connect(edge);
                Socket endless = Edges.connect(edge)) {
            say(brief, "HEL");
            brief.shutdownOutput();
            assertThat(Edges.wasReset(brief)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_CUT_OFF)).isEqualTo(1);
            say(endless, "x".repeat(3_000));
            assertThat(Edges.wasReset(endless)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_TOO_LONG)).isEqualTo(1);
            Edges.until(() -> edge.counters().bytesBuffered() == 0);
        }
    }

    @Test
    void aVerdictMayComeLaterFromAnotherThread() throws Exception {
        List<Client> waiting = new ArrayList<>();
        boolean[] decided = new boolean[1];
        Opening.Factory slow = client -> new Opening() {
            @Override
            public Verdict look(ByteBuffer bytes) {
                synchronized (waiting) {
                    if (decided[0])
                        return Verdict.OK;
                    if (bytes.remaining() < 3)
                        return Verdict.MORE;
                    waiting.add(client);
                    return Verdict.LATER;
                }
            }

            @Override
            public String service() {
                return Edges.SERVICE;
            }
        };
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits(), slow);
                Socket client = Edges.connect(edge)) {
            say(client, "abc");
            Edges.until(() -> {
                synchronized (waiting) {
                    return !waiting.isEmpty();
                }
            });
            assertThat(backend.accepted).isEmpty();
            synchronized (waiting) {
                decided[0] = true;
                waiting.getFirst().again();
            }
            assertThat(client.getInputStream().readNBytes(3)).asString(StandardCharsets.US_ASCII).isEqualTo("abc");
        }
    }

    @Test
    void anOpeningThatThrowsCostsItsOwnConnectionOnly() throws Exception {
        Opening.Factory buggy = _ -> new Opening() {
            @Override
            public Verdict look(ByteBuffer bytes) {
                if (bytes.remaining() == 1)
                    throw new IllegalStateException("a test's bug");
                return bytes.hasRemaining() ? Verdict.OK : Verdict.MORE;
            }

            @Override
            public String service() {
                return Edges.SERVICE;
            }
        };
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits(), buggy);
                Socket unlucky = Edges.connect(edge);
                Socket other = Edges.connect(edge)) {
            say(unlucky, "x");
            assertThat(Edges.wasReset(unlucky)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.INTERNAL)).isEqualTo(1);
            say(other, "xyz");
            assertThat(other.getInputStream().readNBytes(3)).hasSize(3);
            Edges.until(() -> edge.counters().bytesBuffered() == 0);
        }
    }

    @Test
    void aSilentConnectionEndsAfterItsTimeAndABusyOneDoesNot() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend,
                        Edges.limits().withIdle(Duration.ofSeconds(100), Duration.ofSeconds(100)));
                Socket silent = Edges.connect(edge);
                Socket busy = Edges.connect(edge)) {
            Edges.until(() -> edge.counters().legsOpen() == 2);
            for (int i = 0; i < 5; i++) {
                clock.advance(Duration.ofSeconds(30), edge);
                busy.getOutputStream().write(i);
                assertThat(busy.getInputStream().read()).isEqualTo(i);
            }
            assertThat(Edges.wasReset(silent)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.IDLE)).isEqualTo(1);
            assertThat(edge.counters().connectionsOpen()).isEqualTo(1);
        }
    }

    @Test
    void aConnectionWithOneEndOnlyIsGivenLessTime() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = edge(backend, Edges.limits().withIdle(Duration.ofHours(1), Duration.ofSeconds(20)));
                Socket client = Edges.connect(edge);
                Socket server = backend.accepted.take()) {
            client.shutdownOutput();
            assertThat(server.getInputStream().read()).isEqualTo(-1);
            clock.advance(Duration.ofSeconds(21), edge);
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.IDLE)).isEqualTo(1);
        }
    }

    @Test
    void aClientThatTakesNextToNothingIsReset() throws Exception {
        try (Backend backend = Backend.start(connection -> connection.getOutputStream().write(new byte[16 << 20]));
                EdgeServer edge = edge(backend, Edges.limits().withSocketBytes(65_536));
                Socket client = new Socket()) {
            client.setReceiveBufferSize(16_384);
            client.connect(edge.tcpAddresses().getFirst());
            Edges.until(() -> edge.counters().bytesBuffered() > 0);
            clock.advance(Duration.ofSeconds(59), edge);
            assertThat(client.getInputStream().readNBytes(5_000)).hasSize(5_000); // 85 bytes a second
            clock.advance(Duration.ofSeconds(3), edge);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.SLOW_READER) == 1);
            assertThat(Edges.wasReset(client)).isTrue();
        }
    }

    @Test
    void onePrefixGetsSoManyConnectionsAndNoMore() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Edges.limits().withConnections(100, 3))) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++)
                clients.add(Edges.connect(edge));
            try (Socket further = Edges.connect(edge)) {
                assertThat(Edges.wasReset(further)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.CONNECTIONS_OF_PREFIX)).isEqualTo(1);
            Edges.reset(clients.getFirst());
            Edges.until(() -> edge.counters().connectionsOpen() == 2);
            try (Socket again = Edges.connect(edge)) {
                again.getOutputStream().write(9);
                assertThat(again.getInputStream().read()).isEqualTo(9);
            }
            for (Socket client : clients)
                client.close();
        }
    }

    @Test
    void onePrefixOpensSoManyLegsASecond() throws Exception {
        try (Backend backend = Backend.echo(); EdgeServer edge = edge(backend, Edges.limits().withLegs(1, 2))) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                clients.add(Edges.connect(edge));
                clients.get(i).getOutputStream().write(i);
                assertThat(clients.get(i).getInputStream().read()).isEqualTo(i);
            }
            try (Socket third = Edges.connect(edge)) {
                assertThat(Edges.wasReset(third)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.LEGS_OF_PREFIX)).isEqualTo(1);
            clock.advance(Duration.ofSeconds(1), edge);
            try (Socket later = Edges.connect(edge)) {
                later.getOutputStream().write(9);
                assertThat(later.getInputStream().read()).isEqualTo(9);
            }
            for (Socket client : clients)
                client.close();
        }
    }

    @Test
    void aServiceHasSoManyLegsAndTheNextClientsWait() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = EdgeServer.start(Edges.config(Opening.straightTo(Edges.SERVICE),
                        new Service(Edges.SERVICE, LegAddress.to(backend.address()), new TcpDialer(0), false, 1, 1),
                        Edges.limits()).withClock(clock));
                Socket first = Edges.connect(edge)) {
            Edges.until(() -> edge.counters().legsOpen() == 1);
            try (Socket second = Edges.connect(edge)) {
                Edges.until(() -> edge.counters().legsQueued() == 1);
                try (Socket third = Edges.connect(edge)) {
                    assertThat(Edges.wasReset(third)).isTrue();
                    assertThat(edge.counters().dropped(EdgeDrop.LEGS_QUEUE_FULL)).isEqualTo(1);
                }
                second.getOutputStream().write(2); // waits with its client
                Edges.reset(first);
                assertThat(second.getInputStream().read()).isEqualTo(2);
                try (Socket fourth = Edges.connect(edge)) {
                    Edges.until(() -> edge.counters().legsQueued() == 2);
                    clock.advance(Duration.ofSeconds(6), edge);
                    assertThat(Edges.wasReset(fourth)).isTrue();
                    assertThat(edge.counters().dropped(EdgeDrop.LEGS_QUEUE_TIMEOUT)).isEqualTo(1);
                }
            }
            try (Socket fifth = Edges.connect(edge)) { // no place was lost
                fifth.getOutputStream().write(5);
                assertThat(fifth.getInputStream().read()).isEqualTo(5);
            }
        }
    }

    @Test
    void aBackendThatDoesNotAnswerIsGivenUp() throws Exception {
        FakeLegs nobody = new FakeLegs();
        try (Backend backend = Backend.echo();
                EdgeServer edge = EdgeServer.start(Edges.config(Opening.straightTo(Edges.SERVICE),
                        new Service(Edges.SERVICE, LegAddress.to(backend.address()), nobody, false, 10, 10),
                        Edges.limits()).withClock(clock));
                Socket client = Edges.connect(edge)) {
            Edges.until(() -> nobody.dialled.get() == 1);
            clock.advance(Duration.ofSeconds(4), edge);
            assertThat(edge.counters().connectionsOpen()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(2), edge);
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_TIMEOUT)).isEqualTo(1);
            assertThat(nobody.reset.get()).isEqualTo(1);
        }
    }

    @Test
    void anEdgeThatStopsTakesNobodyInAndLetsThoseThereFinish() throws Exception {
        try (Backend backend = Backend.echo()) {
            EdgeServer edge = edge(backend, Edges.limits().withDrain(Duration.ofMinutes(10)));
            Socket client = Edges.connect(edge);
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            Thread stopping = Thread.ofVirtual().start(edge::close);
            Edges.until(() -> {
                try (Socket late = Edges.connect(edge)) {
                    late.setSoTimeout(200);
                    return Edges.wasReset(late);
                } catch (SocketTimeoutException e) {
                    return false; // it was in time
                } catch (SocketException e) {
                    return true;
                }
            });
            client.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
            client.close();
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            clock.advance(Duration.ofSeconds(1), edge);
            stopping.join();
        }
    }
}
