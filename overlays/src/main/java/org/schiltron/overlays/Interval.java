package org.schiltron.overlays;

/** Where a chance or a mean lies with 99.9 % confidence, after so many trials. */
record Interval(double low, double high) {
    /** Two-sided, of the normal distribution. */
    private static final double Z = 3.2905267314919255;
    /** What rounding may add up to. */
    private static final double ROUNDING = 1e-12;

    /** Of a chance that came true {@code hits} times: Wilson's score interval, which is of use at no hits too. */
    static Interval ofChance(long hits, long trials) {
        double share = (double) hits / trials;
        double square = Z * Z / trials;
        double middle = (share + square / 2) / (1 + square);
        double half = Z / (1 + square) * Math.sqrt(share * (1 - share) / trials + square / (4 * trials));
        return new Interval(hits == 0 ? 0 : middle - half, hits == trials ? 1 : middle + half);
    }

    /** Of a mean, from the sum of values and the sum of their squares. */
    static Interval ofMean(double sum, double squares, long trials) {
        double mean = sum / trials;
        double variance = Math.max(0, squares / trials - mean * mean) / Math.max(1, trials - 1);
        double half = Z * Math.sqrt(variance);
        return new Interval(mean - half, mean + half);
    }

    boolean contains(double value) {
        return value >= low - ROUNDING && value <= high + ROUNDING;
    }
}
