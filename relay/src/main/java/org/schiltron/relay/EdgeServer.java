package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An edge that runs: takes clients in at its entrances and relays them to its services. Its loops share nothing but
 * counters, what each source prefix has, and the number of legs of each service.
 */
public final class EdgeServer implements AutoCloseable {
    private static final long SWEEP_NS = 1_000_000_000L;

    /** TLS handshakes that wait for arithmetic; further ones are refused. 1,024 take a core about a second. */
    private static final int TLS_TASKS = 1_024;

    private final EdgeConfig config;
    private final EdgeLimits limits;
    private final EdgeCounters counters;
    private final SourcePrefixes prefixes;
    private final Map<String, ServiceLegs> services = new LinkedHashMap<>();
    private final List<Shard> shards = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final List<UdpIngress> udp = new ArrayList<>();
    private final ThreadPoolExecutor tlsTasks;
    private volatile boolean closed;

    private EdgeServer(EdgeConfig config) {
        this.config = config;
        this.limits = withinDescriptors(config);
        this.counters = new EdgeCounters(new ByteQuota(limits.bufferedBytes()));
        this.prefixes = new SourcePrefixes(limits);
        this.tlsTasks = new ThreadPoolExecutor(config.loops(), config.loops(), 10, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(TLS_TASKS), Thread.ofPlatform().name("edge-tls-", 0).daemon().factory());
        tlsTasks.allowCoreThreadTimeOut(true);
        for (Service service : config.services())
            services.put(service.name(), new ServiceLegs(service));
    }

    private static EdgeLimits withinDescriptors(EdgeConfig config) {
        EdgeLimits limits = config.limits();
        int most = Descriptors
                .connections(config.udp().stream().mapToInt(entrance -> entrance.limits().maxFlows()).sum());
        return limits.withConnections(Math.min(most, limits.maxConnections()), limits.connectionsPerPrefix());
    }

    /** @throws IOException if an address cannot be listened on, or a key not be read: nothing was started then */
    public static EdgeServer start(EdgeConfig config) throws IOException {
        EdgeServer edge = new EdgeServer(config);
        try {
            edge.open();
            return edge;
        } catch (IOException | RuntimeException e) {
            edge.stop();
            throw e;
        }
    }

    private void open() throws IOException {
        for (int i = 0; i < config.loops(); i++)
            shards.add(new Shard(EventLoop.start("edge-" + i, config.clock())));
        for (TcpEntrance entrance : config.tcp()) {
            TlsIdentity tls = entrance.tls();
            Ingress ingress = new Ingress(this, entrance, tls == null ? null : new TlsContext(tls, tlsTasks));
            acceptors.add(Acceptor.listen(this, ingress, entrance.address()));
        }
        for (UdpEntrance entrance : config.udp())
            udp.add(UdpIngress.listen(this, shards.get(udp.size() % shards.size()).loop(), entrance));
        EventLoop first = shards.getFirst().loop();
        first.execute(() -> sweep(first));
        for (Acceptor acceptor : acceptors)
            acceptor.start();
        for (UdpIngress ingress : udp)
            ingress.loop().execute(ingress::start);
    }

    private void sweep(EventLoop loop) {
        prefixes.sweep(loop.nowNs());
        loop.after(SWEEP_NS, () -> sweep(loop));
    }

    public EdgeCounters counters() {
        return counters;
    }

    /** Clients' connections at once: as the limits say, or as there are file descriptors for, two for each. */
    public int maxConnections() {
        return limits.maxConnections();
    }

    /** Where it listens for TCP, in the order of the entrances, ports resolved. */
    public List<InetSocketAddress> tcpAddresses() {
        return acceptors.stream().map(Acceptor::localAddress).toList();
    }

    /** Where it listens for UDP, in the order of the entrances, ports resolved. */
    public List<InetSocketAddress> udpAddresses() {
        return udp.stream().map(UdpIngress::localAddress).toList();
    }

    /**
     * New legs of the service show this from now on. Legs that there are go on for the overlap: those that can change
     * by themselves do, those with an {@link ExchangeGuard} are exchanged between two of their requests, and what is
     * left when the overlap ends is reset and counted.
     *
     * @throws IllegalArgumentException if there is no such service
     */
    public void changeAuthenticator(String service, LegAddress to, Duration overlap) {
        ServiceLegs legs = services.get(service);
        if (legs == null)
            throw new IllegalArgumentException("no service is called \"" + service + "\"");
        int epoch = legs.change(to);
        for (Shard shard : shards)
            shard.loop().execute(() -> {
                shard.forEach(connection -> connection.authenticatorChanged(legs));
                shard.loop().after(overlap.toNanos(),
                        () -> shard.forEach(connection -> connection.overlapEnded(legs, epoch)));
            });
        for (UdpIngress ingress : udp)
            ingress.loop().execute(
                    () -> ingress.loop().after(overlap.toNanos(), () -> ingress.overlapEnded(legs, epoch)));
    }

    /** Its loops look at their clock. */
    void wakeUp() {
        shards.forEach(shard -> shard.loop().wakeUp());
    }

    EdgeLimits limits() {
        return limits;
    }

    SourcePrefixes prefixes() {
        return prefixes;
    }

    @Nullable
    ServiceLegs service(String name) {
        return services.get(name);
    }

    /** On the acceptor's thread. */
    void arrived(Ingress ingress, SocketChannel channel) {
        SourcePrefix prefix;
        try {
            InetSocketAddress from = Ingress.addressOf(channel.getRemoteAddress());
            prefix = prefixes.enter(from.getAddress(), config.clock().getAsLong());
        } catch (IOException e) { // gone already
            turnAway(channel);
            return;
        }
        if (prefix == null) {
            counters.drop(prefixes.isFull() ? EdgeDrop.CONNECTIONS_FULL : EdgeDrop.CONNECTIONS_OF_PREFIX);
            turnAway(channel);
            return;
        }
        counters.connectionsOpened.increment();
        Shard shard = leastLoaded();
        shard.loop().load.incrementAndGet();
        shard.loop().execute(() -> begin(shard, ingress, prefix, channel));
    }

    private Shard leastLoaded() {
        Shard least = shards.getFirst();
        for (Shard shard : shards)
            if (shard.loop().load.get() < least.loop().load.get())
                least = shard;
        return least;
    }

    private void begin(Shard shard, Ingress ingress, SourcePrefix prefix, SocketChannel channel) {
        try {
            new Connection(shard, ingress, prefix, channel).start();
        } catch (IOException e) { // gone already
            turnAway(channel);
            left(prefix, shard);
        }
    }

    private static void turnAway(SocketChannel channel) {
        try (channel) {
            TcpEnd.resetOnClose(channel);
        } catch (IOException e) {
            // it has gone by itself
        }
    }

    /**
     * Clients wait for legs: those that others hold between two requests and do not use are closed, as many as are
     * waited for, so that nobody keeps a service busy by doing nothing. Looked for ten times a second at most.
     */
    void reclaimLegs(ServiceLegs wanted) {
        if (!wanted.reclaim())
            return;
        for (Shard shard : shards)
            shard.loop().execute(() -> shard.forEach(connection -> {
                if (wanted.queued() > 0)
                    connection.giveUpIdleLeg(wanted);
            }));
        EventLoop first = shards.getFirst().loop();
        first.execute(() -> first.after(TimerWheel.TICK_NS, () -> {
            wanted.reclaimed();
            reclaimLegs(wanted);
        }));
    }

    /** A connection has closed. */
    void left(SourcePrefix prefix, Shard shard) {
        counters.connectionsClosed.increment();
        shard.loop().load.decrementAndGet();
        prefixes.leave(prefix, shard.loop().nowNs());
    }

    /**
     * Takes no more clients in, lets those that are in the middle of something finish for at most
     * {@link EdgeLimits#drain}, then resets the rest.
     */
    @Override
    public void close() {
        if (closed)
            return;
        closed = true;
        acceptors.forEach(Acceptor::close);
        for (UdpIngress ingress : udp)
            ingress.loop().execute(ingress::close);
        CountDownLatch gone = new CountDownLatch(shards.size());
        for (Shard shard : shards)
            shard.loop().execute(() -> drain(shard, gone));
        try {
            if (!gone.await(limits().drain().toNanos(), TimeUnit.NANOSECONDS)) {
                CountDownLatch reset = new CountDownLatch(shards.size());
                for (Shard shard : shards)
                    shard.loop().execute(() -> {
                        shard.forEach(connection -> connection.drop(EdgeDrop.STOPPED));
                        reset.countDown();
                    });
                reset.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
    }

    private void drain(Shard shard, CountDownLatch gone) {
        shard.forEach(Connection::drain);
        if (shard.isEmpty())
            gone.countDown();
        else
            shard.loop().after(TimerWheel.TICK_NS, () -> drain(shard, gone));
    }

    private void stop() {
        acceptors.forEach(Acceptor::close);
        for (UdpIngress ingress : udp)
            ingress.loop().execute(ingress::close);
        shards.forEach(shard -> shard.loop().close());
        tlsTasks.shutdownNow();
    }
}
