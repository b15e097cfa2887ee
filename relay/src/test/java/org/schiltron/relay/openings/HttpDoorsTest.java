package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.edge.Authentication;
import org.schiltron.relay.Backend;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.LegAddress;

/** HTTP through an edge that reads every request. */
@Timeout(60)
class HttpDoorsTest {
    private static final String HOST = " HTTP/1.1\r\nHost: a\r\n";

    @Test
    void twoServicesShareAnEntranceByName() throws Exception {
        try (Site one = new Site("one");
                Site two = new Site("two");
                EdgeServer edge = Visits.http(
                        Map.of("one.example", Visits.open("one"), "*.two.example", Visits.open("two"), "[::1]",
                                Visits.open("two")),
                        Visits.service("one", one.address()), Visits.service("two", two.address()))) {
            for (String[] row : new String[][]{{"one.example", "one"}, {"ONE.example.:8080", "one"},
                    {"www.two.example", "two"}, {"[::1]:80", "two"}, {"two.example", ""}, {"a.b.two.example", ""},
                    {"one.example.org", ""}, {"127.0.0.1", ""}})
                try (Socket client = Edges.connect(edge)) {
                    Visits.Answer answer = Visits.ask(client, "GET / HTTP/1.1\r\nHost: " + row[0] + "\r\n\r\n");
                    if (row[1].isEmpty())
                        assertThat(answer.status()).as(row[0]).isEqualTo(421);
                    else
                        assertThat(answer.body()).as(row[0]).isEqualTo(row[1] + " GET / ");
                }
            try (Socket client = Edges.connect(edge)) {
                assertThat(Visits.ask(client, "GET / HTTP/1.0\r\n\r\n").status()).as("no host").isEqualTo(421);
            }
            assertThat(edge.counters().drops()).isEqualTo(Map.of(EdgeDrop.NAME_UNKNOWN, 5L));
        }
    }

    @Test
    void aConnectionIsForOneService() throws Exception {
        try (Site one = new Site("one");
                Site two = new Site("two");
                EdgeServer edge = Visits.http(Map.of("one", Visits.open("one"), "uno", Visits.open("one"), "two",
                        Visits.open("two")), Visits.service("one", one.address()),
                        Visits.service("two", two.address()));
                Socket client = Edges.connect(edge)) {
            assertThat(Visits.ask(client, "GET /1 HTTP/1.1\r\nHost: one\r\n\r\n").body()).isEqualTo("one GET /1 ");
            assertThat(Visits.ask(client, "GET /2 HTTP/1.1\r\nHost: uno\r\n\r\n").body()).isEqualTo("one GET /2 ");
            assertThat(Visits.ask(client, "GET /3 HTTP/1.1\r\nHost: two\r\n\r\n").status()).isEqualTo(421);
            assertThat(Visits.all(client)).isEmpty();
            assertThat(one.seen).hasSize(2);
            assertThat(two.seen).isEmpty();
        }
    }

    @Test
    void allThatHttpCanDoGoesOverOneConnection() throws Exception {
        try (Site site = new Site("site"); EdgeServer edge = Visits.plain(site); Socket client = Edges.connect(edge)) {
            Visits.Answer head = Visits.ask(client, "HEAD /1" + HOST + "\r\n");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.field("Content-Length")).isEqualTo("13");
            assertThat(Visits.ask(client, "PUT /2" + HOST + "Content-Length: 3\r\n\r\nabc").body())
                    .isEqualTo("site PUT /2 abc");
            assertThat(Visits.ask(client, "POST /3" + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n").body())
                    .isEqualTo("site POST /3 abcde");
            assertThat(Visits.ask(client, "OPTIONS *" + HOST + "\r\n").body()).isEqualTo("site OPTIONS * ");
            assertThat(Visits.ask(client, "GET http://a/4" + HOST + "\r\n").body()).isEqualTo("site GET http://a/4 ");
            Visits.say(client, "POST /5" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(Visits.answer(client, false).status()).isEqualTo(100);
            assertThat(Visits.ask(client, "ok").body()).isEqualTo("site POST /5 ok");
            Visits.say(client, ("GET /6" + HOST + "\r\n").repeat(40));
            for (int i = 0; i < 40; i++)
                assertThat(Visits.answer(client, false).body()).as("answer %d", i).isEqualTo("site GET /6 ");
            assertThat(edge.counters().legsOpened()).isEqualTo(1);
            assertThat(Visits.ask(client, "GET /7" + HOST + "Connection: close\r\n\r\n").body())
                    .isEqualTo("site GET /7 ");
            Visits.say(client, "GET /8" + HOST + "\r\n");
            assertThat(Visits.all(client)).startsWith("HTTP/1.1 400");
            assertThat(site.seen).hasSize(47);
        }
    }

    @Test
    void largeBodiesPassBothWays() throws Exception {
        String large = "0123456789abcdef".repeat(100_000);
        try (Site site = new Site("site");
                EdgeServer edge = Visits.plain(site);
                HttpClient browser = Visits.browser(null)) {
            for (HttpRequest.BodyPublisher body : List.of(HttpRequest.BodyPublishers.ofString(large),
                    HttpRequest.BodyPublishers.ofByteArrays(List.of(Site.text(large), Site.text("!"))))) {
                HttpRequest.Builder post = HttpRequest.newBuilder(Visits.uri(edge, 0, "http", "/x")).POST(body);
                assertThat(Visits.send(browser, post).body()).startsWith("site POST /x " + large);
            }
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    /** What a browser's WebSocket hears. */
    private static final class Ear implements WebSocket.Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heard.add(data.toString());
            socket.request(1);
            return null;
        }
    }

    @Test
    void aWebSocketPasses() throws Exception {
        try (Site site = new Site("site");
                EdgeServer edge = Visits.plain(site);
                HttpClient browser = Visits.browser(null)) {
            Ear ear = new Ear();
            WebSocket socket = browser.newWebSocketBuilder()
                    .buildAsync(Visits.uri(edge, 0, "ws", "/chat"), ear).get(20, TimeUnit.SECONDS);
            for (String word : List.of("one", "two", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")) {
                socket.sendText(word, true).get(20, TimeUnit.SECONDS);
                assertThat(ear.heard.poll(20, TimeUnit.SECONDS)).isEqualTo(word);
            }
            edge.changeAuthenticator("site", LegAddress.to(site.address()), Duration.ofMinutes(1));
            socket.sendText("three", true).get(20, TimeUnit.SECONDS);
            assertThat(ear.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("three");
            assertThat(edge.counters().legsOpened()).as("what cannot change takes no second leg").isEqualTo(1);
            socket.abort();
        }
    }

    @Test
    void anUpgradeThatIsNotTakenIsARequestAsAny() throws Exception {
        try (Site site = new Site("site"); EdgeServer edge = Visits.plain(site); Socket client = Edges.connect(edge)) {
            Visits.say(client, "GET /1" + HOST + "Connection: Upgrade\r\nUpgrade: other\r\n\r\nGET /2" + HOST
                    + "\r\nGET /3" + HOST + "Host: b\r\n\r\n");
            assertThat(Visits.answer(client, false).body()).isEqualTo("site GET /1 ");
            assertThat(Visits.answer(client, false).body()).isEqualTo("site GET /2 ");
            assertThat(Visits.answer(client, false).status()).as("still read strictly").isEqualTo(400);
            assertThat(site.seen).hasSize(2);
        }
    }

    @Test
    void whereNothingAnswersTheClientIsToldToComeBack() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket()) {
            gone.bind(Edges.loopback(0));
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        try (EdgeServer edge = Visits.http(Map.of("", Visits.open("site")), Visits.service("site", nobody));
                Socket client = Edges.connect(edge)) {
            Visits.Answer answer = Visits.ask(client, "GET /" + HOST + "\r\n");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.field("Retry-After")).isEqualTo("5");
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void answersMayComeInAnyPieces() throws Exception {
        String page = ("HTTP/1.1 103 Early Hints~Link: </a>~~HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3;x=y~abc~"
                + "0~~").replace("~", "\r\n");
        AtomicReference<@Nullable EdgeServer> passing = new AtomicReference<>();
        try (Backend backend = Backend.start(connection -> {
            LooseRequests requests = new LooseRequests(connection.getInputStream(), false, false);
            while (requests.next(() -> {
            }) != null)
                for (byte b : Site.text(page)) {
                    EdgeServer edge = Objects.requireNonNull(passing.get());
                    long before = edge.counters().bytesToClient();
                    connection.getOutputStream().write(b);
                    Edges.until(() -> edge.counters().bytesToClient() > before);
                }
        });
                EdgeServer edge = Visits.http(Map.of("", Visits.open("site")),
                        Visits.service("site", backend.address()));
                Socket client = Edges.connect(edge)) {
            passing.set(edge);
            for (int i = 0; i < 3; i++) {
                Visits.say(client, "GET /" + HOST + "\r\n");
                assertThat(client.getInputStream().readNBytes(page.length())).asString(StandardCharsets.US_ASCII)
                        .isEqualTo(page);
            }
            edge.changeAuthenticator("site", LegAddress.to(backend.address()), Duration.ofMinutes(1));
            Edges.until(() -> {
                Visits.say(client, "GET /" + HOST + "\r\n");
                client.getInputStream().readNBytes(page.length());
                return edge.counters().legsChanged() == 1;
            });
        }
    }

    @Test
    void noRequestFailsWhileLegsChange() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong requests = new AtomicLong();
        try (Site first = new Site("site");
                Site second = new Site("site");
                EdgeServer edge = Visits.plain(first);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 8; i++)
                done.add(threads.submit(() -> {
                    try (Socket client = Edges.connect(edge)) {
                        while (!stop.get()) {
                            assertThat(Visits.ask(client, "POST /p" + HOST + "Content-Length: 2\r\n\r\nab").body())
                                    .isEqualTo("site POST /p ab");
                            requests.incrementAndGet();
                        }
                    }
                    return null;
                }));
            Edges.until(() -> requests.get() > 100);
            for (int change = 1; change <= 6; change++) {
                long before = requests.get();
                long changed = edge.counters().legsChanged();
                edge.changeAuthenticator("site", LegAddress.to((change % 2 == 0 ? first : second).address()),
                        Duration.ofSeconds(30));
                Edges.until(() -> done.stream().anyMatch(Future::isDone)
                        || requests.get() > before + 100 && edge.counters().legsChanged() > changed + 3);
            }
            stop.set(true);
            for (Future<?> each : done)
                each.get();
            assertThat(edge.counters().legsChanged()).isPositive();
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
            assertThat(first.seen.size() + second.seen.size()).isEqualTo(requests.intValue());
        }
    }

    @Test
    void doorsThatCannotBeAreSaidAtOnce() {
        assertThatThrownBy(() -> new Door("x", Authentication.TOKEN, null, null)).hasMessageContaining("x: TOKEN");
        assertThatThrownBy(() -> new Door("x", Authentication.GRANT, null, null)).hasMessageContaining("grants");
        assertThatThrownBy(() -> Visits.http(Map.of("A.example", Visits.open("x")))).hasMessageContaining("A.example");
        assertThatThrownBy(() -> Visits.http(Map.of("a.", Visits.open("x")))).hasMessageContaining("a.");
        assertThatThrownBy(() -> Visits.http(Map.of())).hasMessageContaining("without a door");
    }
}
