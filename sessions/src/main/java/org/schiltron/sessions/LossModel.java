package org.schiltron.sessions;

/**
 * How much is lost where. Of the losses between two hosts most happen near the hosts themselves, and strike whatever goes through
 * them: where of two packets back to back on one path both are lost in 70 % of cases, they are in 60 % when one goes through another
 * host (Andersen, Snoeren and Balakrishnan, IMC 2003). So six parts of seven stand at the two ends, one on the path between. How the
 * means spread over hosts and paths is assumed: lognormal, few have most of it.
 */
final class LossModel {
    private static final double AT_ENDS = 6 / 7.0;
    private static final double SIGMA = 1.2;
    private static final double MOST = 0.5;
    private static final int HOST = 1;
    private static final int PATH = 2;
    /** Default mean of a direction between two hosts. */
    static final double MEAN = 0.005;
    static final double MOST_MEAN = 0.1;

    private final double mean;
    private final long seed;

    /** @param mean of a direction between two hosts, over all pairs; 0 to {@link #MOST_MEAN} */
    LossModel(double mean, long seed) {
        this.mean = mean;
        this.seed = seed;
    }

    /** At a host, each way. */
    double atHost(int host) {
        return drawn(mean * AT_ENDS / 2, HOST, host, 0);
    }

    double onPath(int from, int to) {
        return drawn(mean * (1 - AT_ENDS), PATH, from, to);
    }

    private double drawn(double of, int what, int a, int b) {
        double median = of * StrictMath.exp(-SIGMA * SIGMA / 2);
        return Math.min(MOST, Draws.lognormal(median, SIGMA, Draws.stream(seed, what, a, b)));
    }
}
