package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TCP programs on both sides of a session. */
@Timeout(60)
class StreamRelayTest {
    private static final int SOCKET_TIMEOUT_MS = 20_000;

    private final long seed = Relays.seed();
    private final BlockingQueue<Socket> atBackend = new LinkedBlockingQueue<>();
    private ServerSocket backend;
    private Relays relays;
    private TcpFront front;

    @BeforeEach
    void start() throws IOException {
        backend = new ServerSocket();
        backend.bind(Relays.loopback(), 1_000);
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    Socket socket = backend.accept();
                    socket.setSoTimeout(SOCKET_TIMEOUT_MS);
                    atBackend.add(socket);
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        start(RelayLimits.defaults(), backend.getLocalPort());
    }

    private void start(RelayLimits limits) throws IOException {
        start(limits, backend.getLocalPort());
    }

    private void start(RelayLimits limits, int port) throws IOException {
        if (relays != null)
            relays.close();
        relays = new Relays(seed, limits, "127.0.0.1:" + port);
        front = TcpFront.listen(relays.client, Relays.loopback(), "");
    }

    @AfterEach
    void stop() throws IOException {
        relays.close();
        backend.close();
        for (Socket socket : atBackend)
            socket.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(front.localAddress());
        socket.setSoTimeout(SOCKET_TIMEOUT_MS);
        return socket;
    }

    private Socket accepted() throws InterruptedException {
        Socket socket = atBackend.poll(SOCKET_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        assertThat(socket).isNotNull();
        return socket;
    }

    @Test
    void carriesBytesBothWays() throws Exception {
        relays.tunnels.open();
        pingAndPong();
        assertThat(relays.client.counters().bytesIn()).isEqualTo(4);
        assertThat(relays.client.counters().bytesOut()).isEqualTo(5);
        assertThat(relays.client.counters().connectionsReset()).isZero();
    }

    private void pingAndPong() throws Exception {
        try (Socket program = connect(); Socket server = accepted()) {
            program.getOutputStream().write(ascii("ping"));
            assertThat(server.getInputStream().readNBytes(4)).isEqualTo(ascii("ping"));
            server.getOutputStream().write(ascii("pong!"));
            assertThat(program.getInputStream().readNBytes(5)).isEqualTo(ascii("pong!"));
        }
        await().untilAsserted(() -> {
            assertThat(relays.client.counters().connectionsOpen()).isZero();
            assertThat(relays.service.counters().connectionsOpen()).isZero();
        });
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        relays.tunnels.open();
        try (Socket program = connect(); Socket server = accepted()) {
            server.getOutputStream().write(ascii("220 ready"));
            assertThat(program.getInputStream().readNBytes(9)).isEqualTo(ascii("220 ready"));
        }
    }

    @Test
    void eachDirectionEndsByItself() throws Exception {
        relays.tunnels.open();
        try (Socket program = connect(); Socket server = accepted()) {
            program.getOutputStream().write(ascii("all I have"));
            program.shutdownOutput();
            assertThat(server.getInputStream().readAllBytes()).isEqualTo(ascii("all I have"));
            server.getOutputStream().write(ascii("the answer"));
            server.shutdownOutput();
            assertThat(program.getInputStream().readAllBytes()).isEqualTo(ascii("the answer"));
        }
        try (Socket program = connect(); Socket server = accepted()) {
            server.getOutputStream().write(ascii("bye"));
            server.shutdownOutput();
            assertThat(program.getInputStream().readAllBytes()).isEqualTo(ascii("bye"));
            program.getOutputStream().write(ascii("still here"));
            program.shutdownOutput();
            assertThat(server.getInputStream().readAllBytes()).isEqualTo(ascii("still here"));
        }
        await().until(() -> relays.client.counters().connectionsOpen() == 0);
        assertThat(relays.client.counters().connectionsReset()).isZero();
    }

    @Test
    void aResetCrossesAsAReset() throws Exception {
        relays.tunnels.open();
        Socket leaving = connect();
        try (Socket server = accepted()) {
            resetNow(leaving);
            assertReset(server);
        }
        try (Socket program = connect()) {
            resetNow(accepted());
            assertReset(program);
        }
    }

    @Test
    void theEndOfASessionResetsItsConnectionsAndTheNextOneServes() throws Exception {
        relays.tunnels.open();
        try (Socket program = connect(); Socket server = accepted()) {
            relays.tunnels.closeSession();
            assertReset(program);
            assertReset(server);
        }
        relays.tunnels.open();
        pingAndPong();
    }

    /** All was read from the session; the program has not read it, does not, and keeps its own side open. */
    @Test
    void aProgramThatDoesNotReadTheRestKeepsNoPlaceAfterItsSession() throws Exception {
        start(RelayLimits.defaults().withMaxConnections(1));
        relays.tunnels.open();
        byte[] answer = new byte[100_000];
        new Random(seed).nextBytes(answer);
        try (Socket program = connect()) {
            program.getOutputStream().write(ascii("ask"));
            Socket server = accepted();
            assertThat(server.getInputStream().readNBytes(3)).isEqualTo(ascii("ask"));
            server.getOutputStream().write(answer);
            server.shutdownOutput();
            await().until(() -> relays.client.counters().bytesOut() == answer.length);
            relays.tunnels.closeSession();
            await().until(() -> relays.client.counters().connectionsOpen() == 0);
            relays.tunnels.open();
            try (Socket next = connect()) {
                next.getOutputStream().write(ascii("x"));
                assertThat(accepted().getInputStream().read()).isEqualTo('x');
            }
            assertThat(program.getInputStream().readAllBytes()).as("and yet it is all there").isEqualTo(answer);
        }
    }

    @Test
    void anUnreachableBackendIsAReset() throws Exception {
        int closedPort;
        try (ServerSocket nobody = new ServerSocket()) {
            nobody.bind(Relays.loopback()); // a port of our own that is then closed; the other one may be in accept still
            closedPort = nobody.getLocalPort();
        }
        start(RelayLimits.defaults(), closedPort);
        relays.tunnels.open();
        try (Socket program = connect()) {
            assertReset(program);
        }
        assertThat(relays.service.counters().connectionsRefused()).isEqualTo(1);
        await().until(() -> relays.service.counters().connectionsOpen() == 0);
    }

    @Test
    void anUnknownTargetIsAReset() throws Exception {
        relays.tunnels.open();
        try (TcpFront other = TcpFront.listen(relays.client, Relays.loopback(), "nobody");
                Socket program = new Socket()) {
            program.connect(other.localAddress());
            program.setSoTimeout(SOCKET_TIMEOUT_MS);
            assertReset(program);
        }
        assertThat(relays.service.counters().connectionsRefused()).isEqualTo(1);
    }

    @Test
    void connectionsWaitForTheSession() throws Exception {
        try (Socket program = connect()) {
            program.getOutputStream().write(ascii("early"));
            await().until(() -> relays.client.counters().bytesIn() == 5);
            relays.tunnels.open();
            try (Socket server = accepted()) {
                assertThat(server.getInputStream().readNBytes(5)).isEqualTo(ascii("early"));
            }
        }
    }

    @Test
    void connectionsDoNotWaitForever() throws Exception {
        start(RelayLimits.defaults().withHold(Duration.ofMillis(50)));
        try (Socket program = connect()) {
            assertThat(program.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(relays.client.counters().connectionsRefused()).isEqualTo(1);
    }

    @Test
    void waitsWhileTheSessionAllowsNoMoreStreams() throws Exception {
        relays.tunnels.allowStreams(0);
        relays.tunnels.open();
        try (Socket program = connect()) {
            program.getOutputStream().write(ascii("early"));
            await().until(() -> relays.client.counters().bytesIn() == 5);
            assertThat(atBackend).isEmpty();
            relays.tunnels.allowStreams(1);
            try (Socket server = accepted()) {
                assertThat(server.getInputStream().readNBytes(5)).isEqualTo(ascii("early"));
            }
        }
    }

    @Test
    void aConnectionOverTheLimitIsTurnedAway() throws Exception {
        start(RelayLimits.defaults().withMaxConnections(2));
        relays.tunnels.open();
        Socket first = connect();
        Socket firstServer = accepted();
        try (Socket second = connect()) {
            accepted();
            try (Socket third = connect()) {
                assertReset(third);
            }
            first.close();
            firstServer.close();
            await().until(() -> relays.client.counters().connectionsOpen() == 1);
            try (Socket fourth = connect()) {
                fourth.getOutputStream().write(ascii("x"));
                assertThat(accepted().getInputStream().read()).isEqualTo('x');
            }
            assertThat(second.isClosed()).isFalse();
        }
        assertThat(relays.client.counters().connectionsRefused()).isEqualTo(1);
    }

    @Test
    void aProgramThatDoesNotReadStallsItsOwnStreamOnly() throws Exception {
        relays.tunnels.open();
        byte[] block = new byte[64 * 1024];
        new Random(seed).nextBytes(block);
        try (SocketChannel sender = SocketChannel.open(front.localAddress());
                Socket stalled = accepted();
                Socket other = connect();
                Socket otherServer = accepted()) {
            sender.configureBlocking(false);
            long sent = fillUntilStuck(sender, block);
            long inside = relays.client.counters().bytesIn() - relays.service.counters().bytesOut();
            assertThat(inside).isBetween(1L, (long) TcpConnection.INBOUND_BOUND + FakeTunnels.WINDOW);

            other.getOutputStream().write(ascii("unhindered"));
            assertThat(otherServer.getInputStream().readNBytes(10)).isEqualTo(ascii("unhindered"));

            sender.shutdownOutput();
            InputStream in = stalled.getInputStream();
            for (long at = 0; at < sent; at += block.length) {
                int length = (int) Math.min(block.length, sent - at);
                assertThat(in.readNBytes(length)).isEqualTo(Arrays.copyOf(block, length));
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    /** Writes the block over and over until the far end has taken no more for a while; how much was taken. */
    private long fillUntilStuck(SocketChannel sender, byte[] block) {
        long[] sent = {0};
        ByteBuffer next = ByteBuffer.wrap(block);
        await().pollInterval(Duration.ofMillis(20)).during(Duration.ofMillis(400)).atMost(Duration.ofSeconds(30))
                .until(() -> {
                    int taken = 0;
                    int count = sender.write(next);
                    while (count > 0) {
                        taken += count;
                        if (!next.hasRemaining())
                            next.rewind();
                        count = sender.write(next);
                    }
                    sent[0] += taken;
                    return taken == 0;
                });
        return sent[0];
    }

    @Test
    void manyConnectionsAtOnceStayApartAndWhole() throws Exception {
        relays.tunnels.open();
        Random random = new Random(seed);
        Thread.startVirtualThread(this::echoAll);
        try (ExecutorService programs = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> whole = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                byte[] sent = new byte[random.nextInt(4) == 0 ? random.nextInt(1_000_000) : random.nextInt(5_000)];
                random.nextBytes(sent);
                whole.add(programs.submit(() -> echoed(sent)));
            }
            for (Future<Boolean> each : whole)
                assertThat(each.get()).isTrue();
        }
        await().until(() -> relays.client.counters().connectionsOpen() == 0);
        assertThat(relays.client.counters().connectionsTotal()).isEqualTo(200);
        assertThat(relays.client.counters().connectionsReset()).isZero();
        assertThat(relays.client.counters().bytesIn()).isEqualTo(relays.client.counters().bytesOut());
    }

    private void echoAll() {
        while (true) {
            try {
                Socket socket = atBackend.take();
                Thread.startVirtualThread(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean echoed(byte[] sent) throws Exception {
        try (Socket program = connect()) {
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    OutputStream out = program.getOutputStream();
                    for (int at = 0; at < sent.length; at += 3_333)
                        out.write(sent, at, Math.min(3_333, sent.length - at));
                    program.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            byte[] received = program.getInputStream().readAllBytes();
            writer.join();
            return Arrays.equals(sent, received);
        }
    }

    @Test
    void aBusyPortIsNamed() {
        assertThatThrownBy(() -> TcpFront.listen(relays.client, front.localAddress(), ""))
                .isInstanceOf(BindException.class)
                .hasMessage("address already in use: 127.0.0.1:" + front.localAddress().getPort());
    }

    private static void resetNow(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        socket.close();
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().readAllBytes()).isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
