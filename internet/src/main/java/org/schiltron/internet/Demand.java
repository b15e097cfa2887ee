package org.schiltron.internet;

/**
 * Traffic to one destination.
 *
 * @param tree    the way of {@code rates}
 * @param rates   bit/s sent by each node before {@code share}; demands may have one array in common
 * @param share   of {@code rates}
 * @param unasked whether a ring drops it at the border of its region
 * @param path    the way of {@code pathRate}: slots
 * @param pathRate bit/s along {@code path}
 */
record Demand(Tree tree, double[] rates, double share, boolean unasked, int[] path, double pathRate) {
    private static final int[] NO_PATH = {};

    static Demand attack(Tree tree, double[] rates, double share) {
        return new Demand(tree, rates, share, true, NO_PATH, 0);
    }

    static Demand of(Tree tree, double[] rates, double share) {
        return new Demand(tree, rates, share, false, NO_PATH, 0);
    }

    Demand withPath(int[] slots, double rate) {
        return new Demand(tree, rates, share, unasked, slots, rate);
    }
}
