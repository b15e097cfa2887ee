package org.schiltron.app;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.schiltron.host.MonotonicClock;

/**
 * Legitimate requests at a steady rate, each on a connection of its own and counted whatever becomes of it: one that has
 * not been answered in full after {@link #TIMEOUT_NS} has failed. Latency runs from when the request was due.
 */
final class DemoLoad {
    static final long TIMEOUT_NS = 4_000_000_000L;
    private static final int MAX_OPEN = 2_000;

    /** One way to the service. */
    @FunctionalInterface
    interface Way {
        byte[] fetch(long deadlineNs) throws IOException, InterruptedException;
    }

    private final byte[] expected;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentHistogram latencyUs = new ConcurrentHistogram(60_000_000L, 3);

    DemoLoad(byte[] expected) {
        this.expected = expected;
    }

    /** Runs {@code perSecond} requests a second over the ways in turn for {@code durationNs}, then waits for the last. */
    void run(Way[] ways, double perSecond, long durationNs) throws InterruptedException {
        Semaphore open = new Semaphore(MAX_OPEN);
        long startNs = MonotonicClock.nowNs();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0;; i++) {
                long dueNs = startNs + (long) (i / perSecond * 1e9);
                if (dueNs - startNs >= durationNs)
                    break;
                Thread.sleep(java.time.Duration.ofNanos(Math.max(0, dueNs - MonotonicClock.nowNs())));
                Way way = ways[(int) (i % ways.length)];
                sent.incrementAndGet();
                if (open.tryAcquire())
                    requests.execute(() -> request(way, dueNs, open));
            }
            requests.shutdown();
            if (!requests.awaitTermination(2 * TIMEOUT_NS, TimeUnit.NANOSECONDS))
                requests.shutdownNow();
        }
    }

    private void request(Way way, long dueNs, Semaphore open) {
        try {
            byte[] body = way.fetch(dueNs + TIMEOUT_NS);
            long tookNs = MonotonicClock.nowNs() - dueNs;
            if (tookNs <= TIMEOUT_NS && (expected.length == 0 || Arrays.equals(body, expected))) {
                latencyUs.recordValue(Math.min(60_000_000L, tookNs / 1_000));
                bytes.addAndGet(body.length);
                succeeded.incrementAndGet();
            }
        } catch (IOException e) {
            // failed: counted as sent and not as succeeded
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.release();
        }
    }

    long sent() {
        return sent.get();
    }

    double successRate() {
        return sent.get() == 0 ? 0 : (double) succeeded.get() / sent.get();
    }

    long bytes() {
        return bytes.get();
    }

    /** Of those that succeeded; 0 if none did. */
    double latencyMs(double percentile) {
        return latencyUs.getTotalCount() == 0 ? 0 : latencyUs.getValueAtPercentile(percentile) / 1e3;
    }
}
