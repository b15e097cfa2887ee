package org.schiltron.relay;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What one source prefix has and may have. From any thread. */
final class SourcePrefix {
    final SourceKey key;
    final ByteQuota buffered;
    /** Requests that have begun to come and are not whole. */
    final AtomicInteger sending = new AtomicInteger();
    private final long intervalNs;
    private final long burstNs;
    /** When all that was taken is paid for (the generic cell rate algorithm's theoretical arrival time). */
    private final AtomicLong paidNs;
    /** The same for flows: whose sources may be forged, and must not shut out who really connects from there. */
    private final AtomicLong flowsPaidNs;
    /** Written under the map's lock of this key. */
    int connections;

    SourcePrefix(SourceKey key, EdgeLimits limits, long nowNs) {
        this.key = key;
        this.buffered = new ByteQuota(limits.bufferedBytesPerPrefix());
        this.intervalNs = 1_000_000_000L / limits.legsPerSecond();
        this.burstNs = intervalNs * limits.legsBurst();
        this.paidNs = new AtomicLong(nowNs);
        this.flowsPaidNs = new AtomicLong(nowNs);
    }

    /** Whether it may open one more leg now; takes it if so. */
    boolean takeLeg(long nowNs) {
        return take(paidNs, nowNs);
    }

    /** Likewise a flow of datagrams. */
    boolean takeFlow(long nowNs) {
        return take(flowsPaidNs, nowNs);
    }

    private boolean take(AtomicLong bucketNs, long nowNs) {
        long paid;
        long next;
        do {
            paid = bucketNs.get();
            next = Math.max(paid, nowNs) + intervalNs;
            if (next - nowNs > burstNs)
                return false;
        } while (!bucketNs.compareAndSet(paid, next));
        return true;
    }

    /** Nothing is remembered of it that would matter. */
    boolean isRested(long nowNs) {
        return paidNs.get() - nowNs <= 0 && flowsPaidNs.get() - nowNs <= 0;
    }
}
