package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.machine.SeededRandom;

/** The JDK's own SOCKS client against the front. */
@Timeout(60)
class SocksFrontTest {
    private ServerSocket backend;
    private Relays relays;
    private SocksFront front;

    @BeforeEach
    void start() throws IOException {
        backend = new ServerSocket();
        backend.bind(Relays.loopback());
        start(RelayLimits.defaults());
    }

    private void start(RelayLimits limits) throws IOException {
        if (relays != null)
            relays.close();
        relays = new Relays(Relays.seed(), limits, "web=tcp://127.0.0.1:" + backend.getLocalPort());
        front = SocksFront.listen(relays.client, Relays.loopback(), new SeededRandom(1));
    }

    @AfterEach
    void stop() throws IOException {
        relays.close();
        backend.close();
    }

    private Socket connect(String host) throws IOException {
        Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, front.localAddress()));
        socket.setSoTimeout(20_000);
        socket.connect(InetSocketAddress.createUnresolved(host, 80), 20_000);
        return socket;
    }

    @Test
    void reachesABackendByName() throws Exception {
        relays.tunnels.open();
        for (String host : new String[]{"web.schiltron", "schiltron"}) {
            try (Socket program = connect(host); Socket server = backend.accept()) {
                program.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
                assertThat(server.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
                server.getOutputStream().write("pong".getBytes(StandardCharsets.US_ASCII));
                server.shutdownOutput();
                assertThat(program.getInputStream().readAllBytes()).asString().isEqualTo("pong");
            }
        }
    }

    @Test
    void leadsNowhereElse() {
        relays.tunnels.open();
        assertThatThrownBy(() -> connect("example.org")).isInstanceOf(SocketException.class)
                .hasMessageContaining("not allowed by ruleset");
        await().until(() -> relays.client.counters().connectionsOpen() == 0);
        assertThat(relays.client.counters().connectionsRefused()).isEqualTo(1);
    }

    @Test
    void saysThatTheServiceIsUnreachable() throws Exception {
        start(RelayLimits.defaults().withHold(Duration.ofMillis(50)));
        assertThatThrownBy(() -> connect("web.schiltron")).isInstanceOf(SocketException.class)
                .hasMessageContaining("Host unreachable");
    }

    @Test
    void closesOnWhoDoesNotSpeakSocksOrNothingAtAll() throws Exception {
        start(RelayLimits.defaults().withHandshake(Duration.ofMillis(100)));
        for (String said : new String[]{"GET / HTTP/1.0\r\n\r\n", "", "\005"}) {
            try (Socket program = new Socket()) {
                program.connect(front.localAddress());
                program.setSoTimeout(20_000);
                program.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                assertThat(endsWithoutAByte(program)).isTrue();
            }
        }
        await().until(() -> relays.client.counters().connectionsOpen() == 0);
    }

    private static boolean endsWithoutAByte(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // closed with bytes unread: a reset
        }
    }
}
