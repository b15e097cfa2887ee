package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes through the edge with real sockets, and how either end learns what the other did. */
@Timeout(60)
class TcpRelayTest {
    /** Writes all of it in pieces of random length. */
    private static void write(OutputStream out, byte[] bytes, Random random) throws IOException {
        int at = 0;
        while (at < bytes.length) {
            int most = random.nextInt(4) == 0 ? 150_000 : 3_000;
            int count = Math.min(1 + random.nextInt(most), bytes.length - at);
            out.write(bytes, at, count);
            at += count;
        }
    }

    private static byte[] read(InputStream in, int length, Random random) throws IOException {
        byte[] read = new byte[length];
        int at = 0;
        while (at < length) {
            int most = random.nextInt(4) == 0 ? 100_000 : 2_000;
            int count = in.read(read, at, Math.min(1 + random.nextInt(most), length - at));
            if (count < 0)
                return Arrays.copyOf(read, at);
            at += count;
        }
        return read;
    }

    @Test
    void everyByteArrivesInOrderBothWaysAtOnce() throws Exception {
        long seed = Edges.seed();
        int connections = 8;
        try (Backend backend = Backend.silent();
                EdgeServer edge = Edges.start(backend.address(), Edges.limits().withBufferedBytes(200_000, 1 << 20));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                Random random = new Random(seed + i);
                byte[] up = new byte[random.nextInt(3_000_000)];
                byte[] down = new byte[random.nextInt(3_000_000)];
                random.nextBytes(up);
                random.nextBytes(down);
                long each = random.nextLong();
                Socket client = Edges.connect(edge);
                Socket server = backend.accepted.take();
                done.add(threads.submit(() -> both(client, up, down, new Random(each))));
                done.add(threads.submit(() -> both(server, down, up, new Random(each + 1))));
            }
            for (Future<?> each : done)
                each.get();
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
            assertThat(edge.counters().bytesBuffered()).isZero();
            assertThat(edge.counters().legsOpen()).isZero();
        }
    }

    private static Void both(Socket socket, byte[] out, byte[] in, Random random) throws Exception {
        long readSeed = random.nextLong();
        try (socket; ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Void> written = writer.submit(() -> {
                write(socket.getOutputStream(), out, random);
                socket.shutdownOutput();
                return null;
            });
            assertThat(read(socket.getInputStream(), in.length + 1, new Random(readSeed))).isEqualTo(in);
            written.get();
        }
        return null;
    }

    @Test
    void aClientThatHasEndedStillGetsItsAnswer() throws Exception {
        try (Backend backend = Backend.start(connection -> {
            byte[] all = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(all.length);
            connection.getOutputStream().write(all);
        });
                EdgeServer edge = Edges.start(backend.address(), Edges.limits());
                Socket client = Edges.connect(edge)) {
            client.getOutputStream().write(new byte[]{1, 2, 3});
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(3, 1, 2, 3);
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void aBackendThatHasEndedStillGetsWhatTheClientSays() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = Edges.start(backend.address(), Edges.limits());
                Socket client = Edges.connect(edge);
                Socket server = backend.accepted.take()) {
            server.getOutputStream().write(7);
            server.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(7);
            client.getOutputStream().write(new byte[]{4, 5});
            client.shutdownOutput();
            assertThat(server.getInputStream().readAllBytes()).containsExactly(4, 5);
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
            assertThat(edge.counters().drops()).isEmpty();
        }
    }

    @Test
    void aBackendThatSpeaksFirstIsHeard() throws Exception {
        try (Backend backend = Backend.start(connection -> connection.getOutputStream().write("220 hi\r\n".getBytes(
                StandardCharsets.US_ASCII)));
                EdgeServer edge = Edges.start(backend.address(), Edges.limits());
                Socket client = Edges.connect(edge)) {
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("220 hi\r\n");
        }
    }

    @Test
    void aResetOfTheClientReachesTheBackend() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = Edges.start(backend.address(), Edges.limits());
                Socket client = Edges.connect(edge);
                Socket server = backend.accepted.take()) {
            client.getOutputStream().write(1);
            assertThat(server.getInputStream().read()).isEqualTo(1);
            Edges.reset(client);
            assertThat(Edges.wasReset(server)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.CLIENT_RESET)).isEqualTo(1);
        }
    }

    @Test
    void aResetOfTheBackendReachesTheClient() throws Exception {
        try (Backend backend = Backend.silent();
                EdgeServer edge = Edges.start(backend.address(), Edges.limits());
                Socket client = Edges.connect(edge);
                Socket server = backend.accepted.take()) {
            server.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            Edges.reset(server);
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_RESET)).isEqualTo(1);
        }
    }

    @Test
    void withNoBackendTheClientIsResetAndItIsCounted() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket()) {
            gone.bind(Edges.loopback(0));
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        try (EdgeServer edge = Edges.start(nobody, Edges.limits()); Socket client = Edges.connect(edge)) {
            assertThat(Edges.wasReset(client)).isTrue();
            assertThat(edge.counters().dropped(EdgeDrop.BACKEND_REFUSED)).isEqualTo(1);
            Edges.until(() -> edge.counters().connectionsOpen() == 0);
        }
    }

    @Test
    void aSlowReaderMakesItsBackendSlowAndNotTheEdgeBig() throws Exception {
        int size = 32 << 20;
        byte[] chunk = new byte[65_536];
        try (Backend backend = Backend.start(connection -> {
            for (int i = 0; i < size; i += chunk.length)
                connection.getOutputStream().write(chunk);
        });
                EdgeServer edge = Edges.start(backend.address(), Edges.limits().withSocketBytes(65_536));
                Socket client = new Socket()) {
            client.setReceiveBufferSize(16_384);
            client.connect(edge.tcpAddresses().getFirst());
            Edges.until(() -> edge.counters().bytesBuffered() > 0);
            DataInputStream in = new DataInputStream(client.getInputStream());
            long most = 0;
            for (int read = 0; read < size; read += chunk.length) {
                in.readFully(chunk);
                most = Math.max(most, edge.counters().bytesBuffered());
                // What left the backend is with the client, in our buffer, or in the kernel's for the client.
                assertThat(edge.counters().bytesToClient() - read).isLessThan(2 << 20);
            }
            assertThat(most).isLessThanOrEqualTo(BufferPool.LARGEST);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void aPrefixThatSpentItsQuotaGoesOnSlowlyAndWholly() throws Exception {
        int clients = 20;
        int size = 3 << 20;
        try (Backend backend = Backend.start(connection -> connection.getOutputStream().write(new byte[size]));
                EdgeServer edge = Edges.start(backend.address(),
                        Edges.limits().withBufferedBytes(100_000, 1 << 30).withSocketBytes(65_536))) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                Socket client = new Socket();
                client.setReceiveBufferSize(16_384);
                client.connect(edge.tcpAddresses().getFirst());
                sockets.add(client);
            }
            // Once all stand still, at least one byte has been kept back for each.
            Edges.until(() -> edge.counters().bytesBuffered() >= 100_000);
            long bound = 100_000 + 2L * clients * ByteQuota.FLOOR + 2 * EventLoop.READ_BYTES;
            long most = 0;
            for (Socket client : sockets) {
                int read = 0;
                byte[] chunk = new byte[65_536];
                for (int count = 0; count >= 0; count = client.getInputStream().read(chunk)) {
                    read += count;
                    most = Math.max(most, edge.counters().bytesBuffered());
                }
                assertThat(read).isEqualTo(size);
                client.close();
            }
            assertThat(most).isLessThanOrEqualTo(bound);
        }
    }

    @Test
    void aThousandConnectionsAtOnce() throws Exception {
        try (Backend backend = Backend.echo(); EdgeServer edge = Edges.start(backend.address(), Edges.limits())) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 1_000; i++)
                clients.add(Edges.connect(edge));
            for (int i = 0; i < clients.size(); i++)
                clients.get(i).getOutputStream().write(new byte[]{(byte) i, (byte) (i >> 8)});
            for (int i = 0; i < clients.size(); i++)
                assertThat(clients.get(i).getInputStream().readNBytes(2)).containsExactly((byte) i, (byte) (i >> 8));
            assertThat(edge.counters().legsOpen()).isEqualTo(1_000);
            assertThat(edge.counters().bytesBuffered()).isZero();
            for (Socket client : clients)
                client.close();
            Edges.until(() -> edge.counters().connectionsOpen() == 0 && edge.counters().legsOpen() == 0);
        }
    }
}
