package org.schiltron.swarm;

/** So many dear checks a second, a tenth of a second's at once, at least one. */
final class CheckBudget {
    private final double perNs;
    private final double most;
    private double left;
    private long sinceNs;
    private boolean begun;

    CheckBudget(double perSecond) {
        perNs = perSecond * 1e-9;
        most = Math.max(1, perSecond / 10);
        left = most;
    }

    boolean take(long nowNs) {
        refill(nowNs);
        if (left < 1)
            return false;
        left--;
        return true;
    }

    /** One check more than was taken, whatever is left. */
    void spend() {
        left--;
    }

    /** Whether less than half of what may be spent at once is left. */
    boolean isShort(long nowNs) {
        refill(nowNs);
        return left < Math.max(1, most / 2);
    }

    private void refill(long nowNs) {
        if (begun)
            left = Math.min(most, left + (nowNs - sinceNs) * perNs);
        begun = true;
        sinceNs = nowNs;
    }
}
