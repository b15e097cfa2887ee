package org.schiltron.sim;

import org.schiltron.machine.RandomSource;

/** The moments of something that happens at an even rate, without drift; the rate may change. */
public final class Pace {
    /** The next moment at a rate of 0. */
    public static final long NEVER = Long.MAX_VALUE;
    private static final long SECOND_NS = 1_000_000_000L;

    private final long startNs;
    private long perSecond;
    private long nextNs; // of number n: start + n seconds / perSecond, rounded down
    private long nextRemainder; // and this many (1/perSecond) ns
    private long gapNs;
    private long gapRemainder;

    /**
     * @param startNs   the first moment
     * @param perSecond 0 or more
     */
    public Pace(long startNs, long perSecond) {
        this.startNs = startNs;
        nextNs = startNs;
        set(perSecond);
    }

    private void set(long newPerSecond) {
        perSecond = newPerSecond;
        nextRemainder = 0;
        gapNs = newPerSecond == 0 ? 0 : SECOND_NS / newPerSecond;
        gapRemainder = newPerSecond == 0 ? 0 : SECOND_NS % newPerSecond;
    }

    public long nextNs() {
        return perSecond == 0 ? NEVER : nextNs;
    }

    /** The next moment is past. */
    public void advance() {
        nextNs += gapNs;
        nextRemainder += gapRemainder;
        if (nextRemainder >= perSecond) {
            nextRemainder -= perSecond;
            nextNs++;
        }
    }

    /**
     * From now on, or from the beginning if that is still to come: another rate. The first moment is drawn, so that many whose rates
     * change at once do not fall into step.
     */
    public void change(long nowNs, long newPerSecond, RandomSource random) {
        nextNs = Math.max(nowNs, startNs);
        if (newPerSecond > 0)
            nextNs += random.nextLong(Math.max(1, SECOND_NS / newPerSecond));
        set(newPerSecond);
    }
}
