package org.schiltron.internet;

import org.schiltron.machine.SeededRandom;

/**
 * Connections that send each packet three times (figure 8 of the paper): what a connection loses when its copies go
 * through mailboxes picked anew for each, and when all go one way, as with capabilities of one path (TVA). Acceptable is a
 * loss below 3 %.
 */
final class Copies {
    static final int COPIES = 3;
    static final double ACCEPTABLE = 0.03;
    /** The mailboxes that one connection uses; the paper's prototype has ten. */
    static final int SET = 10;
    private static final int CONNECTIONS = 10_000;

    private Copies() {
    }

    /** What one copy may lose: 31 %. */
    static double acceptableLossOfOne() {
        return StrictMath.pow(ACCEPTABLE, 1.0 / COPIES);
    }

    /** The share of connections that are acceptable, each over a set of mailboxes of its own. */
    static double multipath(double[] arrives, long seed) {
        SeededRandom random = new SeededRandom(seed);
        int acceptable = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            double lost = 0;
            for (int j = 0; j < SET; j++)
                lost += 1 - arrives[random.nextInt(arrives.length)];
            if (StrictMath.pow(lost / SET, COPIES) < ACCEPTABLE)
                acceptable++;
        }
        return (double) acceptable / CONNECTIONS;
    }

    /** The same, each over one path for good. */
    static double singlePath(double[] arrives) {
        int acceptable = 0;
        for (double share : arrives)
            if (StrictMath.pow(1 - share, COPIES) < ACCEPTABLE)
                acceptable++;
        return (double) acceptable / arrives.length;
    }

    /**
     * Single paths against an attacker who counts: he spends on each path just what makes it unacceptable, on as many paths
     * as that reaches for, and leaves the others alone.
     *
     * @param arriving bit/s of attack that reach access links
     * @param linkBits of each path's access link
     */
    static double singlePathAgainstCounting(double arriving, double linkBits, int paths) {
        double perPath = linkBits / (1 - acceptableLossOfOne());
        return 1 - Math.min(1, arriving / (perPath * paths));
    }
}
