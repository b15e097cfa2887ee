package org.schiltron.host;

/**
 * The time that every loop of this process hands to its machines: nanoseconds, positive, never going backwards. The
 * origin is one second before the class was loaded, so that it means nothing outside the process.
 */
public final class MonotonicClock {
    private static final long ORIGIN_NS = System.nanoTime() - 1_000_000_000L;

    private MonotonicClock() {
    }

    /** Seconds since 1970 when {@link #nowNs} was 0, for machines that read dates. */
    public static long unixSecondsAtZero() {
        return System.currentTimeMillis() / 1_000 - nowNs() / 1_000_000_000L;
    }

    public static long nowNs() {
        return System.nanoTime() - ORIGIN_NS;
    }
}
