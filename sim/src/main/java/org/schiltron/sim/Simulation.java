package org.schiltron.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

/**
 * A run: nodes with machines, the network between them, and virtual time, all decided by one seed. The same program
 * with the same seed gives the same run, event by event ({@link #traceHash}).
 *
 * <p>Single-threaded. Events at the same time happen in the order in which they were scheduled. Per event nothing is
 * allocated for datagrams and timers beyond what the machines allocate.
 */
public final class Simulation {
    /** After which a home router forgets a UDP flow, as the protocol's keepalive assumes. */
    public static final long NAT_IDLE_NS = 25_000_000_000L;

    private record Action(long timeNs, long order, Runnable what) {
    }

    private final long seed;
    private final Timeline timeline = new Timeline();
    private final Trace trace = new Trace();
    private final Network network = new Network(timeline, trace);
    private final EventHeap timers = new EventHeap();
    private final PriorityQueue<Action> actions = new PriorityQueue<>(
            Comparator.comparingLong(Action::timeNs).thenComparingLong(Action::order));
    private final List<Invariant> invariants = new ArrayList<>();
    private final SeededRandom random;
    private int addressesGiven;
    private int partitions;

    public Simulation(long seed) {
        this.seed = seed;
        random = random("simulation");
    }

    public long seed() {
        return seed;
    }

    /** From 0. */
    public long nowNs() {
        return timeline.nowNs();
    }

    /** Events so far. */
    public long events() {
        return timeline.events();
    }

    /** A fresh stream of the seed at each call, so that one consumer's draws do not shift another's. */
    public SeededRandom random() {
        return random.split();
    }

    /** The seed's stream of that name, the same whatever else is drawn, and in which order. */
    public SeededRandom random(String consumer) {
        long mixed = seed;
        for (int i = 0; i < consumer.length(); i++)
            mixed = Trace.mix(mixed, consumer.charAt(i));
        return new SeededRandom(mixed).split();
    }

    // Nodes and network

    /**
     * Adds a host.
     *
     * @param name      unique, for people; also names the host's random streams
     * @param addresses the machine's sockets, numbered in this order; port 0 stands for every port of the address
     */
    public <E, M extends Machine<E>> Node<E, M> add(String name, M machine, Path... addresses) {
        for (Node<?, ?> other : network.nodes()) {
            if (other.name().equals(name))
                throw new IllegalArgumentException("two nodes are called " + name);
        }
        Node<E, M> node = new Node<>(this, network, network.nodes().size(), name, machine);
        network.nodes().add(node);
        for (Path address : addresses)
            node.addAddress(address);
        after(0, node::start);
        return node;
    }

    public List<Node<?, ?>> nodes() {
        return List.copyOf(network.nodes());
    }

    /** A public IPv4 address no call gave before, in a /24 of its own. */
    public Path newAddress(int port) {
        int number = addressesGiven++;
        return Path.ofIpv4((32 << 24) + (number << 8) + 1, port);
    }

    /** A public IPv6 address no call gave before, in a /48 of its own. */
    public Path newIpv6Address(int port) {
        int number = addressesGiven++;
        return new Path(0, 0x2a00_0000_0000_0000L | (long) number << 16, 1, port);
    }

    /** Without this call, 10 ms between any two nodes. */
    public void coreDelay(CoreDelay delay) {
        network.coreDelay(delay);
    }

    /**
     * Adds a router. The first one turns the star into a graph: a datagram goes from its node's uplink to the router that the
     * node is attached to ({@link Node#attach}), over trunks to the receiver's router, and down. No core delay applies then,
     * and nodes that are attached to no router reach nobody.
     */
    public Router router(String name) {
        return network.routing().add(name);
    }

    /**
     * Joins two routers by a link, perfect until it is configured.
     *
     * @param name names its random streams
     */
    public Trunk join(String name, Router a, Router b) {
        Link there = network.routing().join(network, a, b, random("trunk there " + name));
        return new Trunk(name, a, b, there, network.routing().join(network, b, a, random("trunk back " + name)));
    }

    /** The links from one router to another. @throws IllegalArgumentException if there is no way */
    public List<Link> way(Router from, Router to) {
        return network.routing().way(from, to);
    }

    /** Cuts these nodes off from all others, until {@link #heal}; among themselves they stay connected. */
    public void partition(Collection<? extends Node<?, ?>> nodes) {
        int part = ++partitions;
        for (Node<?, ?> node : nodes)
            node.setPartition(part);
    }

    /** One network again. */
    public void heal() {
        for (Node<?, ?> node : network.nodes())
            node.setPartition(0);
    }

    /**
     * Sends from a node's uplink, with any source address (none is filtered): for attackers.
     *
     * @param payload 0 to 65,507 bytes
     */
    public void send(Node<?, ?> from, Path source, Path destination, byte[] payload) {
        network.send(from, source, destination, payload);
    }

    /**
     * Of all datagrams: in when sent, out when a machine got it, payload bytes. Always
     * {@code packetsIn + duplicates = packetsOut + drops + inFlight}.
     */
    public LinkStatistics statistics() {
        return network.statistics();
    }

    /** Datagrams under way. */
    public int inFlight() {
        return network.inFlight();
    }

    // What happens when

    /** Not before now. */
    public void at(long timeNs, Runnable what) {
        actions.add(new Action(Math.max(timeNs, nowNs()), timeline.nextOrder(), what));
    }

    public void after(long delayNs, Runnable what) {
        at(nowNs() + delayNs, what);
    }

    /** First a period from now, then for ever. */
    public void every(long periodNs, Runnable what) {
        if (periodNs < 1)
            throw new IllegalArgumentException("periodNs: " + periodNs + " is not positive");
        after(periodNs, () -> {
            what.run();
            every(periodNs, what);
        });
    }

    /** Checked after every event from now on. */
    public void invariant(Invariant invariant) {
        invariants.add(invariant);
    }

    /** Everything up to this time, inclusive; then it is that time. */
    public void run(long untilNs) {
        while (nextTimeNs() <= untilNs)
            step();
        timeline.pass(untilNs);
    }

    /** {@link #run} for so long from now. */
    public void runFor(long durationNs) {
        run(nowNs() + durationNs);
    }

    /**
     * Runs until a condition holds after an event, or before the first.
     *
     * @return whether it came to hold; if not, it is {@code limitNs}
     */
    public boolean runUntil(BooleanSupplier condition, long limitNs) {
        while (!condition.getAsBoolean()) {
            if (nextTimeNs() > limitNs) {
                timeline.pass(limitNs);
                return condition.getAsBoolean();
            }
            step();
        }
        return true;
    }

    /** A hash of every event so far: equal for equal runs, different (but for chance) for different ones. */
    public long traceHash() {
        return trace.hash();
    }

    // The loop

    EventHeap timers() {
        return timers;
    }

    void timer(int node, long deadlineNs) {
        if (deadlineNs == Machine.NO_DEADLINE) {
            timers.cancel(node);
            return;
        }
        long timeNs = Math.max(deadlineNs, nowNs());
        if (!timers.contains(node) || timers.timeNs(node) != timeNs)
            timers.schedule(node, timeNs, timeline.nextOrder());
    }

    private long nextTimeNs() {
        Action action = actions.peek();
        long timeNs = Math.min(network.arrivals().firstTimeNs(), timers.firstTimeNs());
        return action == null ? timeNs : Math.min(timeNs, action.timeNs());
    }

    private void step() {
        try {
            long timeNs = nextTimeNs();
            timeline.event(timeNs);
            trace.mix(timeNs);
            happen(timeNs);
            for (int i = 0; i < invariants.size(); i++)
                invariants.get(i).check();
        } catch (AssertionError | RuntimeException e) {
            throw new SimulationFailure(seed, events(), nowNs(), e);
        }
    }

    /** The event of that time that was scheduled first. */
    private void happen(long timeNs) {
        EventHeap arrivals = network.arrivals();
        Action action = actions.peek();
        long arrival = arrivals.firstTimeNs() == timeNs ? arrivals.firstOrder() : Long.MAX_VALUE;
        long timer = timers.firstTimeNs() == timeNs ? timers.firstOrder() : Long.MAX_VALUE;
        long act = action != null && action.timeNs() == timeNs ? action.order() : Long.MAX_VALUE;
        if (arrival < timer && arrival < act) {
            network.arrive(arrivals.takeFirst());
        } else if (timer < act) {
            int node = timers.takeFirst();
            trace.mix(~node);
            network.nodes().get(node).timer();
        } else {
            actions.remove().what().run();
        }
    }
}
