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
    /** The first bits of an address; an IPv4 address counts as IPv4-mapped. */
    record Key(long high, long low) {
    }

    private final EdgeLimits limits;
    private final ConcurrentHashMap<Key, SourcePrefix> byKey = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();

    SourcePrefixes(EdgeLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes one more connection in; {@link #leave} lets it out.
     *
     * @return null if the prefix, or the edge, has as many as it may: {@link #isFull} says which
     */
    @Nullable SourcePrefix enter(InetAddress source, long nowNs) {
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
        for (Key key : byKey.keySet())
            byKey.computeIfPresent(key, (k, it) -> it.connections == 0 && it.isRested(nowNs) ? null : it);
    }

    int size() {
        return byKey.size();
    }

    private Key key(InetAddress source) {
        byte[] bytes = source.getAddress();
        long high = 0;
        long low = 0;
        if (bytes.length == 4) {
            for (byte b : bytes)
                low = low << 8 | b & 0xff;
            return new Key(0, 0xffff_0000_0000L | low & -1L << 32 - limits.prefixV4());
        }
        for (int i = 0; i < 8; i++) {
            high = high << 8 | bytes[i] & 0xff;
            low = low << 8 | bytes[i + 8] & 0xff;
        }
        int bits = limits.prefixV6();
        return new Key(bits >= 64 ? high : high & -1L << 64 - bits,
                bits <= 64 ? 0 : low & -1L << 128 - bits);
    }
}
