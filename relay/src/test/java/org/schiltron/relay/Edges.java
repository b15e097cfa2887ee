package org.schiltron.relay;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** What tests of an edge need again and again. */
public final class Edges {
    public static final String SERVICE = "service";

    private Edges() {
    }

    public static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    /** The seed of this run: the one given as a system property, or a new one, printed. */
    public static long seed() {
        Long given = Long.getLong("schiltron.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.out.println("schiltron.seed=" + seed);
        return seed;
    }

    /** Bounds that no test meets by accident. */
    public static EdgeLimits limits() {
        return EdgeLimits.defaults().withConnections(5_000, 5_000).withLegs(100_000, 100_000)
                .withDrain(Duration.ZERO);
    }

    public static Service service(InetSocketAddress backend) {
        return Service.direct(SERVICE, LegAddress.to(backend), false);
    }

    public static EdgeConfig config(Opening.Factory opening, Service service, EdgeLimits limits) {
        return EdgeConfig.of(List.of(new TcpEntrance(loopback(0), opening, null)), List.of(), List.of(service), limits)
                .withLoops(2);
    }

    /** For tests of other packages: time is the test's. */
    public static EdgeServer start(EdgeConfig config, FakeClock clock) throws IOException {
        return EdgeServer.start(config.withClock(clock));
    }

    public static EdgeServer start(InetSocketAddress backend, EdgeLimits limits) throws IOException {
        return EdgeServer.start(config(Opening.straightTo(SERVICE), service(backend), limits));
    }

    public static Socket connect(EdgeServer edge) throws IOException {
        Socket socket = new Socket();
        socket.connect(edge.tcpAddresses().getFirst());
        socket.setSoTimeout(20_000);
        return socket;
    }

    public static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Whether the other end has reset the connection, rather than ended it. */
    public static boolean wasReset(Socket socket) throws IOException {
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[65_536];
            while (in.read(buffer) >= 0) {
                // what came before
            }
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    public static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2)).until(condition);
    }
}
