package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.edge.Authentication;
import org.schiltron.host.ProxyProtocol;
import org.schiltron.relay.Backend;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.Keys;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.Service;
import org.schiltron.relay.TlsIdentity;

/** TLS that is passed through by name. The services end it with an edge of their own. */
@Timeout(60)
class TlsDoorsTest {
    @TempDir
    private static Path folder;
    private static Keys one;
    private static Keys two;

    @BeforeAll
    static void keys() throws Exception {
        one = Keys.make(folder, "one.example", "EC");
        two = Keys.make(folder, "two.example", "EC");
    }

    static SSLSocket connect(InetSocketAddress to, Keys trusted, @Nullable String name) throws Exception {
        Socket plain = new Socket();
        plain.connect(to);
        plain.setSoTimeout(20_000);
        SSLSocket client = (SSLSocket) Keys.context(null, List.of(trusted)).getSocketFactory().createSocket(plain,
                name == null ? "127.0.0.1" : name, to.getPort(), true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
        client.setSSLParameters(parameters);
        client.startHandshake();
        return client;
    }

    private static EdgeServer server(Keys keys, Backend behind) throws Exception {
        return Visits.edge(Openings.tcp(Visits.open("echo"), null, () -> Visits.NOW),
                TlsIdentity.of(keys.certificate, keys.key), Visits.service("echo", behind.address()));
    }

    private static byte[] hello(@Nullable String name) throws Exception {
        SSLEngine engine = name == null
                ? Keys.context(null, List.of(one)).createSSLEngine()
                : Keys.context(null, List.of(one)).createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void namesChooseTheService(boolean verify) throws Exception {
        try (Backend echo = Backend.echo();
                EdgeServer first = server(one, echo);
                EdgeServer second = server(two, echo);
                EdgeServer edge = Visits.edge(
                        Openings.tls(Map.of("one.example", Visits.open("one"), "two.example", Visits.open("two")),
                                verify, () -> Visits.NOW),
                        null, Visits.service("one", first.tcpAddresses().getFirst()),
                        Visits.service("two", second.tcpAddresses().getFirst()))) {
            InetSocketAddress at = edge.tcpAddresses().getFirst();
            for (Keys keys : List.of(one, two)) {
                String name = keys == one ? "one.example" : "two.example";
                try (SSLSocket client = connect(at, keys, name)) {
                    assertThat(client.getSession().getPeerPrincipal().getName()).isEqualTo("CN=" + name);
                    byte[] much = new byte[300_000];
                    Arrays.fill(much, (byte) 9);
                    Thread writing = Thread.ofVirtual().start(() -> {
                        try {
                            client.getOutputStream().write(much);
                        } catch (java.io.IOException e) {
                            // what comes back is too short then
                        }
                    });
                    assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
                    writing.join();
                }
            }
            for (@Nullable
            String name : Arrays.<@Nullable String>asList("three.example", null))
                assertThatThrownBy(() -> connect(at, one, name)).hasMessageContaining("unrecognized_name");
            assertThat(edge.counters().dropped(EdgeDrop.NAME_UNKNOWN)).isEqualTo(2);
            assertThat(edge.counters().legsOpened()).isEqualTo(2);
        }
    }

    @Test
    void theServiceLearnsNameAndClient() throws Exception {
        byte[] hello = hello("one.example");
        try (Backend backend = Backend.silent();
                EdgeServer edge = Visits.edge(
                        Openings.tls(Map.of("*.example", Visits.open("one")), true, () -> Visits.NOW), null,
                        Service.direct("one", LegAddress.to(backend.address()), true));
                Socket client = Edges.connect(edge)) {
            client.getOutputStream().write(hello);
            byte[] header = ProxyProtocol.forAddress(false, (InetSocketAddress) client.getLocalSocketAddress(),
                    edge.tcpAddresses().getFirst(), "one.example", null);
            try (Socket server = backend.accepted.take()) {
                assertThat(server.getInputStream().readNBytes(header.length)).isEqualTo(header);
                assertThat(server.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
            }
        }
    }

    @Test
    void aHelloMayBeSplitAnywhereAndIsNothingUntilItIsWhole() throws Exception {
        byte[] hello = hello("one.example");
        try (Backend backend = Backend.silent();
                EdgeServer edge = Visits.edge(Openings.tls(Map.of("one.example", Visits.open("one")), true,
                        () -> Visits.NOW), null, Visits.service("one", backend.address()))) {
            for (int cut = 1; cut < hello.length; cut++) {
                try (Socket client = Edges.connect(edge)) {
                    client.getOutputStream().write(hello, 0, cut);
                    client.shutdownOutput();
                    assertThat(Edges.wasReset(client)).as("%d bytes", cut).isTrue();
                }
                try (Socket client = Edges.connect(edge)) {
                    Visits.sayInTwo(edge, client, hello, cut);
                    try (Socket server = backend.accepted.take()) {
                        assertThat(server.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
                    }
                }
            }
            assertThat(edge.counters().legsOpened()).isEqualTo(hello.length - 1);
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_CUT_OFF)).isEqualTo(hello.length - 1);
        }
    }

    @Test
    void whatIsNoHelloGoesNowhere() throws Exception {
        byte[] hello = hello("one.example");
        byte[] bad = hello.clone();
        bad[9] = 9; // its version
        try (Backend backend = Backend.silent();
                EdgeServer edge = Visits.edge(Openings.tls(Map.of("", Visits.open("one")), false, () -> Visits.NOW),
                        null, Visits.service("one", backend.address()))) {
            for (String garbage : List.of("GET / HTTP/1.1\r\n\r\n", "\u0016\u0002\u0000\u0000\u0005", "\u0080.\u0001",
                    "\u0000"))
                try (Socket client = Edges.connect(edge)) {
                    Visits.say(client, garbage);
                    assertThat(Edges.wasReset(client)).as(garbage).isTrue();
                }
            try (Socket client = Edges.connect(edge)) {
                client.getOutputStream().write(bad);
                assertThat(client.getInputStream().readAllBytes())
                        .isEqualTo(new byte[]{21, 3, 3, 0, 2, 2, 70});
            }
            assertThat(edge.counters().legsOpened()).isZero();
            try (Socket client = Edges.connect(edge)) {
                client.getOutputStream().write(hello(null)); // no name: the default door
                assertThat(backend.accepted.take()).isNotNull();
            }
        }
    }

    @Test
    void whatFollowsTheHelloIsCheckedIfAskedFor() throws Exception {
        byte[] hello = hello("one.example");
        byte[] record = {23, 3, 3, 0, 2, 1, 2};
        byte[] heartbeat = {24, 3, 3, 0, 3, 1, 64, 0};
        for (boolean verify : new boolean[]{true, false})
            try (Backend backend = Backend.silent();
                    EdgeServer edge = Visits.edge(
                            Openings.tls(Map.of("", Visits.open("one")), verify, () -> Visits.NOW), null,
                            Visits.service("one", backend.address()));
                    Socket client = Edges.connect(edge)) {
                client.getOutputStream().write(hello);
                client.getOutputStream().write(record);
                try (Socket server = backend.accepted.take()) {
                    server.getInputStream().readNBytes(hello.length);
                    assertThat(server.getInputStream().readNBytes(record.length)).isEqualTo(record);
                    client.getOutputStream().write(heartbeat);
                    if (verify)
                        assertThat(Edges.wasReset(client)).isTrue();
                    else
                        assertThat(server.getInputStream().readNBytes(heartbeat.length)).isEqualTo(heartbeat);
                }
                assertThat(edge.counters().dropped(EdgeDrop.EXCHANGE_REFUSED)).isEqualTo(verify ? 1 : 0);
            }
    }

    @Test
    void whatAnEdgeDoesNotSeeItCannotAskFor() {
        Door token = new Door("x", Authentication.TOKEN, KeepersTest.tokenKeeper(), null);
        assertThatThrownBy(() -> Openings.tls(Map.of("x", token), false, () -> 0)).hasMessageContaining("x: only NONE");
        assertThatThrownBy(() -> Openings.tcp(token, null, () -> 0)).hasMessageContaining("not TOKEN");
        assertThatThrownBy(() -> Openings.quic(Map.of("x", token), () -> 0)).hasMessageContaining("not TOKEN");
        assertThatThrownBy(() -> Openings.udp(token, null, () -> 0)).hasMessageContaining("not TOKEN");
    }
}
