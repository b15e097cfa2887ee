package org.schiltron.host;

/**
 * The time that every loop of this process hands to its machines: nanoseconds, positive, never going backwards. The
 * origin is one second before the class was loaded, so that it means nothing outside the process.
 */
public final class MonotonicClock {
    private static final long ORIGIN_NS = System.nanoTime() - 1_000_000_000L;

    private MonotonicClock() {
    }

    public static long nowNs() {
        return System.nanoTime() - ORIGIN_NS;
    }
}
