package org.schiltron.internet;

import java.util.Arrays;
import java.util.List;

/**
 * The links that may be full, and for each demand what it sends to each of them, straight or through others. A demand's
 * traffic is an <i>entry</i> for each bottleneck in its tree: what comes to it past no other bottleneck, and the next
 * bottleneck on its way, if any.
 *
 * <p>Memory: 20 bytes an entry, up to a demand times a bottleneck.
 */
final class Bottlenecks {
    private static final int END = -1;

    private final AsGraph graph;
    private final double[] capacity;
    private final boolean[] region;
    private final boolean[] full;
    private final int[] slots;
    /** By slot: its place in {@link #slots}. */
    private final int[] place;
    private int entries;
    private int[] bottleneck = new int[1 << 10];
    private double[] base = new double[1 << 10];
    private int[] next = new int[1 << 10];
    private final double[] offered;
    private double[] inflow = {};

    /** @param most what is offered to each slot when nothing is lost */
    Bottlenecks(AsGraph graph, double[] capacity, List<Demand> demands, boolean[] region, double[] most) {
        this.graph = graph;
        this.capacity = capacity;
        this.region = region;
        full = new boolean[most.length];
        place = new int[most.length];
        int[] found = new int[most.length];
        int count = 0;
        for (int slot = 0; slot < most.length; slot++)
            if (most[slot] > capacity[slot]) {
                full[slot] = true;
                place[slot] = count;
                found[count++] = slot;
            }
        slots = Arrays.copyOf(found, count);
        offered = new double[count];
        if (count > 0) {
            Gathering gathering = new Gathering();
            for (Demand demand : demands)
                gathering.add(demand);
            inflow = new double[entries];
        }
    }

    /** By slot. */
    boolean[] full() {
        return full;
    }

    int count() {
        return slots.length;
    }

    /**
     * Moves all flows once, then moves {@code passing} towards what the loads ask for.
     *
     * @param damping 1: all the way
     * @return the largest relative change that is asked for
     */
    double round(double[] passing, double damping) {
        Arrays.fill(offered, 0);
        Arrays.fill(inflow, 0);
        for (int i = 0; i < entries; i++) {
            double rate = base[i] + inflow[i];
            offered[bottleneck[i]] += rate;
            if (next[i] != END)
                inflow[next[i]] += rate * passing[slots[bottleneck[i]]];
        }
        double most = 0;
        for (int i = 0; i < slots.length; i++) {
            double old = passing[slots[i]];
            double now = Math.min(1, capacity[slots[i]] / offered[i]);
            most = Math.max(most, Math.abs(now - old) / old);
            passing[slots[i]] = damping == 1 ? now : old + damping * (now - old);
        }
        return most;
    }

    private int entry(int slot, double rate) {
        if (entries == base.length) {
            int longer = Math.multiplyExact(entries, 2);
            bottleneck = Arrays.copyOf(bottleneck, longer);
            base = Arrays.copyOf(base, longer);
            next = Arrays.copyOf(next, longer);
        }
        bottleneck[entries] = place[slot];
        base[entries] = rate;
        next[entries] = END;
        return entries++;
    }

    /** Reads a demand's tree: towards the destination for the rates, away from it for who comes next. */
    private final class Gathering {
        private final double[] flow = new double[graph.size()];
        /** By node: the entry of the first bottleneck on its way, valid within one tree. */
        private final int[] ahead = new int[graph.size()];

        void add(Demand demand) {
            int first = entries;
            int[] tree = demand.tree().slots();
            for (int slot : tree) {
                int u = graph.from[slot];
                int v = graph.to[slot];
                double rate = flow[u] + demand.rates()[u] * demand.share();
                flow[u] = 0;
                if (demand.unasked() && region[u])
                    continue;
                if (full[slot])
                    entry(slot, rate);
                else if (!(demand.unasked() && region[v]))
                    flow[v] += rate;
            }
            flow[demand.tree().destination()] = 0;
            if (entries > first)
                chain(demand, tree);
            int before = END;
            for (int slot : demand.path())
                if (full[slot]) {
                    int entry = entry(slot, before == END ? demand.pathRate() : 0);
                    if (before != END)
                        next[before] = entry;
                    before = entry;
                }
        }

        private void chain(Demand demand, int[] tree) {
            int entry = entries;
            ahead[demand.tree().destination()] = END;
            for (int i = tree.length - 1; i >= 0; i--) {
                int slot = tree[i];
                int u = graph.from[slot];
                int v = graph.to[slot];
                if (demand.unasked() && region[u]) {
                    ahead[u] = END;
                    continue;
                }
                int after = demand.unasked() && region[v] ? END : ahead[v];
                if (full[slot]) {
                    next[--entry] = after;
                    ahead[u] = entry;
                } else {
                    ahead[u] = after;
                }
            }
        }
    }
}
