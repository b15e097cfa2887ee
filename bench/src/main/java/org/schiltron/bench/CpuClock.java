package org.schiltron.bench;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * Processor time of the calling thread: what one core does, also while other programs want it too. (They still take cache
 * and memory bandwidth: quiet machines give better numbers.)
 */
final class CpuClock {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private CpuClock() {
    }

    static long nowNs() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
