package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.FakeClock;
import org.schiltron.relay.TcpEntrance;

/** What must not reach a backend, and does not. */
@Timeout(60)
class HttpRefusalsTest {
    private static final String GOOD = "GET /good HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Site site;
    private final EdgeServer edge;

    HttpRefusalsTest() throws Exception {
        site = new Site("site");
        edge = Visits.plain(site);
    }

    @AfterEach
    void ends() throws Exception {
        edge.close();
        site.close();
    }

    /** Each row is a request to {@code /}, with ~ for CR LF and ^ for LF alone; in it another for {@code /secret}. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | POST / HTTP/1.1~Host: a~Content-Length: 44~Transfer-Encoding: chunked~~0~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Content-Length: 5~~0~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~Content-Length: 0~Content-Length: 33~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~Content-Length: 0, 33~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~Content-Length: +33~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~Content-Length : 33~~GET /secret HTTP/1.1~Host: a~~
            501 | POST / HTTP/1.1~Host: a~Transfer-Encoding: xchunked~~0~~GET /secret HTTP/1.1~Host: a~~
            501 | POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, identity~~0~~GET /secret HTTP/1.1~Host: a~~
            501 | POST / HTTP/1.0~Host: a~Transfer-Encoding: chunked~~0~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~Transfer-Encoding:~ chunked~~0~~GET /secret HTTP/1.1~Host: a~~
            400 | POST / HTTP/1.1~Host: a~X: y~ Content-Length: 33~~GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1^Host: a^^GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1~Host: a^Content-Length: 33~~GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1~Host: a~X: y^^GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1~Host: a~Host: b~~GET /secret HTTP/1.1~Host: a~~
            421 | GET http://b/ HTTP/1.1~Host: a~~GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1~~GET /secret HTTP/1.1~Host: a~~
            400 | ~GET / HTTP/1.1~Host: a~~GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1~Host: a~Connection: content-length~~GET /secret HTTP/1.1~Host: a~~
            501 | CONNECT a:80 HTTP/1.1~Host: a~~GET /secret HTTP/1.1~Host: a~~
            400 | GET / HTTP/1.1~Host: a~Connection: upgrade~Upgrade: h2c~~GET /secret HTTP/1.1~Host: a~~
            505 | PRI * HTTP/2.0~~SM~~GET /secret HTTP/1.1~Host: a~~
            505 | GET / HTTP/1.2~Host: a~~GET /secret HTTP/1.1~Host: a~~
            417 | POST / HTTP/1.1~Host: a~Expect: 100-continue, x~Content-Length: 33~~GET /secret HTTP/1.1~Host: a~~
            400 | GET /%00 HTTP/1.1~Host: a~~GET /secret HTTP/1.1~Host: a~~
            """)
    void whatTwoReadersCouldTakeForTwoThings(int status, String row) throws Exception {
        String bad = row.replace("~", "\r\n").replace("^", "\n");
        try (Socket first = Edges.connect(edge)) {
            Visits.say(first, bad);
            assertThat(Visits.all(first)).startsWith("HTTP/1.1 " + status + " ").contains("\r\nConnection: close\r\n");
        }
        assertThat(edge.counters().legsOpened()).isZero();
        try (Socket later = Edges.connect(edge)) { // the same behind a good one
            Visits.say(later, GOOD + bad);
            assertThat(Visits.answer(later, false).body()).isEqualTo("site GET /good ");
            assertThat(Visits.answer(later, false).status()).isEqualTo(status);
            assertThat(Visits.all(later)).isEmpty();
        }
        assertThat(site.seen).containsExactly(new LooseRequests.Seen("GET", "/good", ""));
    }

    /** Chunks that are wrong after the head has gone on: what was right before them passes, nothing behind. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5;x=y~hello~0~~
            5 ~hello~0~~
            5^hello~0~~
            0x5~hello~0~~
            +5~hello~0~~
            -1~hello~0~~
            ffffffffffffffff5~hello~0~~
            5~helloX0~~
            5~hello^0~~
            5~hello~0~Content-Length: 7~~
            5~hello~0~X: y^~
            5~hello~0;a=^b~~
            ~5~hello~0~~
            """)
    void chunksThatCouldBeReadInTwoWays(String row) throws Exception {
        try (Socket client = Edges.connect(edge)) {
            Visits.say(client, GOOD);
            assertThat(Visits.answer(client, false).body()).isEqualTo("site GET /good ");
            Visits.say(client, "POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + row.replace("~", "\r\n").replace("^", "\n") + "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(Visits.all(client)).startsWith("HTTP/1.1 400 ");
        }
        Edges.until(() -> edge.counters().legsOpen() == 0);
        assertThat(site.connections.take()).containsExactly(new LooseRequests.Seen("GET", "/good", ""));
        assertThat(edge.counters().drops()).isEqualTo(Map.of(EdgeDrop.EXCHANGE_REFUSED, 1L));
    }

    @Test
    void garbageIsToldThatThisIsHttp() throws Exception {
        for (String garbage : List.of("\u0016\u0003\u0001\u0002\u0000\u0001", "SSH-2.0-x\r\n",
                "\u0000\u0000\u0000\u0000",
                "hello\r\n\r\n", " GET / HTTP/1.1\r\n", "get / HTTP/1.1\r\n\r\n", "GET\r\n\r\n"))
            try (Socket client = Edges.connect(edge)) {
                Visits.say(client, garbage);
                assertThat(Visits.all(client)).as(garbage).startsWith("HTTP/1.1 400 ")
                        .contains("not an HTTP/1 request");
            }
        assertThat(edge.counters().legsOpened()).isZero();
    }

    @Test
    void headsHaveABound() throws Exception {
        for (String head : List.of("GET /" + "x".repeat(20_000), "GET / HTTP/1.1\r\nX: " + "y".repeat(20_000),
                "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(101) + "\r\n"))
            try (Socket client = Edges.connect(edge)) {
                Visits.say(client, head);
                assertThat(Visits.all(client)).startsWith("HTTP/1.1 431 ");
            }
        assertThat(edge.counters().legsOpened()).isZero();
    }

    @Test
    void whoDripsAHeadIsCutOff() throws Exception {
        FakeClock clock = new FakeClock();
        try (EdgeServer hasty = Edges.start(EdgeConfig.of(
                List.of(new TcpEntrance(Edges.loopback(0),
                        Openings.http(Map.of("", Visits.open("site")), () -> Visits.NOW, Runnable::run), null)),
                List.of(), List.of(Visits.service("site", site.address())), Visits.limits()),
                clock);
                Socket slow = Edges.connect(hasty);
                Socket later = Edges.connect(hasty)) {
            Visits.say(slow, "GET / HTTP/1.1\r\nHo");
            assertThat(Visits.ask(later, GOOD).body()).isEqualTo("site GET /good ");
            Visits.say(later, "GET / HTTP/1.1\r\nHo");
            Edges.until(() -> {
                clock.advance(Duration.ofSeconds(1), hasty);
                return hasty.counters().dropped(EdgeDrop.OPENING_TIMEOUT) == 2;
            });
            assertThat(Edges.wasReset(slow)).isTrue();
            assertThat(Edges.wasReset(later)).isTrue();
            assertThat(site.seen).hasSize(1);
        }
    }

    @Test
    void aRequestMayBeSplitAnywhere() throws Exception {
        byte[] two = Site.text("POST /1 HTTP/1.1~Host: a~Transfer-Encoding: chunked~~3~abc~0~~GET /2 HTTP/1.1~Host: a~~"
                .replace("~", "\r\n"));
        for (int cut = 1; cut < two.length; cut++)
            try (Socket client = Edges.connect(edge)) {
                Visits.sayInTwo(edge, client, two, cut);
                assertThat(Visits.answer(client, false).body()).isEqualTo("site POST /1 abc");
                assertThat(Visits.answer(client, false).body()).isEqualTo("site GET /2 ");
            }
    }

    @Test
    void aRequestThatIsCutOffIsNeverFinished() throws Exception {
        String one = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        for (int cut = 0; cut < one.length(); cut++)
            try (Socket client = Edges.connect(edge)) {
                Visits.say(client, one.substring(0, cut));
                client.shutdownOutput();
                assertThat(Visits.all(client)).doesNotContain("HTTP/1.1 200");
            }
        Edges.until(() -> edge.counters().connectionsOpen() == 0 && edge.counters().legsOpen() == 0);
        assertThat(site.seen).isEmpty();
    }
}
