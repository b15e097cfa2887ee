package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * Carries datagrams: the sender's uplink, the core's delay, the receiver's downlink, the receiver. Two events a
 * datagram: it comes to the downlink, it comes to the node. The route is found when it leaves the uplink and again
 * when it comes to the downlink, since its destination may have moved.
 *
 * <p>Where there are routers, they and the trunks between them stand in the core's place: one event a link. The route is
 * found at every router.
 */
final class Network implements TransmitSink {
    // Where a datagram is.
    private static final int HELD_ON_UPLINK = 0;
    private static final int IN_CORE = 1;
    private static final int HELD_ON_DOWNLINK = 2;
    private static final int ON_DOWNLINK = 3;
    private static final int TO_ROUTER = 4;
    private static final int HELD_ON_TRUNK = 5;

    /** The port that a socket on a whole address sends from. */
    private static final int EPHEMERAL_PORT = 49_152;
    private static final int MAX_IN_FLIGHT = 1 << 22;
    private static final int NOBODY = -1;

    private final Timeline timeline;
    private final Trace trace;
    private final PacketStore store = new PacketStore(MAX_IN_FLIGHT);
    private final EventHeap arrivals = new EventHeap();
    private final AddressTable routes = new AddressTable();
    private final Routing routing = new Routing();
    private final LinkStatistics statistics = new LinkStatistics();
    private final List<Node<?, ?>> nodes = new ArrayList<>();
    private final MemorySegment claimed = java.lang.foreign.Arena.ofAuto().allocate(MAX_DATAGRAM, 64);
    private final Path source = new Path();
    private final Path destination = new Path();
    private final Path delivered = new Path(); // not source: a machine sends while it looks at it
    private CoreDelay coreDelay = (from, to) -> 10_000_000;
    private int sender = -1;

    Network(Timeline timeline, Trace trace) {
        this.timeline = timeline;
        this.trace = trace;
    }

    void coreDelay(CoreDelay delay) {
        coreDelay = delay;
    }

    Routing routing() {
        return routing;
    }

    long nowNs() {
        return timeline.nowNs();
    }

    EventHeap arrivals() {
        return arrivals;
    }

    LinkStatistics statistics() {
        return statistics;
    }

    int inFlight() {
        return store.inUse();
    }

    List<Node<?, ?>> nodes() {
        return nodes;
    }

    // Addresses

    /** @throws IllegalArgumentException if another node has it */
    void route(Path address, Node<?, ?> node, int socket) {
        int taken = routes.findExactly(address);
        if (taken != AddressTable.ABSENT)
            throw new IllegalArgumentException(address + " is taken by " + nodes.get(taken >>> 8).name());
        routes.put(address, node.index() << 8 | socket);
    }

    void unroute(Path address) {
        routes.remove(address);
    }

    // What a node sends

    /** Between this and {@link #transmitted} the sink is this node's. */
    void transmitting(Node<?, ?> node) {
        sender = node.index();
    }

    void transmitted() {
        sender = -1;
    }

    boolean isTransmitting() {
        return sender >= 0;
    }

    @Override
    public MemorySegment segment() {
        return claimed;
    }

    @Override
    public long claim(int maxLength) {
        if (maxLength < 1 || maxLength > MAX_DATAGRAM)
            throw new AssertionError("claims " + maxLength + " bytes");
        return 0;
    }

    @Override
    public void commit(Path to, int length) {
        Node<?, ?> node = nodes.get(sender);
        int socket = to.socket();
        Path local = node.address(socket);
        Nat nat = node.nat();
        if (nat != null)
            nat.outgoing(nowNs(), socket, to, source);
        else
            source.set(0, local.addressHigh(), local.addressLow(), local.port() == 0 ? EPHEMERAL_PORT : local.port());
        enter(node.uplink(), packet(node, source, to, claimed, length), false);
    }

    void send(Node<?, ?> from, Path spoofed, Path to, byte[] payload) {
        enter(from.uplink(), packet(from, spoofed, to, MemorySegment.ofArray(payload), payload.length), false);
    }

    void inject(Link link, Path spoofed, Path to, byte[] payload) {
        Node<?, ?> node = link.node();
        enter(link, packet(node, spoofed, to, MemorySegment.ofArray(payload), payload.length), true);
    }

    /** @param from null for one that comes from no node */
    private int packet(@Nullable Node<?, ?> from, Path spoofed, Path to, MemorySegment payload, int length) {
        int packet = store.allocate(length);
        store.setSource(packet, spoofed);
        store.setDestination(packet, to);
        int index = from == null ? NOBODY : from.index();
        store.setNodes(packet, index, index);
        store.write(packet, payload, 0);
        store.trace(packet, trace);
        statistics.in(length);
        return packet;
    }

    // On the way

    /** The datagram that {@link #arrivals} had first has come to the end of its stage. */
    void arrive(int packet) {
        int stage = store.stage(packet);
        trace.mix(stage < TO_ROUTER ? stage + 4L * store.to(packet) : ~(stage + 8L * store.place(packet)));
        switch (stage) {
            case HELD_ON_UPLINK -> enter(nodes.get(store.from(packet)).uplink(), packet, true);
            case IN_CORE -> leaveCore(packet);
            case HELD_ON_DOWNLINK -> enter(nodes.get(store.to(packet)).downlink(), packet, true);
            case TO_ROUTER -> forward(packet, store.place(packet));
            case HELD_ON_TRUNK -> enter(routing.link(store.place(packet)), packet, true);
            default -> deliver(packet);
        }
    }

    private void enter(Link link, int packet, boolean pastTaps) {
        if (!pastTaps) {
            long verdict = link.ask(nowNs(), store, packet);
            if (verdict == Tap.DROP) {
                drop(packet, DropCause.TAP);
                return;
            }
            if (verdict != Tap.PASS) {
                hold(link, packet, verdict);
                return;
            }
        }
        LinkModel model = link.model();
        long exitNs = model.offer(nowNs(), store.wireLength(packet));
        if (LinkModel.isDropped(exitNs)) {
            drop(packet, LinkModel.cause(exitNs));
            return;
        }
        int copy = -1;
        if (model.duplicateNs() != LinkModel.NO_DUPLICATE) {
            copy = store.copy(packet);
            statistics.duplicated();
        }
        if (model.isCorrupted()) {
            store.setLength(packet, model.corrupt(store.segment(packet), store.offset(packet), store.length(packet)));
            statistics.corrupted();
        }
        leave(link, packet, exitNs);
        if (copy >= 0)
            leave(link, copy, model.duplicateNs());
    }

    private void hold(Link link, int packet, long delayNs) {
        int stage = link.isUp() ? HELD_ON_UPLINK : HELD_ON_DOWNLINK;
        if (link.isTrunk()) {
            stage = HELD_ON_TRUNK;
            store.setPlace(packet, link.trunk());
        }
        schedule(packet, stage, nowNs() + delayNs);
    }

    private void leave(Link link, int packet, long exitNs) {
        link.carried(exitNs, store, packet);
        if (link.isTrunk()) {
            toRouter(packet, routing.end(link.trunk()), exitNs);
        } else if (!link.isUp()) {
            schedule(packet, ON_DOWNLINK, exitNs);
        } else if (routing.isEmpty()) {
            toCore(packet, exitNs);
        } else {
            int router = nodes.get(store.from(packet)).router();
            if (router == Node.NOWHERE)
                drop(packet, DropCause.NO_ROUTE);
            else
                toRouter(packet, router, exitNs);
        }
    }

    private void toRouter(int packet, int router, long timeNs) {
        store.setPlace(packet, router);
        schedule(packet, TO_ROUTER, timeNs);
    }

    /** The datagram is at a router: down to its receiver, or on to the next router. */
    private void forward(int packet, int router) {
        if (!routing.router(router).admits(nowNs(), store, packet)) {
            drop(packet, DropCause.GATE);
            return;
        }
        Node<?, ?> to = receiver(packet);
        if (to == null)
            return;
        int from = store.from(packet);
        store.setNodes(packet, from, to.index());
        if (to.router() == router) {
            if (from != NOBODY && nodes.get(from).partition() != to.partition())
                drop(packet, DropCause.PARTITION);
            else
                enter(to.downlink(), packet, false);
            return;
        }
        int link = to.router() == Node.NOWHERE ? Routing.NO_WAY : routing.next(router, to.router());
        if (link == Routing.NO_WAY)
            drop(packet, DropCause.NO_ROUTE);
        else
            enter(routing.link(link), packet, false);
    }

    private void toCore(int packet, long exitNs) {
        Node<?, ?> to = receiver(packet);
        if (to == null)
            return;
        Node<?, ?> from = nodes.get(store.from(packet));
        store.setNodes(packet, from.index(), to.index());
        schedule(packet, IN_CORE, exitNs + Math.max(0, coreDelay.delayNs(from, to)));
    }

    private void leaveCore(int packet) {
        Node<?, ?> to = receiver(packet);
        if (to == null)
            return;
        Node<?, ?> from = nodes.get(store.from(packet));
        if (from.partition() != to.partition()) {
            drop(packet, DropCause.PARTITION);
            return;
        }
        store.setNodes(packet, from.index(), to.index());
        enter(to.downlink(), packet, false);
    }

    /** By the destination address; drops what has none. */
    private @Nullable Node<?, ?> receiver(int packet) {
        store.destination(packet, destination);
        int found = routes.find(destination);
        if (found == AddressTable.ABSENT) {
            drop(packet, DropCause.NO_ROUTE);
            return null;
        }
        return nodes.get(found >>> 8);
    }

    private void deliver(int packet) {
        Node<?, ?> node = nodes.get(store.to(packet));
        store.destination(packet, destination);
        int found = routes.find(destination);
        if (found == AddressTable.ABSENT || found >>> 8 != node.index()) {
            drop(packet, DropCause.NO_ROUTE);
            return;
        }
        int socket = found & 0xff;
        store.source(packet, source, 0);
        Nat nat = node.nat();
        if (nat != null) {
            socket = nat.incoming(nowNs(), source, destination.port());
            if (socket == Nat.BLOCKED) {
                drop(packet, DropCause.NAT);
                return;
            }
        }
        if (!node.isAlive()) {
            drop(packet, DropCause.DEAD);
            return;
        }
        int length = store.length(packet);
        statistics.out(length);
        store.source(packet, delivered, socket);
        node.deliver(delivered, store.segment(packet), store.offset(packet), length);
        store.release(packet);
    }

    private void schedule(int packet, int stage, long timeNs) {
        store.setStage(packet, stage);
        arrivals.schedule(packet, timeNs, timeline.nextOrder());
    }

    private void drop(int packet, DropCause cause) {
        statistics.drop(cause);
        trace.mix(cause.code());
        store.release(packet);
    }
}
