package org.schiltron.figures;

import java.util.Arrays;

/** The cumulative distribution of some values, thinned out to what a chart can show. */
public final class Distribution {
    private static final int POINTS = 200;

    private final double[] sorted;

    public Distribution(double[] values) {
        if (values.length == 0)
            throw new IllegalArgumentException("of nothing");
        sorted = values.clone();
        Arrays.sort(sorted);
    }

    /** The smallest value that at least {@code share} of all do not exceed. */
    public double quantile(double share) {
        int rank = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.clamp(rank, 0, sorted.length - 1)];
    }

    /** The values at {@link #shares}. */
    public double[] values() {
        double[] values = new double[POINTS + 1];
        for (int i = 0; i <= POINTS; i++)
            values[i] = quantile((double) i / POINTS);
        return values;
    }

    /** 0 to 1 in even steps. */
    public static double[] shares() {
        double[] shares = new double[POINTS + 1];
        for (int i = 0; i <= POINTS; i++)
            shares[i] = (double) i / POINTS;
        return shares;
    }
}
