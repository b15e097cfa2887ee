package org.schiltron.swarm;

/**
 * So many dear checks a second for all services of a mailbox, a fifth of a second's at once, at least two. Each service that
 * asks for some may count on an even part of them; what others leave it may have too, but not of the last half of
 * what may be spent at once, which is for those that have had less than their part.
 */
final class CheckBudget {
    private static final long ROUND_NS = 1_000_000_000L;
    /** What a service has had beyond its part is held against it for so long. */
    private static final long DEBT_NS = 1_000_000_000L;

    /** What one service has had of one budget. */
    static final class Part {
        /** When it has had no more than its part again (a leaky bucket as a meter). */
        private long emptyNs = Long.MIN_VALUE;
        private long round = Long.MIN_VALUE;
    }

    private final double perNs;
    private final double most;
    private double left;
    private long sinceNs;
    private boolean begun;
    private long round;
    private int askedInRound;
    private int askedBefore;

    CheckBudget(double perSecond) {
        perNs = perSecond * 1e-9;
        most = Math.max(2, perSecond / 5);
        left = most;
    }

    boolean take(long nowNs, Part part) {
        refill(nowNs);
        count(nowNs, part);
        if (isShort(nowNs, part))
            return false;
        spend(nowNs, part);
        return true;
    }

    /** One check more than was taken, whatever is left. */
    void spend(long nowNs, Part part) {
        left--;
        part.emptyNs = Math.min(nowNs + DEBT_NS, Math.max(part.emptyNs, nowNs) + (long) (services() / perNs));
    }

    /** Whether {@link #take} would fail. */
    boolean isShort(long nowNs, Part part) {
        refill(nowNs);
        double burst = Math.max(1, most / 2 / services());
        boolean hasHadItsPart = (part.emptyNs - (double) nowNs) * perNs > (burst - 1) * services();
        return left < (hasHadItsPart ? 1 + most / 2 : 1);
    }

    /** That have asked for checks in this second or the one before. */
    private int services() {
        return Math.max(1, Math.max(askedInRound, askedBefore));
    }

    private void count(long nowNs, Part part) {
        long now = Math.floorDiv(nowNs, ROUND_NS);
        if (now != round) {
            askedBefore = now == round + 1 ? askedInRound : 0;
            askedInRound = 0;
            round = now;
        }
        if (part.round != now) {
            part.round = now;
            askedInRound++;
        }
    }

    private void refill(long nowNs) {
        if (begun)
            left = Math.min(most, left + (nowNs - sinceNs) * perNs);
        begun = true;
        sinceNs = nowNs;
    }
}
