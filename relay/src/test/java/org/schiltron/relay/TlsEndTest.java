package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.host.ProxyProtocol;

/** TLS that ends at the edge: real clients of the JDK, and hostile ones. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class TlsEndTest {
    @TempDir
    static Path folder;
    private static Keys one;
    private static Keys two;
    private static Keys member;
    private static Keys stranger;

    /** What openings saw. */
    private final LinkedBlockingQueue<TlsFacts> facts = new LinkedBlockingQueue<>();

    @BeforeAll
    static void makeKeys() throws Exception {
        one = Keys.make(folder, "one.example", "EC");
        two = Keys.make(folder, "two.example", "RSA");
        member = Keys.make(folder, "member", "EC");
        stranger = Keys.make(folder, "stranger", "EC");
    }

    private EdgeServer edge(Backend backend, TlsIdentity tls, boolean proxyProtocol) throws IOException {
        Opening.Factory noting = client -> {
            facts.add(Objects.requireNonNull(client.tls()));
            return Opening.straightTo(Edges.SERVICE).open(client);
        };
        return EdgeServer.start(EdgeConfig.of(List.of(new TcpEntrance(Edges.loopback(0), noting, tls)), List.of(),
                List.of(Service.direct(Edges.SERVICE, LegAddress.to(backend.address()), proxyProtocol)),
                Edges.limits().withOpening(Duration.ofMinutes(1), 16 * 1_024)).withLoops(2));
    }

    private EdgeServer edge(Backend backend) throws IOException {
        return edge(backend, new TlsIdentity(List.of(one.pair(), two.pair()), null, false, List.of()), false);
    }

    private static SSLSocket connect(EdgeServer edge, SSLContext context, @Nullable String name, String... versions)
            throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(edge.tcpAddresses().getFirst());
        socket.setSoTimeout(20_000);
        SSLParameters parameters = socket.getSSLParameters();
        if (name != null)
            parameters.setServerNames(List.of(new SNIHostName(name)));
        if (versions.length > 0)
            parameters.setProtocols(versions);
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static SSLSocket connect(EdgeServer edge) throws Exception {
        return connect(edge, Keys.context(null, List.of(one, two)), "one.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void everyByteArrivesBothWays(String version) throws Exception {
        long seed = Edges.seed();
        Random random = new Random(seed);
        byte[] sent = new byte[5_000_000];
        random.nextBytes(sent);
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend);
                SSLSocket client = connect(edge, Keys.context(null, List.of(one, two)), "one.example", version);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Void> written = threads.submit(() -> {
                for (int at = 0; at < sent.length;) {
                    int count = Math.min(1 + random.nextInt(60_000), sent.length - at);
                    client.getOutputStream().write(sent, at, count);
                    at += count;
                }
                return null;
            });
            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            written.get();
            assertThat(facts.take().version()).isEqualTo(version);
            client.shutdownOutput();
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().bytesBuffered()).isZero();
        }
    }

    @Test
    void theCertificateIsTheOneOfTheNameAskedForAndTheBackendLearnsTheName() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = edge(backend, new TlsIdentity(List.of(one.pair(), two.pair()), null, false,
                        List.of("http/1.1")), true)) {
            for (String name : List.of("two.example", "one.example")) {
                try (SSLSocket client = connect(edge, Keys.context(null, List.of(one, two)), name)) {
                    SSLParameters parameters = client.getSSLParameters();
                    parameters.setApplicationProtocols(new String[]{"h2", "http/1.1"});
                    client.setSSLParameters(parameters);
                    client.startHandshake();
                    assertThat(client.getSession().getPeerPrincipal().getName()).isEqualTo("CN=" + name);
                    client.getOutputStream().write(5);
                    TlsFacts seen = facts.take();
                    assertThat(seen.serverName()).isEqualTo(name);
                    assertThat(seen.protocol()).isEqualTo("http/1.1");
                    try (Socket server = backend.accepted.take()) {
                        byte[] header = ProxyProtocol.forAddress(false,
                                (java.net.InetSocketAddress) client.getLocalSocketAddress(),
                                edge.tcpAddresses().getFirst(), name, "http/1.1");
                        assertThat(server.getInputStream().readNBytes(header.length)).isEqualTo(header);
                        assertThat(server.getInputStream().read()).isEqualTo(5);
                    }
                }
            }
        }
    }

    @Test
    void aBackendThatSpeaksFirstIsHeard() throws Exception {
        try (Backend backend = Backend.start(connection -> connection.getOutputStream().write("hello".getBytes(
                StandardCharsets.US_ASCII)));
                EdgeServer edge = edge(backend);
                SSLSocket client = connect(edge)) {
            assertThat(client.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
        }
    }

    @Test
    void aClientThatHasEndedStillGetsItsAnswer() throws Exception {
        try (Backend backend = Backend.start(connection -> {
            byte[] all = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(new byte[all.length]);
        });
                EdgeServer edge = edge(backend);
                SSLSocket client = connect(edge)) {
            client.getOutputStream().write(new byte[300_000]);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).hasSize(300_000);
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void aClientWithoutItsCertificateIsRefusedAndAMemberIsKnown() throws Exception {
        TlsIdentity mutual = new TlsIdentity(List.of(one.pair()), member.certificate, true, List.of());
        try (Backend backend = Backend.echo(); EdgeServer edge = edge(backend, mutual, false)) {
            try (SSLSocket client = connect(edge, Keys.context(member, List.of(one)), "one.example")) {
                client.getOutputStream().write(3);
                assertThat(client.getInputStream().read()).isEqualTo(3);
                assertThat(facts.take().certificates().getFirst().getSubjectX500Principal().getName())
                        .isEqualTo("CN=member");
            }
            int refused = 0;
            for (@Nullable
            Keys keys : Arrays.<@Nullable Keys>asList(null, stranger)) {
                try (SSLSocket client = connect(edge, Keys.context(keys, List.of(one)), "one.example")) {
                    assertThatThrownBy(() -> {
                        client.getOutputStream().write(3);
                        if (client.getInputStream().read() < 0)
                            throw new IOException("ended");
                    }).isInstanceOf(IOException.class);
                }
                int expected = ++refused;
                Edges.until(() -> edge.counters().dropped(EdgeDrop.TLS_HANDSHAKE) == expected);
            }
            assertThat(backend.accepted).hasSize(1);
            assertThat(facts).isEmpty();
        }
    }

    @Test
    void aCertificateThatIsNotRequiredIsTheOpeningsToDecideAbout() throws Exception {
        TlsIdentity wanted = new TlsIdentity(List.of(one.pair()), member.certificate, false, List.of());
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, wanted, false);
                SSLSocket client = connect(edge, Keys.context(null, List.of(one)), "one.example")) {
            client.getOutputStream().write(3);
            assertThat(client.getInputStream().read()).isEqualTo(3);
            assertThat(facts.take().certificates()).isEmpty();
        }
    }

    @Test
    void whatIsNoHandshakeIsToldSoAndCounted() throws Exception {
        long seed = Edges.seed();
        Random random = new Random(seed);
        try (Backend backend = Backend.echo(); EdgeServer edge = edge(backend)) {
            int garbage = 30;
            for (int i = 0; i < garbage; i++) {
                byte[] bytes = new byte[20_000];
                random.nextBytes(bytes);
                if (i % 2 == 0) // a record that looks like one
                    System.arraycopy(new byte[]{22, 3, 1, 0x3f, (byte) random.nextInt(256), (byte) random.nextInt(3)},
                            0,
                            bytes, 0, 6);
                try (Socket client = Edges.connect(edge)) {
                    client.getOutputStream().write(bytes);
                    client.shutdownOutput();
                    Edges.wasReset(client);
                } catch (IOException e) {
                    // reset while it was writing
                }
            }
            Edges.until(() -> edge.counters().dropped(EdgeDrop.TLS_HANDSHAKE)
                    + edge.counters().dropped(EdgeDrop.OPENING_CUT_OFF) == garbage
                    && edge.counters().connectionsOpen() == 0);
            assertThat(backend.accepted).isEmpty();
            try (SSLSocket client = connect(edge)) { // the loops live on
                client.getOutputStream().write(3);
                assertThat(client.getInputStream().read()).isEqualTo(3);
            }
        }
    }

    @Test
    void aHandshakeCutOffAnywhereIsCounted() throws Exception {
        byte[] hello = clientHello();
        try (Backend backend = Backend.echo(); EdgeServer edge = edge(backend)) {
            int cuts = 0;
            for (int length = 0; length < hello.length; length += 1 + hello.length / 40) {
                try (Socket client = Edges.connect(edge)) {
                    client.getOutputStream().write(hello, 0, length);
                    client.shutdownOutput();
                    Edges.wasReset(client);
                }
                cuts++;
            }
            int expected = cuts;
            Edges.until(() -> edge.counters().dropped(EdgeDrop.OPENING_CUT_OFF) == expected);
            assertThat(edge.counters().connectionsOpen()).isZero();
        }
    }

    /** What a client of the JDK says first. */
    private static byte[] clientHello() throws Exception {
        var engine = Keys.context(null, List.of(one)).createSSLEngine("one.example", 443);
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(64 * 1024);
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    @Test
    void aSilentHandshakeEndsWithTheOpeningsTime() throws Exception {
        FakeClock clock = new FakeClock();
        try (Backend backend = Backend.echo();
                EdgeServer edge = EdgeServer.start(EdgeConfig.of(
                        List.of(new TcpEntrance(Edges.loopback(0), Opening.straightTo(Edges.SERVICE),
                                TlsIdentity.of(one.certificate, one.key))),
                        List.of(), List.of(Edges.service(backend.address())), Edges.limits()).withClock(clock));
                Socket client = Edges.connect(edge)) {
            client.getOutputStream().write(clientHello(), 0, 30);
            Edges.until(() -> edge.counters().connectionsOpen() == 1);
            Edges.until(() -> {
                clock.advance(Duration.ofSeconds(1), edge);
                return edge.counters().dropped(EdgeDrop.OPENING_TIMEOUT) == 1;
            });
            assertThat(Edges.wasReset(client)).isTrue();
        }
    }

    @Test
    void aSecondHandshakeOnTheSameConnectionIsRefused() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend);
                SSLSocket client = connect(edge, Keys.context(null, List.of(one, two)), "one.example", "TLSv1.2")) {
            client.getOutputStream().write(3);
            assertThat(client.getInputStream().read()).isEqualTo(3);
            assertThatThrownBy(() -> {
                client.startHandshake(); // renegotiates
                client.getOutputStream().write(4);
                client.getInputStream().read();
            }).isInstanceOf(IOException.class);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.TLS_RENEGOTIATION) == 1);
        }
    }

    @Test
    void keysMayBeUpdatedButNotForSport() throws Exception {
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend);
                SSLSocket client = connect(edge, Keys.context(null, List.of(one, two)), "one.example", "TLSv1.3")) {
            for (int i = 0; i < 100; i++) {
                client.startHandshake(); // in TLS 1.3 a key update
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
            assertThatThrownBy(() -> {
                for (int i = 0; i < 10_000; i++)
                    client.startHandshake();
                client.getInputStream().read();
            }).isInstanceOf(IOException.class);
            Edges.until(() -> edge.counters().dropped(EdgeDrop.TLS_RENEGOTIATION) == 1);
        }
    }

    @Test
    void aRecordThatWasTamperedWithEndsTheConnection() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = edge(backend);
                Socket raw = Edges.connect(edge);
                SSLSocket client = (SSLSocket) Keys.context(null, List.of(one, two)).getSocketFactory()
                        .createSocket(raw, "one.example", 443, false)) {
            client.startHandshake();
            byte[] record = new byte[100];
            new Random(1).nextBytes(record);
            System.arraycopy(new byte[]{23, 3, 3, 0, 95}, 0, record, 0, 5);
            raw.getOutputStream().write(record);
            Edges.wasReset(raw); // or ended, after its alert
            Edges.until(() -> edge.counters().dropped(EdgeDrop.TLS_BROKEN) == 1);
            Edges.until(() -> edge.counters().connectionsOpen() == 0 && edge.counters().legsOpen() == 0);
        }
    }

    @Test
    void aSlowReaderIsBoundedWithTlsToo() throws Exception {
        int size = 32 << 20;
        try (Backend backend = Backend.start(connection -> connection.getOutputStream().write(new byte[size]));
                EdgeServer edge = EdgeServer.start(EdgeConfig.of(
                        List.of(new TcpEntrance(Edges.loopback(0), Opening.straightTo(Edges.SERVICE),
                                TlsIdentity.of(one.certificate, one.key))),
                        List.of(), List.of(Edges.service(backend.address())),
                        Edges.limits().withSocketBytes(65_536).withOpening(Duration.ofMinutes(1), 16 * 1_024))
                        .withLoops(1));
                SSLSocket client = connect(edge)) {
            client.startHandshake();
            Edges.until(() -> edge.counters().bytesBuffered() > 0);
            long read = 0;
            byte[] chunk = new byte[100_000];
            for (int count = 0; count >= 0; count = client.getInputStream().read(chunk)) {
                read += count;
                assertThat(edge.counters().bytesBuffered()).isLessThanOrEqualTo(BufferPool.LARGEST);
                assertThat(edge.counters().bytesToClient() - read).isLessThan(8 << 20); // the client's own window
            }
            assertThat(read).isEqualTo(size);
        }
    }

    @Test
    void keysThatCannotBeUsedAreSaidByFileName() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path old = Files.writeString(folder.resolve("old.key"), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n");
        Path garbled = Files.writeString(folder.resolve("garbled.key"),
                "-----BEGIN PRIVATE KEY-----\nAAAAAAAA\n-----END PRIVATE KEY-----\n");
        Path cut = Files.writeString(folder.resolve("cut.crt"), Files.readString(one.certificate).substring(0, 200));
        Object[][] rows = {{one.certificate, folder.resolve("none.key"), "none.key: there is no such file"},
                {empty, one.key, "empty.pem: no certificate"}, {one.certificate, empty, "empty.pem: no \"-----BEGIN"},
                {one.certificate, old, "old.key: the key is not in the form PKCS #8"},
                {one.certificate, garbled, "garbled.key: not a key"}, {cut, one.key, "cut.crt: "},
                {one.certificate, two.key, "two.example.key: not the key of"},
                {one.certificate, member.key, "member.key: not the key of"}};
        for (Object[] row : rows)
            assertThatThrownBy(() -> EdgeServer.start(EdgeConfig.of(
                    List.of(new TcpEntrance(Edges.loopback(0), Opening.straightTo("a"),
                            TlsIdentity.of((Path) row[0], (Path) row[1]))),
                    List.of(), List.of(), Edges.limits()))).isInstanceOf(IOException.class)
                    .hasMessageContaining((String) row[2]);
    }
}
