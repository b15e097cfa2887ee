package org.schiltron.relay;

import java.util.concurrent.atomic.AtomicLong;

/** What one source prefix has and may have. From any thread. */
final class SourcePrefix {
    final SourceKey key;
    final ByteQuota buffered;
    private final long intervalNs;
    private final long burstNs;
    /** When all that was taken is paid for (the generic cell rate algorithm's theoretical arrival time). */
    private final AtomicLong paidNs;
    /** Written under the map's lock of this key. */
    int connections;

    SourcePrefix(SourceKey key, EdgeLimits limits, long nowNs) {
        this.key = key;
        this.buffered = new ByteQuota(limits.bufferedBytesPerPrefix());
        this.intervalNs = 1_000_000_000L / limits.legsPerSecond();
        this.burstNs = intervalNs * limits.legsBurst();
        this.paidNs = new AtomicLong(nowNs);
    }

    /** Whether it may open one more leg or flow now; takes it if so. */
    boolean takeLeg(long nowNs) {
        long paid;
        long next;
        do {
            paid = paidNs.get();
            next = Math.max(paid, nowNs) + intervalNs;
            if (next - nowNs > burstNs)
                return false;
        } while (!paidNs.compareAndSet(paid, next));
        return true;
    }

    /** Nothing is remembered of it that would matter. */
    boolean isRested(long nowNs) {
        return paidNs.get() - nowNs <= 0;
    }
}
