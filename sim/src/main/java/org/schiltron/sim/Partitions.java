package org.schiltron.sim;

import java.util.Arrays;

/** Which nodes are cut off from which. */
final class Partitions {
    private int[] parts = new int[0]; // by node, those beyond its end are in part 0; empty when there is only that

    /** Moves a node to another part of the network; 0 is where all are from the beginning. */
    void move(int node, int part) {
        if (parts.length <= node)
            parts = Arrays.copyOf(parts, node + 1);
        parts[node] = part;
    }

    void heal() {
        parts = new int[0];
    }

    boolean isCut(int from, int to) {
        return parts.length > 0 && part(from) != part(to);
    }

    private int part(int node) {
        return node < parts.length ? parts[node] : 0;
    }
}
