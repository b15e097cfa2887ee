package org.schiltron.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The defender's search for compromised nodes (Mayday, section 4.6): adaptive flooding turned round. The paper deals key A to
 * one half of the nodes and key B to the other; the key that is flooded says in which half the node is. For more than one node, and
 * for attackers who agree, each group that is known to hold one is halved with two keys of its own, and all others share one
 * key more: so whatever is flooded, some group shrinks or a new one is known. A node is found only by a flood with a key that no other
 * node had: none is accused by exclusion.
 *
 * <p>Keys a round: two for each group known, at most as many as there are compromised nodes, and one.
 */
final class KeySplit {
    /** A node that was found has none. */
    static final int NO_KEY = -1;

    private final int nodes;
    /** Groups known to hold a compromised node, of at least two. */
    private List<List<Integer>> groups = new ArrayList<>();
    private List<Integer> others = new ArrayList<>();
    private final List<Integer> found = new ArrayList<>();

    /** @param nodes among which there is one; at least 2 */
    KeySplit(int nodes) {
        this.nodes = nodes;
        groups.add(IntStream.range(0, nodes).boxed().toList());
    }

    /** The number of the key of each node for the next round. */
    int[] deal() {
        int[] keys = new int[nodes];
        for (int group = 0; group < groups.size(); group++) {
            for (int node : firstHalf(groups.get(group)))
                keys[node] = 2 * group;
            for (int node : secondHalf(groups.get(group)))
                keys[node] = 2 * group + 1;
        }
        for (int node : others)
            keys[node] = 2 * groups.size();
        for (int node : found)
            keys[node] = NO_KEY;
        return keys;
    }

    int keys() {
        return 2 * groups.size() + 1;
    }

    /** @param flooded by the numbers of {@link #deal} */
    void saw(boolean[] flooded) {
        List<List<Integer>> known = new ArrayList<>();
        List<Integer> unknown = new ArrayList<>();
        for (int group = 0; group < groups.size(); group++) {
            if (!flooded[2 * group] && !flooded[2 * group + 1]) {
                known.add(groups.get(group));
                continue;
            }
            sort(firstHalf(groups.get(group)), flooded[2 * group], known, unknown);
            sort(secondHalf(groups.get(group)), flooded[2 * group + 1], known, unknown);
        }
        sort(others, flooded[2 * groups.size()], known, unknown);
        groups = known;
        others = unknown;
    }

    private void sort(List<Integer> part, boolean flooded, List<List<Integer>> known, List<Integer> unknown) {
        if (!flooded)
            unknown.addAll(part);
        else if (part.size() == 1)
            found.addAll(part);
        else
            known.add(part);
    }

    private static List<Integer> firstHalf(List<Integer> group) {
        return group.subList(0, group.size() / 2);
    }

    private static List<Integer> secondHalf(List<Integer> group) {
        return group.subList(group.size() / 2, group.size());
    }

    /** Nodes that were found, in the order in which they were. */
    List<Integer> found() {
        return found;
    }
}
