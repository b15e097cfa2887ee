package org.schiltron.internet;

import java.util.Arrays;

/**
 * The routes of all ASes to one destination as the usual policies choose them (Gao and Rexford, "Stable Internet
 * routing without global coordination", SIGMETRICS 2000): routes learnt from customers before those from peers before
 * those from providers, then the shortest, then the neighbour with the lowest AS number; routes of customers are passed
 * on to everyone, others to customers alone. So no path has a valley.
 *
 * <p>Three sweeps: up from the destination to providers, across to peers, down to customers by growing distance; each link
 * is looked at once in each direction at most. O(ASes + links) a destination; an object is used again and again.
 *
 * <p>A route is one long, less for the better: since a row of the graph ascends by AS number within each kind, the slot
 * breaks ties as the neighbour's number does.
 *
 * <pre>
 *   | kind (2) | hops (29) | slot to the next hop (32) |
 * </pre>
 */
final class Routes {
    private static final long NO_ROUTE = Long.MAX_VALUE;
    private static final int KIND_SHIFT = 61;
    private static final int HOPS_SHIFT = 32;
    private static final long HOPS_MASK = (1L << (KIND_SHIFT - HOPS_SHIFT)) - 1;

    /** How a route was learnt, in the order of preference; one's own is 0. */
    private static final long CUSTOMER = 1L << KIND_SHIFT;
    private static final long PEER = 2L << KIND_SHIFT;
    private static final long PROVIDER = 3L << KIND_SHIFT;

    private final AsGraph graph;
    private final long[] best;
    /** By node: whether it has customers, to whom it passes routes on. */
    private final boolean[] transit;
    /** Those with routes of their own, of customers and of peers, as they are found. */
    private final int[] early;
    private final int[] byHops;
    private final int[] queue;
    private int earlySize;

    Routes(AsGraph graph) {
        this.graph = graph;
        int nodes = graph.size();
        best = new long[nodes];
        transit = new boolean[nodes];
        for (int u = 0; u < nodes; u++)
            transit[u] = !graph.isStub(u);
        early = new int[nodes];
        byHops = new int[nodes];
        queue = new int[nodes];
    }

    /** Finds the routes to {@code destination} (a node); those of the last destination are forgotten. */
    Routes to(int destination) {
        Arrays.fill(best, NO_ROUTE);
        best[destination] = 0;
        earlySize = 0;
        early[earlySize++] = destination;
        up();
        across();
        down();
        return this;
    }

    private void up() {
        for (int head = 0; head < earlySize; head++) {
            int v = early[head];
            long route = CUSTOMER | nextHops(v);
            for (int slot = graph.provider[v]; slot < graph.provider[v + 1]; slot++)
                if (offer(graph.to[slot], route | graph.reverse[slot]))
                    early[earlySize++] = graph.to[slot];
        }
    }

    private void across() {
        int ofCustomers = earlySize;
        for (int i = 0; i < ofCustomers; i++) {
            int v = early[i];
            long route = PEER | nextHops(v);
            for (int slot = graph.peer[v]; slot < graph.peer[v + 1]; slot++)
                if (offer(graph.to[slot], route | graph.reverse[slot]))
                    early[earlySize++] = graph.to[slot];
        }
    }

    /**
     * In order of distance, so that a provider has its own route before it passes it on. Who has a route of n hops goes
     * through one who has n-1: no distance is left out.
     */
    private void down() {
        sortByHops();
        int given = 0;
        int begin = 0;
        int end = 0;
        for (int distance = 0;; distance++) {
            while (given < earlySize && hops(byHops[given]) == distance)
                queue[end++] = byHops[given++];
            if (begin == end)
                return;
            int more = end;
            for (int i = begin; i < end; i++) {
                int v = queue[i];
                long route = PROVIDER | nextHops(v);
                for (int slot = graph.customer[v]; slot < graph.customer[v + 1]; slot++) {
                    int u = graph.to[slot];
                    if (offer(u, route | graph.reverse[slot]) && transit[u])
                        queue[more++] = u;
                }
            }
            begin = end;
            end = more;
        }
    }

    private void sortByHops() {
        int most = 0;
        for (int i = 0; i < earlySize; i++)
            most = Math.max(most, hops(early[i]));
        int[] at = new int[most + 2];
        for (int i = 0; i < earlySize; i++)
            at[hops(early[i]) + 1]++;
        for (int d = 0; d <= most; d++)
            at[d + 1] += at[d];
        for (int i = 0; i < earlySize; i++)
            byHops[at[hops(early[i])]++] = early[i];
    }

    /** True when u had no route. */
    private boolean offer(int u, long route) {
        long known = best[u];
        if (route < known)
            best[u] = route;
        return known == NO_ROUTE;
    }

    private long nextHops(int node) {
        return (hops(node) + 1L) << HOPS_SHIFT;
    }

    boolean reaches(int node) {
        return best[node] != NO_ROUTE;
    }

    /** Only for a node that is reached, like all below. */
    int hops(int node) {
        return (int) (best[node] >>> HOPS_SHIFT & HOPS_MASK);
    }

    /** The slot at {@code node} that leads to the next hop; not for the destination. */
    int next(int node) {
        return (int) best[node];
    }

    /** The slots from {@code node} to the destination; empty at the destination and without a route. */
    int[] path(int node) {
        int[] path = new int[reaches(node) ? hops(node) : 0];
        for (int i = 0, at = node; i < path.length; i++, at = graph.to[path[i - 1]])
            path[i] = next(at);
        return path;
    }

    AsGraph graph() {
        return graph;
    }
}
