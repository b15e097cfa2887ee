package org.schiltron.internet;

import java.util.Arrays;

/** Where filtering rings stand: the victim's AS, then one adjacent AS after the other. */
final class Region {
    private Region() {
    }

    /**
     * As the paper's section 4.3 does, "iteratively adding the largest adjacent AS": largest by number of neighbours, of equals
     * the one with the lowest number.
     *
     * @return up to {@code ases} nodes in the order in which they join; fewer where the graph ends
     */
    static int[] largestAdjacent(AsGraph graph, int victim, int ases) {
        int[] joined = new int[Math.min(ases, graph.size())];
        boolean[] in = new boolean[graph.size()];
        int size = 0;
        int next = victim;
        while (size < joined.length && next >= 0) {
            joined[size++] = next;
            in[next] = true;
            next = -1;
            for (int i = 0; i < size; i++)
                for (int j = 0; j < graph.degree(joined[i]); j++) {
                    int v = graph.to[graph.slot(joined[i], j)];
                    if (!in[v] && (next < 0 || graph.degree(v) > graph.degree(next)
                            || (graph.degree(v) == graph.degree(next) && v < next)))
                        next = v;
                }
        }
        return Arrays.copyOf(joined, size);
    }

    /**
     * The adjacent AS through which most of the attack comes in, again and again: what a victim who measures where it comes
     * from would ask for next.
     *
     * @param toVictim all that attack
     * @param rates    of the attack, by node
     */
    static int[] busiestAdjacent(AsGraph graph, Tree toVictim, double[] rates, int ases) {
        double[] through = rates.clone();
        for (int slot : toVictim.slots())
            through[graph.to[slot]] += through[graph.from[slot]];
        int[] joined = new int[Math.min(ases, toVictim.slots().length + 1)];
        boolean[] in = new boolean[graph.size()];
        int next = toVictim.destination();
        for (int size = 0; size < joined.length; size++) {
            joined[size] = next;
            in[next] = true;
            next = -1;
            for (int slot : toVictim.slots()) {
                int u = graph.from[slot];
                if (!in[u] && in[graph.to[slot]] && (next < 0 || through[u] > through[next]
                        || (through[u] == through[next] && u < next)))
                    next = u;
            }
        }
        return joined;
    }

    static boolean[] mask(AsGraph graph, int[] joined, int ases) {
        boolean[] mask = new boolean[graph.size()];
        for (int i = 0; i < Math.min(ases, joined.length); i++)
            mask[joined[i]] = true;
        return mask;
    }
}
