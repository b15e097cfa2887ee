package org.schiltron.overlays;

/**
 * The chance that an attack on n of N nodes, picked by lot, leaves some role without a node (Keromytis, Misra, Rubenstein,
 * "SOS: Secure overlay services", 2002). Products of as many factors as a role has nodes: no factorial is formed.
 */
final class ClosedForm {
    private ClosedForm() {
    }

    /** C(N - k, n - k) / C(N, n): all of {@code given} nodes are among the attacked. */
    static double covered(int nodes, int given, int attacked) {
        if (attacked < given)
            return 0;
        double chance = 1;
        for (int i = 0; i < given; i++)
            chance *= (double) (attacked - i) / (nodes - i);
        return chance;
    }

    /** 1 - (1 - covered)^3: each of three roles is given to nodes without regard to the others, so that one node may have two. */
    static double shared(int nodes, int perRole, int attacked) {
        return -StrictMath.expm1(3 * StrictMath.log1p(-covered(nodes, perRole, attacked)));
    }

    /** The same for three roles that have no node in common, by inclusion and exclusion. */
    static double apart(int nodes, int perRole, int attacked) {
        return 3 * covered(nodes, perRole, attacked) - 3 * covered(nodes, 2 * perRole, attacked)
                + covered(nodes, 3 * perRole, attacked);
    }

    /** The fewest nodes to attack for a chance of {@code least}, at most 1. */
    static int needed(int nodes, int perRole, double least) {
        int low = 0;
        int high = nodes;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (shared(nodes, perRole, middle) >= least)
                high = middle;
            else
                low = middle;
        }
        return high;
    }
}
