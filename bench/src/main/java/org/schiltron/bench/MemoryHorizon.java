package org.schiltron.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** What the machine's memory allows in a table of the same size: the bound no filter passes. */
final class MemoryHorizon {
    private static final int CHUNK = 16_384;

    private final MemorySegment memory;
    private final long lines;
    private final long[] keys = new long[CHUNK];
    private long next;
    private long kept;

    MemoryHorizon(long bytes, SegmentAllocator allocator) {
        lines = bytes / 64;
        memory = allocator.allocate(lines * 64, 64);
        memory.fill((byte) 0);
    }

    /** Random lines read per second, the next not waiting for the last. */
    double readsPerSecond(long budgetNs) {
        return perSecond(budgetNs, false);
    }

    /** Random lines read and written per second. */
    double updatesPerSecond(long budgetNs) {
        return perSecond(budgetNs, true);
    }

    private double perSecond(long budgetNs, boolean update) {
        long ns = 0;
        long count = 0;
        while (ns < budgetNs) {
            for (int i = 0; i < CHUNK; i++)
                keys[i] = FilterLoad.mix(next++);
            long startCpuNs = CpuClock.nowNs();
            kept += update ? update() : read();
            ns += CpuClock.nowNs() - startCpuNs;
            count += CHUNK;
        }
        return count * 1e9 / ns;
    }

    private long read() {
        long sum = 0;
        for (int i = 0; i < CHUNK; i++)
            sum += memory.get(ValueLayout.JAVA_LONG, line(keys[i]));
        return sum;
    }

    private long update() {
        for (int i = 0; i < CHUNK; i++) {
            long at = line(keys[i]);
            memory.set(ValueLayout.JAVA_LONG, at, memory.get(ValueLayout.JAVA_LONG, at) + 1);
        }
        return 0;
    }

    /** Nanoseconds for a line whose address comes from the line before. */
    double latencyNs(int steps) {
        long sum = kept & 1;
        long startCpuNs = CpuClock.nowNs();
        for (int i = 0; i < steps; i++)
            sum = FilterLoad.mix(sum + i) + memory.get(ValueLayout.JAVA_LONG, line(sum));
        long ns = CpuClock.nowNs() - startCpuNs;
        kept += sum;
        return ns / (double) steps;
    }

    private long line(long key) {
        return ((key >>> 32) * lines >>> 32) * 64;
    }
}
