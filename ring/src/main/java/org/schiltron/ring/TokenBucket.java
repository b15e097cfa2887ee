package org.schiltron.ring;

/** A rate with a burst: fills at {@code perSecond} up to {@code burst}, and is emptied by what is taken. */
public final class TokenBucket {
    private final double perNs;
    private final double burst;
    private double tokens;
    private long filledNs;

    /** Starts full. */
    public TokenBucket(double perSecond, double burst, long nowNs) {
        this.perNs = perSecond / 1e9;
        this.burst = burst;
        this.tokens = burst;
        this.filledNs = nowNs;
    }

    /** Takes {@code amount}, all or nothing. */
    public boolean take(long nowNs, long amount) {
        tokens = Math.min(burst, tokens + (nowNs - filledNs) * perNs);
        filledNs = nowNs;
        if (tokens < amount)
            return false;
        tokens -= amount;
        return true;
    }
}
