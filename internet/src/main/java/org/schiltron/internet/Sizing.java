package org.schiltron.internet;

import org.schiltron.figures.Chart;

/**
 * How many mailboxes hold out, from one solved siege: at places that stay the same the flows between ASes do not depend on
 * how many mailboxes share them; only the access links do. Exact for as many as were placed; for more, an AS's share is a
 * fraction of them, as good where they are many more than the ASes; for fewer, too good: a few cannot spread as widely.
 *
 * @param arriving bit/s at each AS with mailboxes
 * @param passes   of each, the share that the links between ASes pass, both ways together
 * @param share    of each, of all mailboxes
 */
record Sizing(double[] arriving, double[] passes, double[] share) {
    /** More is no answer. */
    static final long MOST = 1L << 32;

    static Sizing of(Siege siege, Siege.Result result) {
        Mailboxes mailboxes = siege.scene().mailboxes();
        Ways ways = siege.scene().ways();
        int groups = mailboxes.ases().length;
        double[] arriving = new double[groups];
        double[] passes = new double[groups];
        double[] share = new double[groups];
        for (int i = 0; i < mailboxes.count(); i++)
            arriving[mailboxes.group()[i]] += result.flood()[i];
        for (int g = 0; g < groups; g++) {
            share[g] = (double) mailboxes.counts()[g] / mailboxes.count();
            passes[g] = result.loads().passing(ways.fromServer()[g])
                    * result.loads().passing(ways.mailboxWays()[g]) * result.serverPasses();
        }
        return new Sizing(arriving, passes, share);
    }

    /** With {@code bits} of other traffic, spread over the mailboxes, beside the attack. */
    Sizing with(double bits) {
        double[] offered = new double[share.length];
        for (int g = 0; g < share.length; g++)
            offered[g] = arriving[g] + bits * share[g];
        return new Sizing(offered, passes, share);
    }

    /** Mean share of packets that come through {@code mailboxes} links of {@code linkBits}. */
    double passing(long mailboxes, double linkBits) {
        double sum = 0;
        for (int g = 0; g < share.length; g++)
            sum += share[g] * passes[g] * Siege.passing(mailboxes * share[g] * linkBits, arriving[g]);
        return sum;
    }

    /** Draws the loss of one copy for 10^{@code from} to 10^{@code to} mailboxes of so many Gbit/s. */
    void curve(Chart chart, int series, double gbits, int from, int to) {
        int points = 20 * (to - from) + 1;
        double[] xs = new double[points];
        double[] ys = new double[points];
        for (int i = 0; i < points; i++) {
            xs[i] = StrictMath.pow(10, from + i / 20.0);
            ys[i] = 1 - passing(Math.round(xs[i]), gbits * 1e9);
        }
        chart.line(series, (gbits < 1 ? "0.1" : Math.round(gbits)) + " Gbit/s", xs, ys);
    }

    /** Bit/s that {@code mailboxes} links of {@code linkBits} carry in all. */
    double carried(long mailboxes, double linkBits) {
        double sum = 0;
        for (int g = 0; g < share.length; g++)
            sum += Math.min(arriving[g], mailboxes * share[g] * linkBits);
        return sum;
    }

    /** The fewest mailboxes with which packets, sent {@code copies} times each, lose at most {@code loss}; -1: no number does. */
    long needed(double linkBits, int copies, double loss) {
        double least = 1 - StrictMath.pow(loss, 1.0 / copies);
        if (passing(MOST, linkBits) < least)
            return -1;
        long low = 0;
        long high = MOST;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (passing(middle, linkBits) >= least)
                high = middle;
            else
                low = middle;
        }
        return high;
    }
}
