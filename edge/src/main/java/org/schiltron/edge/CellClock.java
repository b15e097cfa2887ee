package org.schiltron.edge;

/**
 * When cells leave: the k-th exactly at start + k / rate, whether there is anything to say or not. A driver that comes
 * late sends what is due at once, up to {@value #MOST_LATE}; the slots before those are given up, so that a stalled
 * connection does not answer with a burst.
 */
final class CellClock {
    static final int MOST_LATE = 32;
    private static final long SECOND_NS = 1_000_000_000L;

    private final int perSecond;
    private long startNs;
    private long slot; // the next one
    private long missed;

    CellClock(int perSecond, long startNs) {
        this.perSecond = perSecond;
        this.startNs = startNs;
    }

    /** Whether a cell is to leave now; if so, it is taken to. */
    boolean tick(long nowNs) {
        if (nowNs < nextNs())
            return false;
        long passed = nowNs - startNs;
        long due = passed / SECOND_NS * perSecond + passed % SECOND_NS * perSecond / SECOND_NS;
        if (due - slot >= MOST_LATE) {
            missed += due - slot - MOST_LATE + 1;
            slot = due - MOST_LATE + 1;
        }
        slot++;
        startNs += slot / perSecond * SECOND_NS; // keeps the products small
        slot %= perSecond;
        return true;
    }

    long nextNs() {
        return startNs + (slot * SECOND_NS + perSecond - 1) / perSecond;
    }

    /** Slots given up. */
    long missed() {
        return missed;
    }
}
