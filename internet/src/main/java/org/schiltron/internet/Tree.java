package org.schiltron.internet;

import java.util.Arrays;

/**
 * What traffic needs of the {@link Routes} to one destination: the slots that carry some, farthest from the destination
 * first, so that one pass over them moves all flows to their end. Among equally far ones they ascend, so that the pass reads
 * the graph's arrays in order: half of all that a pass costs is waiting for memory.
 *
 * @param slots each leads from an AS to its next hop; an AS comes after all that send through it
 */
record Tree(int destination, int[] slots) {
    /** @param sends by node: ASes without traffic of their own or of others are left out */
    static Tree of(Routes routes, int destination, boolean[] sends) {
        AsGraph graph = routes.graph();
        int[] at = new int[16];
        int reached = 0;
        for (int u = 0; u < graph.size(); u++) {
            if (!routes.reaches(u) || u == destination)
                continue;
            int hops = routes.hops(u);
            if (hops >= at.length)
                at = Arrays.copyOf(at, 2 * hops);
            at[hops]++;
            reached++;
        }
        for (int hops = at.length - 1, before = 0; hops >= 0; hops--) {
            int count = at[hops];
            at[hops] = before;
            before += count;
        }
        int[] slots = new int[reached];
        for (int u = 0; u < graph.size(); u++)
            if (routes.reaches(u) && u != destination)
                slots[at[routes.hops(u)]++] = routes.next(u);
        return new Tree(destination, carrying(graph, slots, sends));
    }

    private static int[] carrying(AsGraph graph, int[] slots, boolean[] sends) {
        boolean[] carries = sends.clone();
        int size = 0;
        for (int slot : slots)
            if (carries[graph.from[slot]]) {
                carries[graph.to[slot]] = true;
                slots[size++] = slot;
            }
        return Arrays.copyOf(slots, size);
    }
}
