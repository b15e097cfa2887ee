package org.schiltron.internet;

/**
 * How many mailboxes hold out: from one solved siege, since at places that stay the same the flows between ASes do not
 * depend on how many mailboxes share them; only the access links do.
 *
 * @param arriving bit/s of attack at each AS with mailboxes
 * @param passes   of each, the share that the links between ASes pass, both ways together
 * @param share    of each, of all mailboxes
 */
record Sizing(double[] arriving, double[] passes, double[] share) {
    /** More is no answer. */
    static final long MOST = 1L << 32;

    static Sizing of(Siege siege, Siege.Result result) {
        Mailboxes mailboxes = siege.mailboxes();
        int groups = mailboxes.ases().length;
        double[] arriving = new double[groups];
        double[] passes = new double[groups];
        double[] share = new double[groups];
        for (int i = 0; i < mailboxes.count(); i++)
            arriving[mailboxes.group()[i]] += result.flood()[i];
        for (int g = 0; g < groups; g++) {
            share[g] = (double) mailboxes.counts()[g] / mailboxes.count();
            passes[g] = result.loads().passing(siege.ways().fromServer()[g])
                    * result.loads().passing(siege.ways().mailboxWays()[g]) * result.serverPasses();
        }
        return new Sizing(arriving, passes, share);
    }

    /** Mean share of packets that come through {@code mailboxes} links of {@code linkBits}. */
    double passing(long mailboxes, double linkBits) {
        double sum = 0;
        for (int g = 0; g < share.length; g++)
            sum += share[g] * passes[g] * Siege.passing(mailboxes * share[g] * linkBits, arriving[g]);
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
