package org.schiltron.relay;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Clients by source prefix. A prefix is remembered while it has connections, and a few seconds longer while it has not
 * rested from the legs it opened. At most {@link EdgeLimits#maxConnections} with connections, and as many resting:
 * then those that leave are forgotten at once. From any thread.
 */
final class SourcePrefixes {
    private final EdgeLimits limits;
    private final ConcurrentHashMap<SourceKey, SourcePrefix> byKey = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();

    SourcePrefixes(EdgeLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes one more connection in; {@link #leave} lets it out.
     *
     * @return null if the prefix, or the edge, has as many as it may: {@link #isFull} says which
     */
    @Nullable
    SourcePrefix enter(InetAddress source, long nowNs) {
        if (connections.incrementAndGet() > limits.maxConnections()) {
            connections.decrementAndGet();
            return null;
        }
        boolean[] entered = new boolean[1];
        SourcePrefix prefix = byKey.compute(key(source), (key, known) -> {
            SourcePrefix it = known == null ? new SourcePrefix(key, limits, nowNs) : known;
            entered[0] = it.connections < limits.connectionsPerPrefix();
            if (entered[0])
                it.connections++;
            return it;
        });
        if (entered[0])
            return prefix;
        connections.decrementAndGet();
        return null;
    }

    /**
     * For what is no connection. When too many prefixes are remembered, one that is not has its flow and is not
     * remembered: a flood of forged sources is bounded elsewhere.
     */
    boolean takeFlow(InetAddress source, long nowNs) {
        SourceKey key = key(source);
        SourcePrefix known = byKey.get(key);
        if (known == null && byKey.size() < 2 * limits.maxConnections())
            known = byKey.computeIfAbsent(key, it -> new SourcePrefix(it, limits, nowNs));
        return known == null || known.takeFlow(nowNs);
    }

    void leave(SourcePrefix prefix, long nowNs) {
        connections.decrementAndGet();
        byKey.computeIfPresent(prefix.key, (key, it) -> --it.connections == 0
                && (it.isRested(nowNs) || byKey.size() > 2 * limits.maxConnections()) ? null : it);
    }

    boolean isFull() {
        return connections.get() >= limits.maxConnections();
    }

    /** Forgets those that rested. To be called now and then. */
    void sweep(long nowNs) {
        for (SourceKey key : byKey.keySet())
            byKey.computeIfPresent(key, (k, it) -> it.connections == 0 && it.isRested(nowNs) ? null : it);
    }

    int size() {
        return byKey.size();
    }

    /** What counts as one client. */
    SourceKey key(InetAddress source) {
        return SourceKey.prefix(source, limits.prefixV4(), limits.prefixV6());
    }
}
