package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
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

    // What the next event is.
    private static final int ARRIVAL = 0;
    private static final int TIMER = 1;
    private static final int ACTION = 2;

    private final long seed;
    private final Timeline timeline = new Timeline();
    private final Trace trace = new Trace();
    private final Network network = new Network(timeline, trace);
    private final Names names = new Names();
    private final Timers timers = new Timers();
    private final List<Node<?, ?>> timed = new ArrayList<>(); // by timer, those that ever had a deadline
    private final PriorityQueue<Action> actions = new PriorityQueue<>(
            Comparator.comparingLong(Action::timeNs).thenComparingLong(Action::order));
    private final List<Invariant> invariants = new ArrayList<>();
    private final SeededRandom random;
    private int addressesGiven;
    private int partitions;
    private int next;

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
        int named = names.add(name);
        if (named == Names.TAKEN)
            throw new IllegalArgumentException("two nodes are called " + name);
        Node<E, M> node = new Node<>(this, network.nodes().size(), named, machine, addresses);
        network.nodes().add(node);
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

    /** Gives a router addresses to answer from when it cannot send a packet on, and to answer pings at. */
    public void addresses(Router router, Path ipv4, Path ipv6) {
        network.routing().setAddresses(router, ipv4, ipv6);
    }

    /** From now on the delays of this moment decide which ways datagrams take between routers, whatever becomes of the links. */
    public void settleWays() {
        network.routing().settle();
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

    /**
     * A gate for that router: nothing passes whose source does not lie behind the link by which it came. Behind a host's access link lie that
     * host's addresses, behind a trunk those to whom the way from here begins with it (RFC 3704, section 2.2: strict reverse path
     * forwarding; BCP 38). Where ways differ in the two directions it refuses honest datagrams too.
     */
    public Router.Gate reversePath(Router at) {
        return new ReversePath(network, at);
    }

    /** Cuts these nodes off from all others, until {@link #heal}; among themselves they stay connected. */
    public void partition(Collection<? extends Node<?, ?>> nodes) {
        int part = ++partitions;
        for (Node<?, ?> node : nodes)
            network.partitions().move(node.index(), part);
    }

    /** One network again. */
    public void heal() {
        network.partitions().heal();
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
     * Sends an IP packet from a node's uplink as it stands. It goes where its header says; each router takes a hop from it.
     *
     * @param length 1 to 65,535 bytes
     */
    public void send(Node<?, ?> from, MemorySegment packet, long offset, int length) {
        network.send(from, packet, offset, length);
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
        long timeNs;
        while ((timeNs = nextTimeNs(untilNs)) <= untilNs)
            step(timeNs);
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
            long timeNs = nextTimeNs(limitNs);
            if (timeNs > limitNs) {
                timeline.pass(limitNs);
                return condition.getAsBoolean();
            }
            step(timeNs);
        }
        return true;
    }

    /** A hash of every event so far: equal for equal runs, different (but for chance) for different ones. */
    public long traceHash() {
        return trace.hash();
    }

    // The loop

    Network network() {
        return network;
    }

    Names names() {
        return names;
    }

    void timer(Node<?, ?> node, long deadlineNs) {
        int timer = node.timerNumber();
        if (deadlineNs == Machine.NO_DEADLINE) {
            if (timer != Node.NO_TIMER)
                timers.cancel(timer);
            return;
        }
        if (timer == Node.NO_TIMER) {
            timer = timers.newTimer();
            timed.add(node);
            node.setTimerNumber(timer);
        }
        long timeNs = Math.max(deadlineNs, nowNs());
        if (!timers.isAt(timer, timeNs))
            timers.schedule(timer, timeNs, timeline.nextOrder());
    }

    /** When something happens next, if that is at most {@code limitNs}; else something beyond it. Notes which event it is. */
    public long nextTimeNs(long limitNs) {
        Action action = actions.peek();
        long actionNs = action == null ? Long.MAX_VALUE : action.timeNs();
        EventQueue arrivals = network.arrivals();
        long arrivalNs = arrivals.firstTimeNs(Math.min(limitNs, actionNs));
        long timerNs = timers.firstTimeNs(Math.min(Math.min(limitNs, actionNs), arrivalNs));
        boolean timerFirst = timerNs < arrivalNs
                || (timerNs == arrivalNs && timerNs != Long.MAX_VALUE && timers.firstOrder() < arrivals.firstOrder());
        next = timerFirst ? TIMER : ARRIVAL;
        long firstNs = Math.min(arrivalNs, timerNs);
        if (action == null || actionNs > firstNs)
            return firstNs;
        if (actionNs < firstNs || action.order() < (timerFirst ? timers.firstOrder() : arrivals.firstOrder()))
            next = ACTION;
        return actionNs;
    }

    private void step(long timeNs) {
        try {
            timeline.event(timeNs);
            trace.mix(timeNs);
            happen();
            for (int i = 0; i < invariants.size(); i++)
                invariants.get(i).check();
        } catch (AssertionError | RuntimeException e) {
            throw new SimulationFailure(seed, events(), nowNs(), e);
        }
    }

    private void happen() {
        switch (next) {
            case ARRIVAL -> network.arrive(network.arrivals().takeFirst());
            case TIMER -> {
                Node<?, ?> node = timed.get(timers.takeFirst());
                trace.mix(~node.index());
                node.timer();
            }
            default -> actions.remove().what().run();
        }
    }
}
