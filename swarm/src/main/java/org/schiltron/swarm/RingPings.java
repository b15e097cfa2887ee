package org.schiltron.swarm;

/** The last pings to a ring node: how many came back, and after how long. */
final class RingPings {
    /** How many are looked back on. */
    static final int RECENT = 16;
    /** A ping is lost when it has not come back after so long. */
    private static final long LOST_NS = 1_000_000_000L;

    private final long[] sentNs = new long[RECENT];
    private final boolean[] answered = new boolean[RECENT];
    private long next;
    private long rttNs;

    /** Returns the number of the ping that is sent now. */
    long sent(long nowNs) {
        int i = (int) next % RECENT;
        sentNs[i] = nowNs;
        answered[i] = false;
        return next++;
    }

    void answered(long nowNs, long ping) {
        if (ping < 0 || ping >= next || ping < next - RECENT)
            return;
        int i = (int) ping % RECENT;
        answered[i] = true;
        long sampleNs = nowNs - sentNs[i];
        rttNs = rttNs == 0 ? sampleNs : rttNs + (sampleNs - rttNs) / 8; // RFC 6298, section 2.3
    }

    long rttNs() {
        return rttNs;
    }

    double loss(long nowNs) {
        int decided = 0;
        int lost = 0;
        for (long ping = Math.max(0, next - RECENT); ping < next; ping++) {
            int i = (int) ping % RECENT;
            boolean overdue = nowNs - sentNs[i] >= LOST_NS;
            if (answered[i] || overdue)
                decided++;
            if (!answered[i] && overdue)
                lost++;
        }
        return decided == 0 ? 0 : (double) lost / decided;
    }
}
