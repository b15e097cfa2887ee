package org.schiltron.internet;

import java.util.Arrays;
import org.schiltron.machine.RandomSource;

/** Hosts onto ASes by weight. */
final class Placement {
    private Placement() {
    }

    /**
     * Shares out {@code count} hosts in proportion to the weights: each AS gets its share rounded down, those with the
     * largest remainders one more (Hamilton's method); of equal remainders the lower node first. No randomness.
     *
     * @param weights by node, none negative, not all zero
     */
    static int[] largestRemainder(double[] weights, long count) {
        double sum = sum(weights);
        int[] hosts = new int[weights.length];
        long given = 0;
        long[] byRemainder = new long[weights.length];
        for (int u = 0; u < weights.length; u++) {
            double share = weights[u] / sum * count;
            hosts[u] = (int) share;
            given += hosts[u];
            long remainder = weights[u] == 0 ? 0 : (long) ((share - hosts[u]) * (1L << 31));
            byRemainder[u] = (remainder << 31) + (Integer.MAX_VALUE - u); // both below 2^31: one key
        }
        Arrays.sort(byRemainder);
        for (int i = weights.length - 1; given < count; i--) {
            hosts[Integer.MAX_VALUE - (int) (byRemainder[i] & Integer.MAX_VALUE)]++;
            given++;
        }
        return hosts;
    }

    /** A node drawn with the probability of its weight, {@code count} times, with replacement. */
    static int[] drawn(double[] weights, int count, RandomSource random) {
        double[] upTo = new double[weights.length];
        double sum = 0;
        for (int u = 0; u < weights.length; u++) {
            sum += weights[u];
            upTo[u] = sum;
        }
        int[] nodes = new int[count];
        for (int i = 0; i < count; i++) {
            int at = Arrays.binarySearch(upTo, random.nextDouble() * sum);
            at = at < 0 ? -at - 1 : at + 1; // the first whose sum is above the draw
            while (at < weights.length - 1 && weights[at] == 0)
                at++;
            nodes[i] = Math.min(at, weights.length - 1);
        }
        return nodes;
    }

    static double sum(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            if (!(weight >= 0))
                throw new IllegalArgumentException("a weight of " + weight);
            sum += weight;
        }
        if (!(sum > 0) || sum == Double.POSITIVE_INFINITY)
            throw new IllegalArgumentException("the weights add up to " + sum);
        return sum;
    }
}
