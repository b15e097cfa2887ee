package org.schiltron.bench;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

import org.schiltron.ring.NonceFilter;

/**
 * One filter under the load of the paper's line card: {@value #PER_SECOND} requests per second, each answered at a set age,
 * in packet batches of {@value #BATCH}. Time is counted by requests, so every filter sees the same second however fast it
 * is. Only calls of the filter are timed; keys are made beforehand, {@value #CHUNK} at a time.
 */
final class FilterLoad {
    static final int PER_SECOND = 12_500_000;
    static final long SECOND_NS = 1_000_000_000L;
    private static final int BATCH = 64;
    private static final int SLICES = 25;
    private static final int CHUNK = 16_384;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    final String name;
    private final NonceFilter filter;
    private final int perSecond;
    private final long[] requests = new long[CHUNK];
    private final long[] answers = new long[CHUNK];
    private final long[] batch = new long[BATCH];
    private final boolean[] verdicts = new boolean[BATCH];
    /** Requests made so far; request i has key {@code mix(i)}. */
    private long made;
    private long strangers = 1L << 40;
    private long allocatedBytes;
    private long packets;
    double falsePasses;
    double lostAtOneSecond;
    double lostAtHalfASecond;

    FilterLoad(String name, NonceFilter filter) {
        this(name, filter, PER_SECOND);
    }

    FilterLoad(String name, NonceFilter filter, int perSecond) {
        this.name = name;
        this.filter = filter;
        this.perSecond = perSecond;
    }

    /** Brings the filter to the full load and counts errors over the last whole second of it. */
    FilterLoad measureErrors() {
        int half = wholeChunks(perSecond / 2);
        remember(half);
        pairs(half, half, false);
        lostAtHalfASecond = pairs(half, half, false) / (double) half;
        remember(perSecond - half);
        long lost = 0;
        long passed = 0;
        int slice = wholeChunks(perSecond / SLICES);
        int strangersPerSlice = wholeChunks(80_000);
        for (int i = 0; i < SLICES; i++) {
            lost += pairs(slice, perSecond, false);
            passed += strangers(strangersPerSlice, false);
        }
        lostAtOneSecond = lost / (double) (SLICES * slice);
        falsePasses = passed / (double) (SLICES * strangersPerSlice);
        return this;
    }

    private static int wholeChunks(int count) {
        return (count + CHUNK - 1) / CHUNK * CHUNK;
    }

    /** For a filter that decides as {@code twin} does: only brings it to the full load. */
    void takeErrorsFrom(FilterLoad twin) {
        remember(perSecond);
        lostAtHalfASecond = twin.lostAtHalfASecond;
        lostAtOneSecond = twin.lostAtOneSecond;
        falsePasses = twin.falsePasses;
    }

    private void remember(int count) {
        for (int done = 0; done < count; done += BATCH) {
            for (int i = 0; i < BATCH; i++)
                batch[i] = mix(made++);
            filter.remember(nowNs(), batch, 0, BATCH);
        }
    }

    /** Pairs per second, answers a second old. */
    double pairsPerSecond(long budgetNs) {
        long ns = 0;
        long count = 0;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        while (ns < budgetNs) {
            ns += pairs(CHUNK, perSecond, true);
            count += CHUNK;
        }
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - before;
        packets += 2 * count;
        return count * 1e9 / ns;
    }

    double rejectionsPerSecond(long budgetNs) {
        long ns = 0;
        long count = 0;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        while (ns < budgetNs) {
            ns += strangers(CHUNK, true);
            count += CHUNK;
        }
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - before;
        packets += count;
        return count * 1e9 / ns;
    }

    /** @return what was lost, or the nanoseconds it took */
    private long pairs(int count, int age, boolean timed) {
        long lost = 0;
        long ns = 0;
        for (int done = 0; done < count; done += CHUNK) {
            for (int i = 0; i < CHUNK; i++) {
                requests[i] = mix(made + i);
                answers[i] = mix(made + i - age);
            }
            long startCpuNs = CpuClock.nowNs();
            for (int i = 0; i < CHUNK; i += BATCH) {
                filter.remember(nowNs(), requests, i, BATCH);
                made += BATCH;
                filter.admit(nowNs(), answers, i, BATCH, verdicts);
                if (!timed) {
                    for (boolean pass : verdicts)
                        lost += pass ? 0 : 1;
                }
            }
            ns += CpuClock.nowNs() - startCpuNs;
        }
        return timed ? ns : lost;
    }

    /** @return what passed, or the nanoseconds it took */
    private long strangers(int count, boolean timed) {
        long passed = 0;
        long ns = 0;
        for (int done = 0; done < count; done += CHUNK) {
            for (int i = 0; i < CHUNK; i++)
                answers[i] = mix(strangers++);
            long startCpuNs = CpuClock.nowNs();
            for (int i = 0; i < CHUNK; i += BATCH) {
                filter.admit(nowNs(), answers, i, BATCH, verdicts);
                if (!timed) {
                    for (boolean pass : verdicts)
                        passed += pass ? 1 : 0;
                }
            }
            ns += CpuClock.nowNs() - startCpuNs;
        }
        return timed ? ns : passed;
    }

    double allocatedBytesPerPacket() {
        return packets == 0 ? 0 : allocatedBytes / (double) packets;
    }

    private long nowNs() {
        return made * (SECOND_NS / perSecond);
    }

    /** SplitMix64's finaliser: uniform keys that need not be kept to be answered. */
    static long mix(long i) {
        long z = i * 0x9e37_79b9_7f4a_7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
