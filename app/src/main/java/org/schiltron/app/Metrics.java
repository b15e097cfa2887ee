package org.schiltron.app;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.UdpSockets;
import org.schiltron.host.RelayDrop;
import org.schiltron.host.TrafficCounters;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.relay.EdgeCounters;
import org.schiltron.relay.EdgeDrop;

/**
 * What Prometheus reads. Machines are not asked through their loops: a scrape reads their counters as they are, each at
 * most a moment old.
 */
final class Metrics implements AutoCloseable {
    private record Source(String role, String instance, Counters counters) {
    }

    private record Sockets(String role, String instance, UdpSockets sockets) {
    }

    private record Reading(String instance, DoubleSupplier value) {
    }

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private final List<Sockets> sockets = new CopyOnWriteArrayList<>();
    private final Map<String, TrafficCounters> relays = new ConcurrentHashMap<>();
    private volatile @Nullable EdgeCounters edge;
    private volatile @Nullable RingRules rules;
    private final Map<String, List<Reading>> gauges = new TreeMap<>();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final MetricsServer server;

    private Metrics(InetSocketAddress at) throws IOException {
        total("schiltron_datagrams_in", "UDP datagrams received", Counters::datagramsIn);
        total("schiltron_datagrams_out", "UDP datagrams sent", Counters::datagramsOut);
        total("schiltron_bytes_in", "bytes of UDP payload received", Counters::bytesIn);
        total("schiltron_bytes_out", "bytes of UDP payload sent", Counters::bytesOut);
        udp("receive_dropped", "datagrams lost for want of room in a receive buffer", UdpSockets::kernelDrops);
        udp("send_dropped", "datagrams lost for want of room in the system's send queue", s -> s.counters().fullOut());
        udp("send_refused", "datagrams the system would not send: no route, too long, filtered",
                s -> s.counters().unreachableOut());
        udp("trains_refused", "trains the system would not cut apart, sent one by one instead",
                s -> s.counters().trainsRefused());
        CounterWithCallback.builder().name("schiltron_drops").help("packets that went no further, by reason")
                .labelNames("role", "instance", "reason").callback(callback -> {
                    for (Source source : sources) {
                        for (Drop reason : Drop.values())
                            callback.call((double) source.counters.drops(reason), source.role, source.instance,
                                    reason.label());
                    }
                }).register(registry);
        CounterWithCallback.builder().name("schiltron_relay_drops")
                .help("programs' datagrams that went no further, by reason")
                .labelNames("instance", "reason").callback(callback -> relays.forEach((instance, traffic) -> {
                    for (RelayDrop reason : RelayDrop.values())
                        callback.call((double) traffic.dropped(reason), instance, reason.label());
                })).register(registry);
        ofRules("schiltron_rules_packets", "packets that a ring on the path judged, by enforcer and verdict", "verdict",
                RingRules::countVerdicts);
        ofRules("schiltron_rules_matched", "packets that met a rule's conditions, of the first 1,000 rules", "rule",
                RingRules::countMatches);
        ofRules("schiltron_shared_requests",
                "requests told to a ring's other borders, heard of them or lost, and datagrams refused, by reason",
                "what", RingRules::countShared);
        CounterWithCallback.builder().name("schiltron_edge_drops")
                .help("clients' connections, exchanges and datagrams that an edge ended or refused, by reason")
                .labelNames("reason").callback(callback -> {
                    EdgeCounters of = edge;
                    for (EdgeDrop reason : EdgeDrop.values())
                        if (of != null)
                            callback.call((double) of.dropped(reason), reason.label());
                }).register(registry);
        write("", new ByteArrayOutputStream()); // loads what it needs while there are file descriptors for it
        server = MetricsServer.open(at, this::write);
    }

    private void ofRules(String name, String help, String label, BiConsumer<RingRules, RingRules.Count> counting) {
        CounterWithCallback.builder().name(name).help(help).labelNames("enforcer", label).callback(callback -> {
            RingRules of = rules;
            if (of != null)
                counting.accept(of, (enforcer, what, count) -> callback.call((double) count, enforcer, what));
        }).register(registry);
    }

    /** In the format of those it has that the reader likes best. */
    private String write(String accept, ByteArrayOutputStream out) throws IOException {
        ExpositionFormatWriter writer = formats.findWriter(accept);
        writer.write(out, registry.scrape());
        return writer.getContentType();
    }

    /** Serves {@code /metrics} at the address; port 0 takes a free one. */
    static Metrics serve(InetSocketAddress at) {
        try {
            return new Metrics(at);
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, "metrics " + Addresses.toText(at) + ": " + Reason.of(e)
                    + "; choose another with --metrics, or --metrics 127.0.0.1:0 for any free port", e);
        }
    }

    int port() {
        return server.port();
    }

    /**
     * @param role     mailbox, ring, protect or connect
     * @param instance which of several in this process
     */
    void add(String role, String instance, Counters counters) {
        sources.add(new Source(role, instance, counters));
    }

    /** What fronts or backends dropped. */
    void add(String instance, TrafficCounters traffic) {
        relays.put(instance, traffic);
    }

    /** What the process's rules counted. */
    void add(RingRules of) {
        rules = of;
    }

    /** What the process's edge counted. */
    void add(EdgeCounters of) {
        edge = of;
        reading("schiltron_edge_connections", "clients' TCP connections now", of::connectionsOpen);
        reading("schiltron_edge_legs", "connections to services now", of::legsOpen);
        reading("schiltron_edge_flows", "UDP flows now", of::flowsOpen);
        reading("schiltron_edge_buffered_bytes", "what waits for slow readers", of::bytesBuffered);
        totalOf("schiltron_edge_connections_taken", "clients' TCP connections taken", of::connectionsOpened);
        totalOf("schiltron_edge_legs_changed", "legs that took another's place while the client stayed",
                of::legsChanged);
        totalOf("schiltron_edge_bytes_to_service", "bytes of TCP from clients", of::bytesToBackend);
        totalOf("schiltron_edge_bytes_to_clients", "bytes of TCP to clients", of::bytesToClient);
        totalOf("schiltron_edge_datagrams_to_service", "UDP datagrams from clients", of::datagramsToBackend);
        totalOf("schiltron_edge_datagrams_to_clients", "UDP datagrams to clients", of::datagramsToClient);
    }

    private void reading(String name, String help, LongSupplier value) {
        gauge(name, help, "0", value::getAsLong);
    }

    private void totalOf(String name, String help, LongSupplier value) {
        CounterWithCallback.builder().name(name).help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }

    void add(String role, String instance, UdpSockets of) {
        sockets.add(new Sockets(role, instance, of));
    }

    /**
     * @param name  with its unit at the end
     * @param value called from the scraping thread
     */
    void gauge(String name, String help, String instance, DoubleSupplier value) {
        List<Reading> readings;
        synchronized (gauges) {
            readings = gauges.get(name);
            if (readings == null) {
                List<Reading> fresh = new CopyOnWriteArrayList<>();
                gauges.put(name, fresh);
                GaugeWithCallback.builder().name(name).help(help).labelNames("instance").callback(
                        callback -> fresh.forEach(r -> callback.call(r.value.getAsDouble(), r.instance)))
                        .register(registry);
                readings = fresh;
            }
        }
        readings.add(new Reading(instance, value));
    }

    @Override
    public void close() {
        server.close();
    }

    /** What the system did with datagrams before or after the machine. */
    private void udp(String name, String help, ToLongFunction<UdpSockets> value) {
        CounterWithCallback.builder().name("schiltron_udp_" + name).help(help).labelNames("role", "instance")
                .callback(callback -> {
                    for (Sockets of : sockets)
                        callback.call((double) value.applyAsLong(of.sockets), of.role, of.instance);
                }).register(registry);
    }

    private void total(String name, String help, ToLongFunction<Counters> value) {
        CounterWithCallback.builder().name(name).help(help).labelNames("role", "instance").callback(callback -> {
            for (Source source : sources)
                callback.call((double) value.applyAsLong(source.counters), source.role, source.instance);
        }).register(registry);
    }
}
