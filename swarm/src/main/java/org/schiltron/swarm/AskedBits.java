package org.schiltron.swarm;

/** Effort asked of those who want a check from a budget: more while it is spent, less while it is not, none in calm. */
final class AskedBits {
    private static final int MOST = 24;
    private static final long STEP_NS = 250_000_000L;

    private final CheckBudget budget;
    private final int least;
    private int bits;
    private long changedNs = Long.MIN_VALUE;

    /** @param least when any is asked */
    AskedBits(CheckBudget budget, int least) {
        this.budget = budget;
        this.least = least;
    }

    int now(long nowNs) {
        if (bits > 0 && nowNs - changedNs > 4 * STEP_NS && !budget.isShort(nowNs)) {
            bits = bits == least ? 0 : bits - 1;
            changedNs = nowNs;
        }
        return bits;
    }

    /** Takes one check; where there is none left, more is asked from now on. */
    boolean take(long nowNs) {
        if (budget.take(nowNs))
            return true;
        if (bits == 0 || nowNs - changedNs >= STEP_NS) {
            bits = bits == 0 ? least : Math.min(MOST, bits + 1);
            changedNs = nowNs;
        }
        return false;
    }
}
