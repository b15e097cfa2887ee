package org.schiltron.internet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same policies as {@link Routes} in the way routers find them: everyone tells neighbours its best path again
 * and again until nothing changes. Slow, and sees whole paths.
 */
final class PathVector {
    private final AsGraph graph;
    private final List<@Nullable List<Integer>> paths = new ArrayList<>();

    PathVector(AsGraph graph, int destination) {
        this.graph = graph;
        for (int u = 0; u < graph.size(); u++)
            paths.add(u == destination ? List.of(u) : null);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int u = 0; u < graph.size(); u++) {
                if (u == destination)
                    continue;
                List<Integer> best = best(u);
                if (best != null ? !best.equals(paths.get(u)) : paths.get(u) != null) {
                    paths.set(u, best);
                    changed = true;
                }
            }
        }
    }

    @Nullable
    List<Integer> path(int node) {
        return paths.get(node);
    }

    private @Nullable List<Integer> best(int u) {
        List<Integer> best = null;
        for (int v = 0; v < graph.size(); v++) {
            List<Integer> told = paths.get(v);
            if (relation(u, v) == 0 || told == null || told.contains(u) || !tells(v, told, u))
                continue;
            List<Integer> path = new ArrayList<>(List.of(u));
            path.addAll(told);
            if (best == null || isBetter(path, best))
                best = path;
        }
        return best;
    }

    /** Own routes and those of customers to everyone, others to customers. */
    private boolean tells(int v, List<Integer> path, int u) {
        return path.size() == 1 || relation(v, path.get(1)) == 1 || relation(v, u) == 1;
    }

    private boolean isBetter(List<Integer> one, List<Integer> other) {
        int kind = relation(one.get(0), one.get(1)) - relation(other.get(0), other.get(1));
        if (kind != 0)
            return kind < 0;
        if (one.size() != other.size())
            return one.size() < other.size();
        return graph.asn(one.get(1)) < graph.asn(other.get(1));
    }

    /** What v is to u: 1 customer, 2 peer, 3 provider, 0 nothing. */
    int relation(int u, int v) {
        for (int slot = graph.customer[u]; slot < graph.customer[u + 1]; slot++)
            if (graph.to[slot] == v)
                return 1;
        for (int slot = graph.peer[u]; slot < graph.peer[u + 1]; slot++)
            if (graph.to[slot] == v)
                return 2;
        for (int slot = graph.provider[u]; slot < graph.provider[u + 1]; slot++)
            if (graph.to[slot] == v)
                return 3;
        return 0;
    }
}
