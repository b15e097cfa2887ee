package org.schiltron.internet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How fast the links between ASes are. The paper's rule (section 4.3): capacity goes up to the next category from
 * the edge to the core. Its links join routers; ours join ASes, so an AS's distance from the edge is its <i>rank</i>, by
 * the ASes in its customer cone or, where that is more, by the addresses it announces, and a link has the category of
 * the lower rank of its two ends. Large networks meet in many places: there, a link stands for several of its
 * category (docs/decisions/0012-internet-scale.md).
 *
 * @param name          for reports
 * @param gbits         of one link, by rank
 * @param parallelLinks by rank
 */
public record Capacities(String name, double[] gbits, int[] parallelLinks) {
    /** The paper's categories; 10 and 100 Mbit/s are the hosts' own. */
    public static final Capacities PAPER = new Capacities("2008", new double[]{1, 10, 40, 40}, new int[]{1, 1, 2, 8});
    /** Ten times the paper's. */
    public static final Capacities TODAY = new Capacities("today", new double[]{10, 100, 400, 400},
            new int[]{1, 1, 4, 16});

    static final int RANKS = 4;
    private static final int[] LEAST_CONE = {0, 2, 50, 1_000};
    private static final double[] LEAST_ADDRESSES = {0, 1 << 16, 1 << 20, 1 << 23};

    /** All capacities times {@code factor}: how much hangs on the assumption. */
    public Capacities times(double factor) {
        return new Capacities(name + " x " + factor, Arrays.stream(gbits).map(g -> g * factor).toArray(),
                parallelLinks);
    }

    String words() {
        StringBuilder words = new StringBuilder();
        for (int rank = 0; rank < RANKS; rank++)
            words.append(rank == 0 ? "" : ", ").append(parallelLinks[rank] == 1 ? "" : parallelLinks[rank] + " x ")
                    .append((int) gbits[rank]).append(" Gbit/s");
        return words + " from edge to core";
    }

    double bitsPerSecond(int rank) {
        return gbits[rank] * 1e9 * parallelLinks[rank];
    }

    /** Bit/s of each slot. */
    double[] of(AsGraph graph, byte[] ranks) {
        double[] capacity = new double[graph.slots()];
        for (int slot = 0; slot < capacity.length; slot++)
            capacity[slot] = bitsPerSecond(Math.min(ranks[graph.from[slot]], ranks[graph.to[slot]]));
        return capacity;
    }

    /**
     * @param addresses announced, by node; null: unknown
     * @return 0 (edge) to 3 (core), by node
     */
    static byte[] ranks(AsGraph graph, double @Nullable [] addresses) {
        int[] cones = cones(graph);
        byte[] ranks = new byte[graph.size()];
        for (int u = 0; u < ranks.length; u++) {
            int rank = RANKS - 1;
            while (cones[u] < LEAST_CONE[rank] && (addresses == null || addresses[u] < LEAST_ADDRESSES[rank]))
                rank--;
            ranks[u] = (byte) rank;
        }
        return ranks;
    }

    /** ASes reached by going down only, oneself among them; counted to the highest threshold, which is all that ranks need. */
    private static int[] cones(AsGraph graph) {
        int enough = LEAST_CONE[RANKS - 1];
        int[] cones = new int[graph.size()];
        int[] seen = new int[graph.size()];
        int[] queue = new int[graph.size()];
        for (int root = 0; root < cones.length; root++) {
            int tail = 0;
            queue[tail++] = root;
            seen[root] = root + 1;
            for (int head = 0; head < tail && tail < enough; head++) {
                int u = queue[head];
                for (int slot = graph.customer[u]; slot < graph.customer[u + 1]; slot++) {
                    int v = graph.to[slot];
                    if (seen[v] != root + 1) {
                        seen[v] = root + 1;
                        queue[tail++] = v;
                    }
                }
            }
            cones[root] = tail;
        }
        return cones;
    }
}
