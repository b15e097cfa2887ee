package org.schiltron.swarm;

/**
 * Effort that a service's clients are asked for when they want a check: more while the service's part of the budget is spent,
 * less while it is not, none in calm.
 */
final class AskedBits {
    private static final int MOST = 24;
    private static final long STEP_NS = 250_000_000L;

    final CheckBudget.Part part = new CheckBudget.Part();
    private final int least;
    private int bits;
    private long changedNs = Long.MIN_VALUE;

    /** @param least when any is asked */
    AskedBits(int least) {
        this.least = least;
    }

    int now(CheckBudget budget, long nowNs) {
        if (bits > 0 && nowNs - changedNs > 4 * STEP_NS && !budget.isShort(nowNs, part)) {
            bits = bits == least ? 0 : bits - 1;
            changedNs = nowNs;
        }
        return bits;
    }

    /** Takes one check; where there is none left, more is asked from now on. */
    boolean take(CheckBudget budget, long nowNs) {
        if (budget.take(nowNs, part))
            return true;
        if (bits == 0 || nowNs - changedNs >= STEP_NS) {
            bits = bits == 0 ? least : Math.min(MOST, bits + 1);
            changedNs = nowNs;
        }
        return false;
    }
}
