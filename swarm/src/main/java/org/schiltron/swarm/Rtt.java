package org.schiltron.swarm;

/** Smoothed round-trip time and its variation (RFC 6298, section 2). */
final class Rtt {
    private long smoothedNs = -1;
    private long variationNs;
    private long minNs = -1;

    void sample(long rttNs) {
        long rtt = Math.max(1, rttNs);
        minNs = minNs < 0 ? rtt : Math.min(minNs, rtt);
        if (smoothedNs < 0) {
            smoothedNs = rtt;
            variationNs = rtt / 2;
        } else {
            variationNs += (Math.abs(smoothedNs - rtt) - variationNs) / 4;
            smoothedNs += (rtt - smoothedNs) / 8;
        }
    }

    /** -1 before the first sample. */
    long smoothedNs() {
        return smoothedNs;
    }

    long minNs() {
        return minNs;
    }

    /**
     * When a packet may be taken for lost while later ones have arrived, nanoseconds after it was sent (as RFC 9002, section
     * 6.1.2, with 5/4 of a round trip instead of 9/8: packets take different ways, and hosts pause).
     */
    long patienceNs() {
        return smoothedNs < 0
                ? 300_000_000L
                : smoothedNs + Math.max(Math.max(smoothedNs / 4, 4 * variationNs), 10_000_000L);
    }

    /** When a packet may be taken for lost that nothing has been heard of, nanoseconds after it was sent. */
    long timeoutNs() {
        return smoothedNs < 0 ? 300_000_000L : smoothedNs + Math.max(4 * variationNs, 10_000_000L) + 20_000_000L;
    }
}
