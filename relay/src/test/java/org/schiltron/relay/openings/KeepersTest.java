package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.BearerTokens;
import org.schiltron.edge.CertificateList;
import org.schiltron.edge.Credentials;
import org.schiltron.edge.DoorSettings;
import org.schiltron.edge.Doorkeeper;
import org.schiltron.edge.EdgeKey;
import org.schiltron.edge.PasswordFile;
import org.schiltron.edge.Passwords;
import org.schiltron.edge.SourceGrants;
import org.schiltron.machine.SeededRandom;
import org.schiltron.relay.Backend;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.FlowLimits;
import org.schiltron.relay.Keys;
import org.schiltron.relay.TcpEntrance;
import org.schiltron.relay.TlsIdentity;
import org.schiltron.relay.UdpDialer;
import org.schiltron.relay.UdpEntrance;

/** Every way of being let in, through sockets. */
@Timeout(60)
class KeepersTest {
    private static final String HTML = " HTTP/1.1\r\nHost: shop\r\nAccept: text/html\r\n";

    private final EdgeKey key = new EdgeKey(new byte[32]);
    private final SourceGrants grants = new SourceGrants(16);
    private final BearerTokens tokens = new BearerTokens(key, "site", List.of());

    private Door door(Authentication method, Authentication earn, @Nullable Passwords passwords,
            @Nullable CertificateList certificates) {
        Doorkeeper keeper = new Doorkeeper(new DoorSettings("site", method, earn, 10, 3_600, 3_600, true, null), key,
                new Credentials(tokens, passwords, certificates, grants), new SeededRandom(1));
        return new Door("site", method, keeper, grants);
    }

    static Doorkeeper tokenKeeper() {
        EdgeKey key = new EdgeKey(new byte[32]);
        return new Doorkeeper(DoorSettings.of("x", Authentication.TOKEN, Authentication.NONE), key,
                new Credentials(new BearerTokens(key, "x", List.of()), null, null, null), new SeededRandom(1));
    }

    private static EdgeServer edge(Site site, Door door, Executor slow) throws IOException {
        return Visits.edge(Openings.http(Map.of("", door), () -> Visits.NOW, slow), null,
                Visits.service("site", site.address()));
    }

    private static Visits.Answer ask(EdgeServer edge, String request) throws IOException {
        try (Socket client = Edges.connect(edge)) {
            return Visits.ask(client, request);
        }
    }

    private static String post(String path, String body) {
        return "POST " + path + HTML + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void aSolvedPuzzleLetsABrowserIn() throws Exception {
        try (Site site = new Site("site");
                EdgeServer edge = edge(site, door(Authentication.PUZZLE, Authentication.NONE, null, null),
                        Runnable::run)) {
            Visits.Answer page = ask(edge, "GET /x" + HTML + "\r\n");
            assertThat(page.status()).isEqualTo(503);
            String form = post(Solver.attribute(page.body(), "post"), Solver.solve(page.body()));
            assertThat(edge.counters().legsOpened()).as("nothing was dialled so far").isZero();
            Visits.Answer solved = ask(edge, form);
            assertThat(solved.status()).isEqualTo(204);
            String cookie = solved.field("Set-Cookie").replaceAll(";.*", "");
            String with = "GET /x" + HTML + "Cookie: " + cookie + "\r\n\r\n";
            assertThat(ask(edge, with).body()).isEqualTo("site GET /x ");
            assertThat(ask(edge, form).status()).as("spent").isEqualTo(403);
            assertThat(ask(edge, with.replace("Cookie: schiltron=", "Cookie: schiltron=1")).status()).isEqualTo(503);
            assertThat(ask(edge, "HEAD /x" + HTML + "\r\n").body()).isEmpty();
            assertThat(site.seen).hasSize(1);
            assertThat(edge.counters().drops().keySet()).containsExactly(EdgeDrop.ANSWERED_HERE);
        }
    }

    @Test
    void eachRequestOfAConnectionNeedsItsToken() throws Exception {
        String with = "GET /x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                + tokens.issue("alice", Visits.NOW + 60) + "\r\n\r\n";
        try (Site site = new Site("site");
                EdgeServer edge = edge(site, door(Authentication.TOKEN, Authentication.NONE, null, null),
                        Runnable::run);
                Socket client = Edges.connect(edge)) {
            Visits.say(client, with + with + "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n" + with);
            assertThat(Visits.answer(client, false).body()).isEqualTo("site GET /x ");
            assertThat(Visits.answer(client, false).body()).isEqualTo("site GET /x ");
            assertThat(Visits.answer(client, false).status()).isEqualTo(401);
            assertThat(Visits.all(client)).isEmpty();
            assertThat(site.seen).hasSize(2);
        }
    }

    @Test
    void aFormOfTheEdgesOwnIsAwaitedAndItsClientToldToSendIt() throws Exception {
        try (Site site = new Site("site");
                EdgeServer edge = edge(site, door(Authentication.TOKEN, Authentication.NONE, null, null),
                        Runnable::run);
                Socket client = Edges.connect(edge)) {
            String form = "token=" + tokens.issue("alice", Visits.NOW + 60);
            Visits.say(client, "POST /.schiltron/token" + HTML + "Expect: 100-continue\r\nContent-Length: "
                    + form.length() + "\r\n\r\n");
            assertThat(Visits.answer(client, false).status()).isEqualTo(100);
            Visits.say(client, form.substring(0, 9));
            Visits.Answer done = Visits.ask(client, form.substring(9));
            assertThat(done.status()).isEqualTo(303);
            assertThat(done.field("Set-Cookie")).startsWith("schiltron-token=");
            assertThat(ask(edge, "POST /.schiltron/token" + HTML + "Content-Length: 9999999\r\n\r\n").status())
                    .isEqualTo(413);
            assertThat(edge.counters().legsOpened()).isZero();
        }
    }

    /** Runs things when told to. */
    private static final class Later implements Executor {
        final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        volatile boolean now;

        @Override
        public void execute(Runnable task) {
            if (now)
                Thread.ofVirtual().start(task);
            else
                waiting.add(task);
        }
    }

    private static String basic(String password) {
        return "GET /x HTTP/1.1\r\nHost: a\r\nAuthorization: Basic "
                + Base64.getEncoder().encodeToString(Site.text("ann:" + password)) + "\r\n\r\n";
    }

    private static Passwords passwords() {
        return new Passwords(PasswordFile.parse(
                List.of("ann:$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$Mqp8wAsrOsjVEIymTD0kATxTpTf4f.0ZMgQPDlukk/w"),
                new SeededRandom(1)), new SeededRandom(2));
    }

    @Test
    void passwordsAreCheckedElsewhereAndOnlySoManyWait() throws Exception {
        Later slow = new Later();
        slow.now = true;
        try (Site site = new Site("site");
                EdgeServer edge = edge(site, door(Authentication.PASSWORD, Authentication.NONE, passwords(), null),
                        slow)) {
            assertThat(ask(edge, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(401);
            assertThat(ask(edge, basic("wrong")).status()).isEqualTo(401);
            assertThat(ask(edge, basic("open sesame")).body()).isEqualTo("site GET /x ");
            slow.now = false;
            List<Socket> flood = new ArrayList<>();
            for (int i = 0; i < SlowRulings.MAX_PENDING; i++) {
                flood.add(Edges.connect(edge));
                Visits.say(flood.getLast(), basic("guess " + i));
            }
            Edges.until(() -> slow.waiting.size() == SlowRulings.MAX_PENDING);
            Visits.Answer busy = ask(edge, basic("another"));
            assertThat(busy.status()).isEqualTo(503);
            assertThat(busy.field("Retry-After")).isNotEmpty();
            assertThat(ask(edge, basic("open sesame")).body()).as("known from before").isEqualTo("site GET /x ");
            assertThat(slow.waiting).hasSize(SlowRulings.MAX_PENDING);
            flood.removeFirst().close(); // who does not wait for it
            slow.waiting.forEach(Runnable::run);
            slow.now = true;
            for (Socket each : flood)
                try (each) {
                    assertThat(Visits.answer(each, false).status()).isIn(401, 429);
                }
            assertThat(ask(edge, basic("open sesame")).body()).isEqualTo("site GET /x ");
            assertThat(site.seen).hasSize(3);
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().dropped(EdgeDrop.INTERNAL)).isZero();
        }
    }

    @Test
    void aCheckThatFailsIsSaidToHaveFailed() throws Exception {
        try (Site site = new Site("site");
                EdgeServer edge = edge(site, door(Authentication.PASSWORD, Authentication.NONE, passwords(), null),
                        _ -> {
                            throw new RejectedExecutionException("full");
                        })) {
            for (int i = 0; i < 2 * SlowRulings.MAX_PENDING; i++)
                assertThat(ask(edge, basic("open sesame")).status()).isEqualTo(503);
        }
    }

    @Test
    void certificatesLetIn(@TempDir Path folder) throws Exception {
        Keys own = Keys.make(folder, "localhost", "EC");
        Keys member = Keys.make(folder, "member", "EC");
        Keys other = Keys.make(folder, "other", "EC");
        Path both = folder.resolve("both.crt");
        Files.writeString(both, Files.readString(member.certificate)
                + Files.readString(other.certificate));
        Door door = door(Authentication.MTLS, Authentication.NONE, null,
                CertificateList.parse(List.of("subject:CN=member")));
        LongSupplier today = () -> System.currentTimeMillis() / 1_000; // keytool's certificates are made today
        try (Site site = new Site("site");
                EdgeServer edge = Visits.edge(Openings.http(Map.of("localhost", door), today, Runnable::run),
                        new TlsIdentity(List.of(own.pair()), both, false, List.of("http/1.1")),
                        Visits.service("site", site.address()))) {
            List<Integer> statuses = new ArrayList<>();
            for (Keys shown : Arrays.<@Nullable Keys>asList(member, other, null))
                try (HttpClient browser = Visits.browser(Keys.context(shown, List.of(own)))) {
                    statuses.add(Visits.send(browser, HttpRequest.newBuilder(Visits.uri(edge, 0, "https", "/x")))
                            .statusCode());
                }
            assertThat(statuses).containsExactly(200, 403, 403);
            assertThat(site.seen).hasSize(1);
        }
    }

    /** What an address may do before and after it has earned a grant at the page of the same edge. */
    @Test
    void aGrantThatWasEarnedOverHttpsOpensTlsAndUdp(@TempDir Path folder) throws Exception {
        Keys own = Keys.make(folder, "localhost", "EC");
        Keys inner = Keys.make(folder, "inner", "EC");
        Door web = door(Authentication.GRANT, Authentication.TOKEN, null, null);
        Door game = new Door("game", Authentication.GRANT, null, grants);
        Door dns = new Door("dns", Authentication.GRANT, null, grants);
        try (Site site = new Site("site");
                Backend echo = Backend.echo();
                EdgeServer secured = Visits.edge(Openings.tcp(Visits.open("echo"), null, () -> Visits.NOW),
                        TlsIdentity.of(inner.certificate, inner.key), Visits.service("echo", echo.address()));
                Datagrams large = Datagrams.answering(_ -> List.of(new byte[5_000]));
                EdgeServer edge = EdgeServer.start(EdgeConfig.of(
                        List.of(new TcpEntrance(Edges.loopback(0), Openings.http(Map.of("", web), () -> Visits.NOW,
                                Runnable::run), TlsIdentity.of(own.certificate, own.key)),
                                new TcpEntrance(Edges.loopback(0),
                                        Openings.tls(Map.of("inner", game), true, () -> Visits.NOW), null),
                                new TcpEntrance(Edges.loopback(0), Openings.tcp(game, null, () -> Visits.NOW), null)),
                        List.of(new UdpEntrance(Edges.loopback(0), Openings.udp(dns, null, () -> Visits.NOW),
                                Openings.proof(null, Authentication.GRANT), new UdpDialer(), FlowLimits.defaults())),
                        List.of(Visits.service("site", site.address()),
                                Visits.service("game", secured.tcpAddresses().getFirst()),
                                Visits.service("dns", large.address())),
                        Visits.limits()).withLoops(2));
                HttpClient browser = Visits.browser(Keys.context(null, List.of(own)));
                DatagramSocket datagrams = Datagrams.client(edge)) {
            HttpRequest.Builder page = HttpRequest.newBuilder(Visits.uri(edge, 0, "https", "/x"));
            assertThat(Visits.send(browser, page).statusCode()).isEqualTo(403);
            assertThatThrownBy(() -> echoOverTls(edge, inner)).isInstanceOf(SSLException.class)
                    .hasMessageContaining("access_denied");
            try (Socket plain = new Socket()) {
                plain.connect(edge.tcpAddresses().get(2));
                assertThat(Edges.wasReset(plain)).isTrue();
            }
            datagrams.send(new DatagramPacket(new byte[20], 20));
            Edges.until(() -> edge.counters().dropped(EdgeDrop.OPENING_REFUSED) == 3);
            assertThat(edge.counters().legsOpened()).isZero();
            HttpResponse<String> earned = Visits.send(browser,
                    HttpRequest.newBuilder(Visits.uri(edge, 0, "https", "/.schiltron/grant"))
                            .POST(HttpRequest.BodyPublishers
                                    .ofString("token=" + tokens.issue("alice", Visits.NOW + 60))));
            assertThat(earned.statusCode()).isEqualTo(303);
            assertThat(Visits.send(browser, page).body()).isEqualTo("site GET /x ");
            assertThat(echoOverTls(edge, inner)).isEqualTo(7);
            datagrams.send(new DatagramPacket(new byte[20], 20));
            assertThat(Datagrams.receive(datagrams)).as("its address is proved by the grant").hasSize(5_000);
            grants.revoke(Door.path((InetSocketAddress) datagrams.getLocalSocketAddress()));
            assertThatThrownBy(() -> echoOverTls(edge, inner)).hasMessageContaining("access_denied");
        }
    }

    private static int echoOverTls(EdgeServer edge, Keys trusted) throws Exception {
        try (Socket client = TlsDoorsTest.connect(edge.tcpAddresses().get(1), trusted, "inner")) {
            client.getOutputStream().write(7);
            return client.getInputStream().read();
        }
    }

    @Test
    void withoutAPageTheAddressAloneDecides() throws Exception {
        Door door = new Door("site", Authentication.GRANT, null, grants);
        try (Site site = new Site("site"); EdgeServer edge = edge(site, door, Runnable::run)) {
            assertThat(ask(edge, "GET /x" + HTML + "\r\n").status()).isEqualTo(403);
            grants.grant(Door.path(Edges.loopback(1)), Visits.NOW + 60, Visits.NOW);
            assertThat(ask(edge, "GET /x" + HTML + "\r\n").status()).isEqualTo(200);
        }
    }
}
