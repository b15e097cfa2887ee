package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeLimits;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.FakeClock;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.Service;
import org.schiltron.relay.TcpDialer;
import org.schiltron.relay.TcpEntrance;

/** Bodies that trickle hold legs only as long as nobody else wants them. Time is the test's. */
@Timeout(60)
class SlowBodiesTest {
    private static final String POST = "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
    private static final String CHUNKED = "POST /page HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String GET = "GET /page HTTP/1.1\r\nHost: a\r\n\r\n";

    private final FakeClock clock = new FakeClock();
    private final List<Socket> clients = new ArrayList<>();

    private EdgeServer edge(Site site, int legs) throws IOException {
        Service service = new Service("site", LegAddress.to(site.address()), new TcpDialer(0), false, legs, 100);
        EdgeLimits limits = Visits.limits().withDialling(Duration.ofHours(1), Duration.ofSeconds(5));
        return Edges.start(EdgeConfig.of(List.of(new TcpEntrance(Edges.loopback(0),
                Openings.http(Map.of("", Visits.open("site")), () -> Visits.NOW, Runnable::run), null)), List.of(),
                List.of(service), limits).withLoops(2), clock);
    }

    private Socket from(String address, EdgeServer edge) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        socket.connect(edge.tcpAddresses().getFirst());
        socket.setSoTimeout(20_000);
        clients.add(socket);
        return socket;
    }

    private void endAll() throws IOException {
        for (Socket client : clients)
            client.close();
    }

    /** Each says so much, and the service hears it; then it is later. */
    private void say(EdgeServer edge, List<Socket> all, String text, Duration after) throws IOException {
        long wanted = edge.counters().bytesToBackend() + (long) all.size() * text.length();
        for (Socket one : all)
            Visits.say(one, text);
        Edges.until(() -> edge.counters().bytesToBackend() == wanted);
        clock.advance(after, edge);
    }

    /** The answer to a request that has to wait for a leg. */
    private Visits.Answer waitFor(EdgeServer edge, Socket client, List<Socket> others, String meanwhile)
            throws IOException {
        Visits.say(client, GET);
        Edges.until(() -> edge.counters().legsQueued() > 0);
        Edges.until(() -> {
            for (Socket other : others) {
                try {
                    Visits.say(other, meanwhile);
                } catch (IOException e) {
                    // it has lost its connection
                }
            }
            clock.advance(Duration.ofMillis(300), edge);
            return client.getInputStream().available() > 0;
        });
        return Visits.answer(client, false);
    }

    @Test
    void bodiesThatTrickleDoNotKeepAServiceFromOthers() throws Exception {
        try (Site site = new Site("site"); EdgeServer edge = edge(site, 8)) {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 8; i++)
                slow.add(from("127.0.0." + (2 + i % 4), edge));
            say(edge, slow, POST, Duration.ZERO);
            assertThat(edge.counters().legsOpen()).isEqualTo(8);
            for (int second = 0; second < 12; second++)
                say(edge, slow, "x", Duration.ofSeconds(1));
            assertThat(edge.counters().drops()).as("nobody else wants the legs").isEmpty();
            Visits.Answer answer = waitFor(edge, from("127.0.0.9", edge), slow, "x");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("site GET /page ");
            assertThat(edge.counters().dropped(EdgeDrop.SLOW_SENDER)).isPositive();
            endAll();
        }
    }

    /** Half a line of chunks waits at the edge, not at the service: that is nobody's excuse. */
    @Test
    void neitherDoChunksThatTrickle() throws Exception {
        try (Site site = new Site("site"); EdgeServer edge = edge(site, 8)) {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 8; i++)
                slow.add(from("127.0.0." + (2 + i % 4), edge));
            say(edge, slow, CHUNKED, Duration.ZERO);
            for (Socket one : slow)
                Visits.say(one, "1\r\nx\r\n1");
            Visits.Answer answer = waitFor(edge, from("127.0.0.9", edge), slow, "\r\nx\r\n1");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(edge.counters().dropped(EdgeDrop.SLOW_SENDER)).isPositive();
            endAll();
        }
    }

    @Test
    void aSlowUploadThatComesOnIsFinished() throws Exception {
        try (Site site = new Site("site"); EdgeServer edge = edge(site, 1)) {
            Socket upload = from("127.0.0.2", edge);
            say(edge, List.of(upload), POST, Duration.ZERO);
            Socket other = from("127.0.0.9", edge);
            Visits.say(other, GET);
            Edges.until(() -> edge.counters().legsQueued() > 0);
            for (int i = 0; i < 100; i++) // twice as fast as it has to be, in pieces with pauses between
                say(edge, List.of(upload), "x".repeat(1_000), Duration.ofSeconds(2));
            assertThat(Visits.answer(upload, false).status()).isEqualTo(200);
            assertThat(edge.counters().dropped(EdgeDrop.SLOW_SENDER)).isZero();
            endAll();
        }
    }

    /** One source: what would be enough of one client is not enough of each of fifty. */
    @Test
    void whoOpensManyHasToSendFasterInEach() throws Exception {
        try (Site site = new Site("site"); EdgeServer edge = edge(site, 50)) {
            List<Socket> slow = new ArrayList<>();
            for (int i = 0; i < 50; i++)
                slow.add(from("127.0.0.2", edge));
            say(edge, slow, POST, Duration.ZERO);
            for (int second = 0; second < 3; second++)
                say(edge, slow, "x".repeat(400), Duration.ofSeconds(1));
            assertThat(waitFor(edge, from("127.0.0.9", edge), slow, "x".repeat(120)).status()).isEqualTo(200);
            assertThat(edge.counters().dropped(EdgeDrop.SLOW_SENDER)).isPositive();
            endAll();
        }
    }
}
