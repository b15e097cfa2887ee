package org.schiltron.relay;

/**
 * Notices a client that takes what waits for it slower than is allowed: looked at once a minute, only while something
 * waits. Its memory is bounded without this; but it holds a leg, and with it a place at the backend.
 */
final class SlowWatch {
    /** What {@link EdgeLimits#slowest} is measured over, seconds. */
    private static final long SECONDS = 60;
    private static final long NEVER = Long.MAX_VALUE;

    private final Flow toClient;
    private long bytesBefore;
    private long nextNs = NEVER;

    SlowWatch(Flow toClient) {
        this.toClient = toClient;
    }

    /** When to look next; {@link Long#MAX_VALUE} while nothing waits. */
    long nextNs() {
        return nextNs;
    }

    /** Whether it has just begun to watch. */
    boolean begin(long nowNs) {
        if (nextNs != NEVER || !toClient.isStalled())
            return false;
        bytesBefore = toClient.bytes();
        nextNs = nowNs + SECONDS * 1_000_000_000L;
        return true;
    }

    /** Whether the client was too slow. */
    boolean tooSlow(long nowNs, EdgeLimits limits) {
        if (nextNs - nowNs > 0)
            return false;
        nextNs = NEVER;
        boolean slow = toClient.isStalled() && toClient.bytes() - bytesBefore < limits.slowest() * SECONDS;
        begin(nowNs);
        return slow;
    }
}
