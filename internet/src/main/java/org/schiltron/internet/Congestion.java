package org.schiltron.internet;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Loss on every link, both directions separately, when each drops what does not fit and treats all packets alike: of
 * what is offered to a link, {@code min(1, capacity / offered)} passes. What is offered depends on what passed before, so
 * the shares are a fixed point. Senders do not slow down: attackers would not, and legitimate traffic is a small part.
 *
 * <p>Most links can be left out of the search. What is offered to a link when nothing is lost before it is the most that
 * can ever be offered to it; a link that carries that is never full. The others, the {@link Bottlenecks}, are some hundreds,
 * and the flows between them are all that the iteration moves. A last pass over all links with the shares found gives the
 * loads, and checks the shares again from scratch.
 *
 * <p>A pass costs a step for each AS in each destination's tree. Trees are split into a fixed number of parts
 * whatever the number of processors, and their sums added in order: the same input gives the same bits.
 */
final class Congestion {
    static final int MAX_ROUNDS = 2_000;
    /** Relative, of the share that passes. */
    static final double TOLERANCE = 1e-7;
    private static final int PARTS = 4;

    private final AsGraph graph;
    private final double[] capacity;
    private final List<Demand> demands;
    private final boolean[] region;
    private final double[] passing;
    /** Where passing may be below 1: small enough for the cache, unlike the shares themselves. */
    private boolean[] full;
    private final double[][] offeredOfPart;
    private final double[] arrived;
    private final double[] filtered;

    /**
     * @param capacity bit/s of each slot
     * @param region   by node: who has a ring
     */
    Congestion(AsGraph graph, double[] capacity, List<Demand> demands, boolean[] region) {
        this.graph = graph;
        this.capacity = capacity;
        this.demands = demands;
        this.region = region;
        passing = new double[graph.slots()];
        Arrays.fill(passing, 1);
        full = new boolean[graph.slots()];
        offeredOfPart = new double[Math.clamp(demands.size(), 1, PARTS)][graph.slots()];
        arrived = new double[demands.size()];
        filtered = new double[demands.size()];
    }

    /**
     * @param progress hears the number of each round
     * @throws NotConvergedException after {@link #MAX_ROUNDS}
     */
    Loads solve(IntConsumer progress) {
        double[] most = move();
        Bottlenecks bottlenecks = new Bottlenecks(graph, capacity, demands, region, most);
        if (bottlenecks.count() == 0)
            return new Loads(graph, capacity, passing, most, arrived, filtered, 0, 0);
        full = bottlenecks.full();
        double change = Double.MAX_VALUE;
        double damping = 1;
        int round = 0;
        while (change > TOLERANCE) {
            if (++round > MAX_ROUNDS)
                throw new NotConvergedException(MAX_ROUNDS, change);
            double last = change;
            change = bottlenecks.round(passing, damping);
            if (round > 5 && change > 0.95 * last) // links that drive each other to and fro: smaller steps
                damping = Math.max(0.1, damping * 0.8);
            progress.accept(round);
        }
        double[] offered = move();
        double left = disagreement(offered);
        if (left > 10 * TOLERANCE)
            throw new NotConvergedException(round, left);
        return new Loads(graph, capacity, passing, offered, arrived, filtered, round, left);
    }

    private double[] move() {
        IntStream.range(0, offeredOfPart.length).parallel().forEach(this::movePart);
        double[] sum = offeredOfPart[0].clone();
        for (int part = 1; part < offeredOfPart.length; part++)
            for (int slot = 0; slot < sum.length; slot++)
                sum[slot] += offeredOfPart[part][slot];
        return sum;
    }

    private void movePart(int part) {
        double[] offered = offeredOfPart[part];
        Arrays.fill(offered, 0);
        double[] flow = new double[graph.size()];
        int first = firstOf(part);
        int end = firstOf(part + 1);
        for (int i = first; i < end; i++)
            move(i, offered, flow);
    }

    private int firstOf(int part) {
        return (int) ((long) demands.size() * part / offeredOfPart.length);
    }

    /** @param flow all zero before and after */
    private void move(int index, double[] offered, double[] flow) {
        Demand demand = demands.get(index);
        boolean ring = demand.unasked();
        double dropped = 0;
        double[] rates = demand.rates();
        double share = demand.share();
        for (int slot : demand.tree().slots()) {
            long ends = graph.ends[slot];
            int u = (int) (ends >>> 32);
            int v = (int) ends;
            double rate = flow[u] + rates[u] * share;
            flow[u] = 0;
            if (ring && region[u]) { // its own customers: the ring stands at their edge too
                dropped += rate;
                continue;
            }
            offered[slot] += rate;
            double left = full[slot] ? rate * passing[slot] : rate;
            if (ring && region[v])
                dropped += left;
            else
                flow[v] += left;
        }
        int destination = demand.tree().destination();
        double own = rates[destination] * share;
        if (ring && region[destination])
            dropped += own;
        else
            flow[destination] += own;
        double along = demand.pathRate();
        for (int slot : demand.path()) {
            offered[slot] += along;
            along *= passing[slot];
        }
        arrived[index] = flow[destination] + along;
        filtered[index] = dropped;
        flow[destination] = 0;
    }

    private double disagreement(double[] offered) {
        double most = 0;
        for (int slot = 0; slot < offered.length; slot++) {
            double share = Math.min(1, capacity[slot] / offered[slot]); // 0 offered: infinity, so 1
            most = Math.max(most, Math.abs(share - passing[slot]) / passing[slot]);
        }
        return most;
    }
}
