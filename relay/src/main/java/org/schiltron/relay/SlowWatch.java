package org.schiltron.relay;

/** Whether a client for whom bytes wait takes them at the least rate, over a minute. */
final class SlowWatch {
    private static final long OVER_NS = 60_000_000_000L;

    private boolean runs;
    private long fromBytes;
    private long endsNs;

    void begin(long bytes, long nowNs) {
        runs = true;
        fromBytes = bytes;
        endsNs = nowNs + OVER_NS;
    }

    boolean runs() {
        return runs;
    }

    /** When it is over, or the end of time. */
    long deadlineNs() {
        return runs ? endsNs : Long.MAX_VALUE;
    }

    /** Whether it has just come to its end; it no longer runs then. */
    boolean ends(long nowNs) {
        if (!runs || endsNs - nowNs > 0)
            return false;
        runs = false;
        return true;
    }

    /** @param slowest bytes a second */
    boolean isSlow(long bytes, long slowest) {
        return bytes - fromBytes < slowest * (OVER_NS / 1_000_000_000);
    }
}
