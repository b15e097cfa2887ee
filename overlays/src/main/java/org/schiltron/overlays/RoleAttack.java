package org.schiltron.overlays;

import java.util.Arrays;
import org.schiltron.machine.SeededRandom;

/**
 * One attack after the other on an overlay whose service is cut off as soon as one of three roles (access, beacon, servlet)
 * has no node left. An order of all nodes is drawn: its first n are a set drawn from all sets of n, so that one order is an
 * attack of every size.
 */
final class RoleAttack {
    private static final int ROLES = 3;

    private final SeededRandom random;
    /** Of each node, the how-manieth it is attacked, from 1. */
    private final int[] order;
    /** When each node was last given a role; a node with {@link #drawing} has one already. */
    private final int[] given;
    private int drawing;

    RoleAttack(int nodes, SeededRandom random) {
        this.random = random;
        order = new int[nodes];
        Arrays.setAll(order, node -> node + 1);
        given = new int[nodes];
    }

    /** The next attack. */
    void next() {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    /**
     * Gives out the roles anew.
     *
     * @param shared whether a node may have several
     * @return how many nodes of this attack it takes until some role has none left
     */
    int cutOffAt(int perRole, boolean shared) {
        int cutOff = order.length;
        drawing++;
        for (int role = 0; role < ROLES; role++) {
            if (shared)
                drawing++;
            int last = 0;
            for (int i = 0; i < perRole; i++)
                last = Math.max(last, order[drawn()]);
            cutOff = Math.min(cutOff, last);
        }
        return cutOff;
    }

    private int drawn() {
        int node;
        do {
            node = random.nextInt(order.length);
        } while (given[node] == drawing);
        given[node] = drawing;
        return node;
    }
}
