package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.schiltron.edge.Node;
import org.schiltron.edge.RoutePlanner;
import org.schiltron.edge.Trunk;
import org.schiltron.edge.TrunkClose;
import org.schiltron.host.Entropy;
import org.schiltron.host.MonotonicClock;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.relay.EventLoop;

/**
 * A node of the overlay, running: takes trunks of other nodes in, keeps its own to them, hands streams on and is the
 * egress of those that end here. {@link RouteDialer} begins legs at it.
 *
 * <p>Everything of a node is on one loop, so nothing is locked and a leg costs no thread; only the bytes of a client
 * change loops once, in {@link Pipe}s. Worst-case memory is that of its trunks ({@link org.schiltron.edge.TrunkConfig}),
 * {@value #MOST_STRANGERS} connections that have not shown who they are, and of each leg that begins here 128 KiB.
 */
public final class RouteNode implements AutoCloseable {
    /** Connections without a trunk yet; with a further one the oldest is closed. They have 10 s. */
    static final int MOST_STRANGERS = 256;
    /** Trunks that one node may open here; with a further one the oldest goes: it is most likely dead. */
    static final int TRUNKS_PER_NODE = 4;

    private static final System.Logger LOG = System.getLogger(RouteNode.class.getName());
    private static final int BACKLOG = 1_024;
    private static final int POOL = 1_024;
    private static final int FAREWELL_SECONDS = 5;

    private final RouteNodeConfig config;
    private final Node self;
    private final EventLoop loop;
    private final ServerSocketChannel listening;
    private final InetSocketAddress address;
    private final Buffers buffers = new Buffers();
    private final RandomSource random = new Entropy();
    private final CipherPool pool = new CipherPool(POOL);
    private final RouteCounters counters = new RouteCounters();
    private final RoutePlanner planner;
    private final Egress egress;
    private final Arrivals arrivals;
    private final Map<Node, Neighbour> neighbours = new LinkedHashMap<>(); // as many as the list has
    private final Set<TrunkLink> strangers = new LinkedHashSet<>();
    private final Map<Node, List<TrunkLink>> accepted = new LinkedHashMap<>();
    private volatile boolean closed;

    private RouteNode(RouteNodeConfig config, ServerSocketChannel listening) throws IOException {
        this.config = config;
        this.listening = listening;
        address = (InetSocketAddress) listening.getLocalAddress();
        self = Objects.requireNonNull(config.nodes().byX25519(config.identity().publicKey().x25519()));
        loop = EventLoop.start("node-" + self, MonotonicClock::nowNs);
        planner = new RoutePlanner(config.nodes(), config.settings(), random);
        egress = new Egress(this);
        arrivals = new Arrivals(this, egress);
    }

    /** @throws IOException if its address cannot be listened on */
    public static RouteNode start(RouteNodeConfig config) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open();
        try {
            listening.bind(config.listen(), BACKLOG);
            listening.configureBlocking(false);
        } catch (IOException e) {
            listening.close();
            throw new IOException("cannot listen on " + config.listen() + " for trunks: " + e.getMessage(), e);
        }
        RouteNode node = new RouteNode(config, listening);
        node.loop.execute(node::begin);
        return node;
    }

    private void begin() {
        try {
            loop.register(listening, SelectionKey.OP_ACCEPT, new Accepting());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, self + " takes no trunks in", e);
        }
        if (config.trunk().cellsPerSecond() == 0)
            return;
        for (Node other : config.nodes().nodes()) // when a trunk begins must not show when a leg does
            if (!other.equals(self))
                neighbour(other).connect();
    }

    private final class Accepting implements EventLoop.Ready {
        private static final long PAUSE_NS = 100_000_000L;

        @Override
        public void ready(SelectionKey key) {
            try {
                for (SocketChannel channel = listening.accept(); channel != null; channel = listening.accept())
                    arrived(channel);
            } catch (IOException e) { // no descriptor is left, most likely: what comes meanwhile waits in the backlog
                LOG.log(System.Logger.Level.DEBUG, "accept", e);
                key.interestOps(0);
                loop.after(PAUSE_NS, () -> {
                    if (key.isValid())
                        key.interestOps(SelectionKey.OP_ACCEPT);
                });
            }
        }

        @Override
        public void broken() {
            LOG.log(System.Logger.Level.ERROR, self + " takes no more trunks in");
        }
    }

    private void arrived(SocketChannel channel) throws IOException {
        if (strangers.size() >= MOST_STRANGERS) { // the oldest: nobody who only connects keeps nodes out
            counters.strangersTurnedAway.increment();
            TrunkLink oldest = strangers.iterator().next();
            strangers.remove(oldest);
            oldest.cut();
        }
        Trunk trunk = Trunk.acceptor(config.trunk(), config.identity(), config.nodes(), random, loop.nowNs());
        try {
            strangers.add(new TrunkLink(loop, buffers, channel, trunk, new Acceptance(), counters));
        } catch (IOException e) { // it has gone by itself
            channel.close();
        }
    }

    /** What trunks that others opened tell. */
    private final class Acceptance implements TrunkLink.Owner {
        @Override
        public void opened(TrunkLink link, Node peer) {
            strangers.remove(link);
            List<TrunkLink> links = accepted.computeIfAbsent(peer, _ -> new ArrayList<>(1));
            links.add(link);
            if (links.size() > TRUNKS_PER_NODE)
                links.getFirst().close();
        }

        @Override
        public void streamOpened(StreamPort stream, byte[] header) {
            arrivals.arrived(stream, header);
        }

        @Override
        public void closed(TrunkLink link, TrunkClose reason) {
            strangers.remove(link);
            accepted.values().forEach(links -> links.remove(link));
        }
    }

    /** Where its trunks are accepted, port resolved. */
    public InetSocketAddress address() {
        return address;
    }

    public RouteCounters counters() {
        return counters;
    }

    /** This node as it stands in the list. */
    public Node self() {
        return self;
    }

    /**
     * As an egress: dials with this from now on. Connections that there are go on for the overlap, then they are reset:
     * resumable legs take another way, plain ones are over. From any thread.
     *
     * @throws IllegalArgumentException if there is no such service
     */
    public void changeAuthenticator(String service, EgressService to, Duration overlap) {
        int epoch = egress.change(service, to);
        loop.execute(() -> loop.after(overlap.toNanos(), () -> egress.overlapEnded(service, epoch)));
    }

    /** Cuts all trunks without a word, as a broken network would; they are opened again. For tests. */
    void cutTrunks() {
        loop.execute(() -> {
            for (TrunkLink link : links())
                link.cut();
        });
    }

    /** Its trunks, whoever opened them. On the loop. */
    List<TrunkLink> links() {
        List<TrunkLink> links = new ArrayList<>(strangers);
        accepted.values().forEach(links::addAll);
        for (Neighbour neighbour : neighbours.values()) {
            TrunkLink link = neighbour.link();
            if (link != null)
                links.add(link);
        }
        return links;
    }

    Neighbour neighbour(Node node) {
        return neighbours.computeIfAbsent(node, other -> new Neighbour(this, other));
    }

    RouteNodeConfig config() {
        return config;
    }

    EventLoop loop() {
        return loop;
    }

    Buffers buffers() {
        return buffers;
    }

    RandomSource random() {
        return random;
    }

    CipherPool pool() {
        return pool;
    }

    RoutePlanner planner() {
        return planner;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    boolean isClosed() {
        return closed;
    }

    /** Since 1970, for the headers of mix legs. */
    long epochSeconds() {
        return Instant.now().getEpochSecond();
    }

    /** Tells the other ends of its trunks, and stops; what is on its way is lost. */
    @Override
    public void close() {
        if (closed)
            return;
        closed = true;
        CountDownLatch told = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                links().forEach(TrunkLink::close);
            } finally {
                told.countDown();
            }
        });
        try {
            told.await(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /** Stops without a word: what is left to the others is that their connections end. */
    void kill() {
        closed = true;
        loop.close();
        try {
            listening.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
