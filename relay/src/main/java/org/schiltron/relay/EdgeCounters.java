package org.schiltron.relay;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What an edge counted. Written by its loops; any thread may read and sees values that are at most a moment old. */
public final class EdgeCounters {
    final LongAdder connectionsOpened = new LongAdder();
    final LongAdder connectionsClosed = new LongAdder();
    final LongAdder legsOpened = new LongAdder();
    final LongAdder legsClosed = new LongAdder();
    final LongAdder legsChanged = new LongAdder();
    final LongAdder legsQueued = new LongAdder();
    final LongAdder legsReclaimed = new LongAdder();
    final LongAdder bytesToBackend = new LongAdder();
    final LongAdder bytesToClient = new LongAdder();
    final LongAdder flowsOpened = new LongAdder();
    final LongAdder flowsClosed = new LongAdder();
    final LongAdder datagramsToBackend = new LongAdder();
    final LongAdder datagramsToClient = new LongAdder();
    final ByteQuota buffered;
    private final Map<EdgeDrop, LongAdder> drops = new EnumMap<>(EdgeDrop.class);

    /** @param buffered how many bytes may wait in all */
    EdgeCounters(ByteQuota buffered) {
        this.buffered = buffered;
        for (EdgeDrop reason : EdgeDrop.values())
            drops.put(reason, new LongAdder());
    }

    void drop(EdgeDrop reason) {
        adder(reason).increment();
    }

    private LongAdder adder(EdgeDrop reason) {
        LongAdder adder = drops.get(reason);
        if (adder == null)
            throw new AssertionError("every reason has a counter");
        return adder;
    }

    /** How often for this reason. */
    public long dropped(EdgeDrop reason) {
        return adder(reason).sum();
    }

    /** The reasons that occurred. */
    public Map<EdgeDrop, Long> drops() {
        Map<EdgeDrop, Long> seen = new EnumMap<>(EdgeDrop.class);
        for (EdgeDrop reason : EdgeDrop.values()) {
            if (dropped(reason) > 0)
                seen.put(reason, dropped(reason));
        }
        return seen;
    }

    /** Clients' connections that were taken. */
    public long connectionsOpened() {
        return connectionsOpened.sum();
    }

    public long connectionsOpen() {
        return Math.max(0, connectionsOpened.sum() - connectionsClosed.sum());
    }

    /** Legs that reached their backend. */
    public long legsOpened() {
        return legsOpened.sum();
    }

    public long legsOpen() {
        return Math.max(0, legsOpened.sum() - legsClosed.sum());
    }

    /** Legs that took another's place while the client's connection stayed. */
    public long legsChanged() {
        return legsChanged.sum();
    }

    /** Clients that had to wait for a leg. */
    public long legsQueued() {
        return legsQueued.sum();
    }

    /** Legs taken from clients that said nothing, for clients that waited. */
    public long legsReclaimed() {
        return legsReclaimed.sum();
    }

    public long bytesToBackend() {
        return bytesToBackend.sum();
    }

    public long bytesToClient() {
        return bytesToClient.sum();
    }

    /** Bytes of buffers that hold what a side has not taken yet, now. */
    public long bytesBuffered() {
        return buffered.used();
    }

    /** UDP flows, now. */
    public long flowsOpen() {
        return Math.max(0, flowsOpened.sum() - flowsClosed.sum());
    }

    public long datagramsToBackend() {
        return datagramsToBackend.sum();
    }

    public long datagramsToClient() {
        return datagramsToClient.sum();
    }
}
