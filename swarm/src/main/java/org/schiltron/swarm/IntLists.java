package org.schiltron.swarm;

import java.util.Arrays;

/**
 * Many doubly linked first-in-first-out lists over one set of numbered nodes, each node in at most one list at a time:
 * appending, removing from the middle and finding the oldest take constant time, memory is fixed from the start, and
 * nothing is allocated.
 */
final class IntLists {
    static final int NONE = -1;

    /** Next and previous of each node. */
    private final int[] links;
    /** First and last of each list. */
    private final int[] ends;

    IntLists(int nodes, int lists) {
        links = new int[2 * nodes];
        ends = new int[2 * lists];
        Arrays.fill(ends, NONE);
    }

    static long bytes(long nodes, long lists) {
        return 8 * (nodes + lists);
    }

    long bytes() {
        return 4L * (links.length + ends.length);
    }

    /** The oldest, or {@link #NONE}. */
    int first(int list) {
        return ends[2 * list];
    }

    /** The one appended after {@code node}, or {@link #NONE}. */
    int next(int node) {
        return links[2 * node];
    }

    boolean isEmpty(int list) {
        return ends[2 * list] == NONE;
    }

    void append(int list, int node) {
        int last = ends[2 * list + 1];
        links[2 * node] = NONE;
        links[2 * node + 1] = last;
        if (last == NONE)
            ends[2 * list] = node;
        else
            links[2 * last] = node;
        ends[2 * list + 1] = node;
    }

    void remove(int list, int node) {
        int next = links[2 * node];
        int previous = links[2 * node + 1];
        if (previous == NONE)
            ends[2 * list] = next;
        else
            links[2 * previous] = next;
        if (next == NONE)
            ends[2 * list + 1] = previous;
        else
            links[2 * next + 1] = previous;
    }
}
