package org.schiltron.host;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What fronts and backends counted. "In" is from programs into the tunnel, "out" from the tunnel to programs. Safe to
 * read from any thread.
 */
public final class TrafficCounters {
    final LongAdder connectionsOpened = new LongAdder();
    final LongAdder connectionsClosed = new LongAdder();
    final LongAdder connectionsRefused = new LongAdder();
    final LongAdder connectionsReset = new LongAdder();
    final LongAdder acceptErrors = new LongAdder();
    final LongAdder bytesIn = new LongAdder();
    final LongAdder bytesOut = new LongAdder();
    final LongAdder datagramsIn = new LongAdder();
    final LongAdder datagramsOut = new LongAdder();
    final LongAdder flowsOpened = new LongAdder();
    final LongAdder flowsClosed = new LongAdder();
    private final Map<RelayDrop, LongAdder> drops = new EnumMap<>(RelayDrop.class); // complete, never changed

    TrafficCounters() {
        for (RelayDrop reason : RelayDrop.values())
            drops.put(reason, new LongAdder());
    }

    private LongAdder adder(RelayDrop reason) {
        return Objects.requireNonNull(drops.get(reason));
    }

    void drop(RelayDrop reason) {
        adder(reason).increment();
    }

    /** TCP connections open now, those that still wait for a session or for their backend included. */
    public long connectionsOpen() {
        return Math.max(0, connectionsOpened.sum() - connectionsClosed.sum());
    }

    public long connectionsTotal() {
        return connectionsOpened.sum();
    }

    /**
     * Closed before any byte crossed: a limit was reached, the session did not open in time, the backend is unknown or
     * did not accept, or a SOCKS client asked for what is not served.
     */
    public long connectionsRefused() {
        return connectionsRefused.sum();
    }

    /** Ended by a reset from either side, or with their session. */
    public long connectionsReset() {
        return connectionsReset.sum();
    }

    /** Times that accepting was paused, usually because the process has no more file descriptors. */
    public long acceptErrors() {
        return acceptErrors.sum();
    }

    public long bytesIn() {
        return bytesIn.sum();
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    public long datagramsIn() {
        return datagramsIn.sum();
    }

    public long datagramsOut() {
        return datagramsOut.sum();
    }

    /** Datagrams of programs that went no further for this reason. */
    public long dropped(RelayDrop reason) {
        return adder(reason).sum();
    }

    /** For any reason. */
    public long datagramsDropped() {
        return drops.values().stream().mapToLong(LongAdder::sum).sum();
    }

    public long flowsOpen() {
        return Math.max(0, flowsOpened.sum() - flowsClosed.sum());
    }
}
