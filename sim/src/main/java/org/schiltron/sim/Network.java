package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * Carries datagrams: the sender's uplink, the core's delay, the receiver's downlink, the receiver. Two events a
 * datagram: it comes to the downlink, it comes to the node. The route is found when it leaves the uplink and again
 * when it comes to the downlink, since its destination may have moved.
 */
final class Network implements TransmitSink {
    // Where a datagram is.
    private static final int HELD_ON_UPLINK = 0;
    private static final int IN_CORE = 1;
    private static final int HELD_ON_DOWNLINK = 2;
    private static final int ON_DOWNLINK = 3;

    /** The port that a socket on a whole address sends from. */
    private static final int EPHEMERAL_PORT = 49_152;
    private static final int MAX_IN_FLIGHT = 1 << 22;

    private final Timeline timeline;
    private final Trace trace;
    private final PacketStore store = new PacketStore(MAX_IN_FLIGHT);
    private final EventHeap arrivals = new EventHeap();
    private final AddressTable routes = new AddressTable();
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

    private int packet(Node<?, ?> from, Path spoofed, Path to, MemorySegment payload, int length) {
        int packet = store.allocate(length);
        store.setSource(packet, spoofed);
        store.setDestination(packet, to);
        store.setNodes(packet, from.index(), from.index());
        store.write(packet, payload, 0);
        store.trace(packet, trace);
        statistics.in(length);
        return packet;
    }

    // On the way

    /** The datagram that {@link #arrivals} had first has come to the end of its stage. */
    void arrive(int packet) {
        int stage = store.stage(packet);
        trace.mix(store.stage(packet) + 4L * store.to(packet));
        switch (stage) {
            case HELD_ON_UPLINK -> enter(nodes.get(store.from(packet)).uplink(), packet, true);
            case IN_CORE -> leaveCore(packet);
            case HELD_ON_DOWNLINK -> enter(nodes.get(store.to(packet)).downlink(), packet, true);
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
                schedule(packet, link.isUp() ? HELD_ON_UPLINK : HELD_ON_DOWNLINK, nowNs() + verdict);
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

    private void leave(Link link, int packet, long exitNs) {
        if (!link.isUp()) {
            schedule(packet, ON_DOWNLINK, exitNs);
            return;
        }
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
    private @org.jspecify.annotations.Nullable Node<?, ?> receiver(int packet) {
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
