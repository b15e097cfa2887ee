package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are followed: checked, answered here, and their legs exchanged while the client stays. */
@Timeout(60)
class ExchangesTest {
    private static final int PAGE = 3_000;

    private final FakeClock clock = new FakeClock();

    private EdgeServer edge(InetSocketAddress backend) throws IOException {
        return EdgeServer.start(
                Edges.config(PageGuard.opening(), Edges.service(backend), Edges.limits()).withClock(clock));
    }

    private static void get(Socket client, String path) throws IOException {
        client.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(
                StandardCharsets.US_ASCII));
    }

    /** Reads an answer; its body. */
    private static String answer(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0)
            head.append((char) in.readUnsignedByte());
        byte[] body = new byte[(int) PageGuard.lengthIn(head)];
        in.readFully(body);
        return new String(body, StandardCharsets.US_ASCII);
    }

    @Test
    void whatIsAnsweredHereNeverReachesTheBackend() throws Exception {
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/here");
            assertThat(answer(client)).isEqualTo("here");
            assertThat(edge.counters().legsOpened()).isZero();
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            get(client, "/here");
            assertThat(answer(client)).isEqualTo("here");
            assertThat(edge.counters().legsOpened()).isEqualTo(1);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 100; i++)
                all.append("GET ").append(i % 3 == 1 ? "/here" : "/").append(" HTTP/1.1\r\n\r\n");
            client.getOutputStream().write(all.toString().getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 100; i++)
                assertThat(answer(client).length()).as("answer %d", i).isEqualTo(i % 3 == 1 ? 4 : PAGE);
        }
    }

    @Test
    void aRequestThatIsRefusedEndsTheConnectionAfterItsAnswer() throws Exception {
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            get(client, "/no");
            get(client, "/");
            assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 403").endsWith("\r\n\r\n");
            assertThat(edge.counters().dropped(EdgeDrop.EXCHANGE_REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatNobodyAskedForIsRefused() throws Exception {
        try (Backend backend = Backend.start(connection -> {
            connection.getInputStream().read();
            connection.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".repeat(2)
                            .getBytes(StandardCharsets.US_ASCII));
            connection.getInputStream().readAllBytes();
        });
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.EXCHANGE_REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void withNoBackendTheClientIsTold() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket()) {
            gone.bind(Edges.loopback(0));
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        try (EdgeServer edge = edge(nobody); Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 502 backend_refused");
        }
    }

    @Test
    void aRequestHeadWithoutEndIsRefused() throws Exception {
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            client.getOutputStream().write(new byte[16 * 1024]);
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_TOO_LONG)).isEqualTo(1);
        }
    }

    @Test
    void aLaterRequestWhoseHeadDripsIsCutOffToo() throws Exception {
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            clock.advance(Duration.ofSeconds(60), edge); // silence between two requests is no drip
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            for (String drop : List.of("GET ", "/ ", "HTTP")) {
                client.getOutputStream().write(drop.getBytes(StandardCharsets.US_ASCII));
                Edges.until(() -> edge.counters().bytesBuffered() > 0);
                clock.advance(Duration.ofSeconds(3), edge);
            }
            assertThat(edge.counters().connectionsOpen()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(2), edge);
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_TIMEOUT)).isEqualTo(1);
        }
    }

    @Test
    void theLegChangesBetweenTwoRequestsAndTheClientStays() throws Exception {
        try (Backend first = Backend.http(PAGE);
                Backend second = Backend.http(PAGE + 1);
                EdgeServer edge = edge(first.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            edge.changeAuthenticator(Edges.SERVICE, LegAddress.to(second.address()), Duration.ofSeconds(60));
            Edges.until(() -> {
                get(client, "/");
                return answer(client).length() == PAGE + 1;
            });
            assertThat(edge.counters().legsChanged()).isEqualTo(1);
            Edges.until(() -> edge.counters().legsOpen() == 1);
            Edges.until(() -> first.endedInOrder.get() == 1); // not reset
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void aSilentClientKeepsItsConnectionAndLosesOnlyItsLegWhenTheOverlapEnds() throws Exception {
        try (Backend first = Backend.http(PAGE);
                Backend second = Backend.http(PAGE + 1);
                EdgeServer edge = edge(first.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            edge.changeAuthenticator(Edges.SERVICE, LegAddress.to(second.address()), Duration.ofSeconds(5));
            assertThat(edge.counters().legsOpen()).isEqualTo(1);
            Edges.until(() -> {
                clock.advance(Duration.ofSeconds(1), edge);
                return edge.counters().legsOpen() == 0;
            });
            assertThat(edge.counters().connectionsOpen()).isEqualTo(1);
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE + 1);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void whileTheNewAuthenticatorFailsTheOldGoesOn() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket()) {
            gone.bind(Edges.loopback(0));
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = edge(backend.address());
                Socket client = Edges.connect(edge)) {
            get(client, "/");
            assertThat(answer(client)).hasSize(PAGE);
            edge.changeAuthenticator(Edges.SERVICE, LegAddress.to(nobody), Duration.ofSeconds(60));
            Edges.until(() -> {
                get(client, "/");
                assertThat(answer(client)).hasSize(PAGE);
                return edge.counters().dropped(EdgeDrop.LEG_CHANGE_FAILED) == 1;
            });
            for (int i = 0; i < 20; i++) { // not tried again at once
                get(client, "/");
                assertThat(answer(client)).hasSize(PAGE);
            }
            assertThat(edge.counters().dropped(EdgeDrop.LEG_CHANGE_FAILED)).isEqualTo(1);
        }
    }

    @Test
    void aPlainLegLivesOnUntilTheOverlapEndsAndIsResetThen() throws Exception {
        try (Backend first = Backend.echo();
                Backend second = Backend.echo();
                EdgeServer edge = EdgeServer.start(Edges.config(Opening.straightTo(Edges.SERVICE),
                        Edges.service(first.address()), Edges.limits()).withClock(clock));
                Socket client = Edges.connect(edge)) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            edge.changeAuthenticator(Edges.SERVICE, LegAddress.to(second.address()), Duration.ofSeconds(5));
            try (Socket later = Edges.connect(edge)) {
                later.getOutputStream().write(2);
                assertThat(later.getInputStream().read()).isEqualTo(2);
                assertThat(second.accepted).hasSize(1);
                client.getOutputStream().write(3);
                assertThat(client.getInputStream().read()).isEqualTo(3);
                Edges.until(() -> {
                    clock.advance(Duration.ofSeconds(1), edge);
                    return edge.counters().dropped(EdgeDrop.OVERLAP_ENDED) == 1;
                });
                assertThat(Edges.wasReset(client)).isTrue();
                later.getOutputStream().write(4);
                assertThat(later.getInputStream().read()).isEqualTo(4);
            }
        }
    }

    @Test
    void whoDoesNothingKeepsNobodyFromTheService() throws Exception {
        try (Backend backend = Backend.http(PAGE);
                EdgeServer edge = EdgeServer.start(Edges.config(PageGuard.opening(),
                        new Service(Edges.SERVICE, LegAddress.to(backend.address()), new TcpDialer(0), false, 2, 10),
                        Edges.limits().withDialling(Duration.ofHours(1), Duration.ofHours(1))).withClock(clock));
                Socket idle = Edges.connect(edge);
                Socket idleToo = Edges.connect(edge)) {
            for (Socket client : List.of(idle, idleToo)) {
                get(client, "/");
                assertThat(answer(client)).hasSize(PAGE);
            }
            try (Socket third = Edges.connect(edge)) {
                get(third, "/");
                Edges.until(() -> {
                    clock.advance(Duration.ofMillis(300), edge);
                    return edge.counters().legsReclaimed() > 0;
                });
                assertThat(answer(third)).hasSize(PAGE);
                get(idle, "/"); // is still connected, and waits for a leg in its turn
                Edges.until(() -> {
                    clock.advance(Duration.ofMillis(300), edge);
                    return edge.counters().bytesToClient() > 3 * PAGE + 1_000 || idle.getInputStream().available() > 0;
                });
                assertThat(answer(idle)).hasSize(PAGE);
            }
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    /** Every request is answered whole while the legs change all the time, and old authenticators end soon. */
    @Test
    void noRequestFailsWhileLegsChange() throws Exception {
        long seed = Edges.seed();
        int clients = 16;
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLongArray requests = new AtomicLongArray(clients);
        try (Backend first = Backend.http(PAGE);
                Backend second = Backend.http(PAGE);
                EdgeServer edge = edge(first.address());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int number = i;
                Random random = new Random(seed + i);
                done.add(threads.submit(() -> {
                    try (Socket client = Edges.connect(edge)) {
                        while (!stop.get()) {
                            int pipelined = 1 + random.nextInt(3);
                            byte[] asked = "GET / HTTP/1.1\r\n\r\n".repeat(pipelined)
                                    .getBytes(StandardCharsets.US_ASCII);
                            int cut = random.nextInt(asked.length);
                            client.getOutputStream().write(asked, 0, cut);
                            client.getOutputStream().write(asked, cut, asked.length - cut);
                            for (int k = 0; k < pipelined; k++)
                                assertThat(answer(client)).hasSize(PAGE);
                            requests.addAndGet(number, pipelined);
                        }
                    }
                    return null;
                }));
            }
            for (int change = 1; change <= 12; change++) {
                Backend to = change % 2 == 0 ? first : second;
                long[] before = IntStream.range(0, clients).mapToLong(requests::get).toArray();
                edge.changeAuthenticator(Edges.SERVICE, LegAddress.to(to.address()), Duration.ofSeconds(4));
                Edges.until(() -> done.stream().anyMatch(Future::isDone)
                        || IntStream.range(0, clients).allMatch(i -> requests.get(i) >= before[i] + 10));
                clock.advance(Duration.ofSeconds(1), edge);
            }
            stop.set(true);
            for (Future<?> each : done)
                each.get();
            assertThat(edge.counters().legsChanged()).isGreaterThan(5L * clients);
            Edges.until(() -> edge.counters().connectionsOpen() == 0 && edge.counters().legsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }
}
