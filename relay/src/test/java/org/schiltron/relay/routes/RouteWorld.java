package org.schiltron.relay.routes;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.IntFunction;
import org.schiltron.edge.LandingConfig;
import org.schiltron.edge.Node;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.NodeRole;
import org.schiltron.edge.Route;
import org.schiltron.edge.RouteSettings;
import org.schiltron.edge.TrunkConfig;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;
import org.schiltron.relay.DatagramOpening;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeLimits;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.FlowLimits;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.LegDialer;
import org.schiltron.relay.Opening;
import org.schiltron.relay.PathProof;
import org.schiltron.relay.Service;
import org.schiltron.relay.TcpEntrance;
import org.schiltron.relay.UdpEntrance;

/** An overlay in one process: nodes n0 (where clients come in), n1, ..., a backend, a landing beside it. */
final class RouteWorld implements AutoCloseable {
    static final String SERVICE = "shop";
    static final TrunkConfig RECORDS = TrunkConfig.DEFAULT;

    /** What the backend does with a connection, which is closed after it. */
    interface Handler {
        void serve(Socket connection) throws IOException, InterruptedException;
    }

    private static final Set<NodeRole> ALL = EnumSet.allOf(NodeRole.class);

    final long seed;
    final Random random;
    final List<Identity> identities = new ArrayList<>();
    final NodeList list;
    final List<RouteNode> nodes = new ArrayList<>();
    final BlockingQueue<Socket> backendSide = new LinkedBlockingQueue<>();
    final Identity landingKey;
    final Landing landing;
    private final ServerSocket backend = new ServerSocket();
    private final TrunkConfig trunk;
    private final RouteSettings settings;
    private final List<EdgeServer> edges = new ArrayList<>();

    RouteWorld(int count, Handler handler) throws IOException {
        this(count, _ -> ALL, RECORDS, RouteSettings.DEFAULT, handler);
    }

    RouteWorld(int count, IntFunction<Set<NodeRole>> roles, TrunkConfig trunk, RouteSettings settings, Handler handler)
            throws IOException {
        Long given = Long.getLong("schiltron.seed");
        seed = given == null ? System.nanoTime() : given;
        System.out.println("schiltron.seed=" + seed);
        random = new Random(seed);
        this.trunk = trunk;
        this.settings = settings;
        List<Node> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            identities.add(Identity.ofSeed(key));
            made.add(new Node("n" + i, new HostPort("127.0.1." + (i + 1), freePort("127.0.1." + (i + 1))),
                    identities.get(i).publicKey(), roles.apply(i)));
        }
        list = new NodeList(made);
        backend.bind(loopback(0), 1_024);
        Thread.ofVirtual().start(() -> accept(handler));
        byte[] key = new byte[32];
        random.nextBytes(key);
        landingKey = Identity.ofSeed(key);
        landing = Landing.start(landingKey, list, LandingConfig.DEFAULT, loopback(0),
                Map.of(SERVICE, new LandingBackend(LegAddress.to(backendAddress()), false)));
        for (int i = 0; i < count; i++)
            nodes.add(start(i));
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    /** Of the address alone, below those that the system gives to connections. */
    static int freePort(String host) throws IOException {
        for (int i = 0; i < 100; i++) {
            int port = 10_000 + (int) (Math.random() * 20_000);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(host, port));
                return port;
            } catch (IOException e) {
                // some other program's
            }
        }
        throw new IOException("no free port");
    }

    private RouteNode start(int i) throws IOException {
        Node node = list.nodes().get(i);
        return RouteNode.start(new RouteNodeConfig(identities.get(i), list,
                new InetSocketAddress(node.address().host(), node.address().port()), trunk, settings,
                Map.of(SERVICE, services())));
    }

    EgressService services() {
        return new EgressService(LegAddress.to(backendAddress()), LegAddress.to(landing.address()));
    }

    /** In the place of one that was stopped. */
    void restart(int i) throws IOException {
        nodes.set(i, start(i));
    }

    RouteNode ingress() {
        return nodes.getFirst();
    }

    /** The node of that name. */
    RouteNode node(String name) {
        return nodes.stream().filter(node -> node.self().name().equals(name)).findFirst().orElseThrow();
    }

    InetSocketAddress backendAddress() {
        return (InetSocketAddress) backend.getLocalSocketAddress();
    }

    private void accept(Handler handler) {
        while (!backend.isClosed()) {
            try {
                Socket connection = backend.accept();
                backendSide.add(connection);
                Thread.ofVirtual().start(() -> {
                    try (connection) {
                        handler.serve(connection);
                    } catch (IOException | InterruptedException e) {
                        // the test looks at the other end
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    static void echo(Socket connection) throws IOException {
        connection.getInputStream().transferTo(connection.getOutputStream());
    }

    static void silent(Socket connection) throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }

    LegDialer plain(Route route) {
        return RouteDialer.plain(ingress(), route);
    }

    LegDialer resumable(Route route) {
        return RouteDialer.resumable(ingress(), route, landingKey.publicKey());
    }

    /** Where clients come in. */
    EdgeServer edge(LegDialer dialer) throws IOException {
        EdgeLimits limits = EdgeLimits.defaults().withConnections(5_000, 5_000).withLegs(100_000, 100_000)
                .withDialling(Duration.ofSeconds(60), Duration.ofSeconds(60)).withDrain(Duration.ZERO);
        Service service = new Service(SERVICE, LegAddress.to(backendAddress()), dialer, false, 4_096, 1_024);
        EdgeServer edge = EdgeServer
                .start(EdgeConfig.of(List.of(new TcpEntrance(loopback(0), Opening.straightTo(SERVICE), null)),
                        List.of(), List.of(service), limits).withLoops(2));
        edges.add(edge);
        return edge;
    }

    /** Where clients' datagrams come in, for a backend at that address. */
    EdgeServer datagramEdge(Route route, InetSocketAddress echo) throws IOException {
        for (RouteNode node : nodes)
            node.changeAuthenticator(SERVICE, new EgressService(LegAddress.to(echo), null), Duration.ofHours(1));
        UdpEntrance entrance = new UdpEntrance(loopback(0), DatagramOpening.straightTo(SERVICE), PathProof.none(),
                new RouteDatagramDialer(ingress(), route), FlowLimits.defaults());
        EdgeServer edge = EdgeServer.start(EdgeConfig.of(List.of(), List.of(entrance),
                List.of(Service.direct(SERVICE, LegAddress.to(echo), false)),
                EdgeLimits.defaults().withLegs(100_000, 100_000).withDrain(Duration.ZERO)).withLoops(1));
        edges.add(edge);
        return edge;
    }

    static Socket connect(EdgeServer edge) throws IOException {
        Socket socket = new Socket();
        socket.connect(edge.tcpAddresses().getFirst());
        socket.setSoTimeout(90_000);
        return socket;
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Whether the other end has reset the connection, rather than ended it. */
    static boolean wasReset(Socket socket) throws IOException {
        byte[] buffer = new byte[65_536];
        try {
            InputStream in = socket.getInputStream();
            while (in.read(buffer) >= 0) {
                // what came before
            }
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2)).until(condition);
    }

    /** Writes all of it from a thread of its own, then ends the direction. */
    static void send(Socket socket, byte[] bytes) {
        Thread.ofVirtual().start(() -> {
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
            } catch (IOException e) {
                // the test looks at the other end
            }
        });
    }

    @Override
    public void close() throws IOException {
        edges.forEach(EdgeServer::close);
        nodes.forEach(RouteNode::close);
        landing.close();
        backend.close();
        for (Socket socket : backendSide)
            socket.close();
    }
}
