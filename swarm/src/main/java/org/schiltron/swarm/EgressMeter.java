package org.schiltron.swarm;

/**
 * Measures what a mailbox sends over windows of {@value #WINDOW_MS} ms. Busy while the last whole window, or the one
 * under way, is over the threshold.
 */
final class EgressMeter {
    static final int WINDOW_MS = 100;
    private static final long WINDOW_NS = WINDOW_MS * 1_000_000L;

    private final long thresholdBytes;
    private long windowEndNs = Long.MIN_VALUE;
    private long lastBytes;
    private long bytes;

    EgressMeter(long thresholdBytesPerSecond) {
        thresholdBytes = thresholdBytesPerSecond * WINDOW_MS / 1_000;
    }

    void advance(long nowNs) {
        if (nowNs < windowEndNs)
            return;
        lastBytes = windowEndNs != Long.MIN_VALUE && nowNs - windowEndNs < WINDOW_NS ? bytes : 0;
        bytes = 0;
        windowEndNs = nowNs + WINDOW_NS;
    }

    void sent(int length) {
        bytes += length;
    }

    boolean busy() {
        return Math.max(lastBytes, bytes) > thresholdBytes;
    }

    long windowEndNs() {
        return windowEndNs;
    }
}
