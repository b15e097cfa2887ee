package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * Carries datagrams: the sender's uplink, the core's delay, the receiver's downlink, the receiver. Two events a
 * datagram: it comes to the downlink, it comes to the node. The route is found when it leaves the uplink and again
 * when it comes to the downlink, since its destination may have moved.
 *
 * <p>Where there are routers, they and the trunks between them stand in the core's place: one event a link. The route is
 * found at every router.
 */
final class Network {
    // Where a datagram is.
    private static final int HELD_ON_UPLINK = 0;
    private static final int IN_CORE = 1;
    private static final int HELD_ON_DOWNLINK = 2;
    private static final int ON_DOWNLINK = 3;
    private static final int TO_ROUTER = 4;
    private static final int HELD_ON_TRUNK = 5;
    private static final int SENT_ON_UPLINK = 6; // by a link that keeps a queue, as the next two
    private static final int SENT_ON_DOWNLINK = 7;
    private static final int SENT_ON_TRUNK = 8;
    private static final int OFF_TRUNK = 9;

    /** The port that a socket on a whole address sends from. */
    private static final int EPHEMERAL_PORT = 49_152;
    private static final int MAX_IN_FLIGHT = 1 << 22;
    private static final int NOBODY = -1;
    private static final int MAX_PACKET = 1 << 16;

    private final Timeline timeline;
    private final Trace trace;
    private final PacketStore store = new PacketStore(MAX_IN_FLIGHT);
    private final EventQueue arrivals = new EventQueue();
    private final AddressTable routes = new AddressTable();
    private final Routing routing = new Routing();
    private final LinkStatistics statistics = new LinkStatistics();
    private final List<Node<?, ?>> nodes = new ArrayList<>();
    private final Addresses addresses = new Addresses(routes, nodes);
    private final Path source = new Path();
    private final Path destination = new Path();
    private final Path delivered = new Path(); // not source: a machine sends while it looks at it
    private final MemorySegment written = java.lang.foreign.Arena.ofAuto().allocate(MAX_PACKET);
    private CoreDelay coreDelay = (from, to) -> 10_000_000;
    private final Partitions partitions = new Partitions();
    private final Outbox outbox = new Outbox(this, store);
    private final RouterMessages messages = new RouterMessages(this, store, routing);

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

    EventQueue arrivals() {
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

    Addresses addresses() {
        return addresses;
    }

    AddressTable routes() {
        return routes;
    }

    Partitions partitions() {
        return partitions;
    }

    Outbox outbox() {
        return outbox;
    }

    /** A datagram that a machine has written into that slot. */
    void send(Node<?, ?> node, int packet, Path to) {
        int socket = to.socket();
        node.local(socket, source);
        Nat nat = node.nat();
        if (nat != null)
            nat.outgoing(nowNs(), socket, to, source);
        else if (source.port() == 0)
            source.set(0, source.addressHigh(), source.addressLow(), EPHEMERAL_PORT);
        begin(packet, node, source, to);
        enter(node.uplink(), packet, false);
    }

    void send(Node<?, ?> from, Path spoofed, Path to, byte[] payload) {
        enter(from.uplink(), packet(from, spoofed, to, MemorySegment.ofArray(payload), payload.length), false);
    }

    /** An IP packet as it stands. */
    void send(Node<?, ?> from, MemorySegment segment, long offset, int length) {
        boolean whole = IpPacket.read(segment, offset, length, source, destination) != IpPacket.MALFORMED;
        int packet = ipPacket(from.index(), segment, offset, length);
        if (!whole)
            drop(packet, DropCause.MALFORMED);
        else if (!from.isAlive())
            drop(packet, DropCause.DEAD);
        else
            enter(from.uplink(), packet, false);
    }

    /** From {@link #source} to {@link #destination}. */
    private int ipPacket(int from, MemorySegment segment, long offset, int length) {
        int packet = store.allocate(length);
        store.setPacket(packet);
        store.setSource(packet, source);
        store.setDestination(packet, destination);
        store.setNodes(packet, from, from);
        store.write(packet, segment, offset);
        store.trace(packet, trace);
        statistics.in(length);
        return packet;
    }

    void inject(Link link, Path spoofed, Path to, byte[] payload) {
        Node<?, ?> node = link.node();
        enter(link, packet(node, spoofed, to, MemorySegment.ofArray(payload), payload.length), true);
    }

    /** @param from null for one that comes from no node */
    private int packet(@Nullable Node<?, ?> from, Path spoofed, Path to, MemorySegment payload, int length) {
        int packet = store.allocate(length);
        store.write(packet, payload, 0);
        begin(packet, from, spoofed, to);
        return packet;
    }

    private void begin(int packet, @Nullable Node<?, ?> from, Path spoofed, Path to) {
        store.setSource(packet, spoofed);
        store.setDestination(packet, to);
        int index = from == null ? NOBODY : from.index();
        store.setNodes(packet, index, index);
        store.trace(packet, trace);
        statistics.in(store.length(packet));
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
            case TO_ROUTER -> fromUplink(packet, store.place(packet), store.from(packet));
            case OFF_TRUNK -> forward(packet, routing.end(store.place(packet)), routing.link(store.place(packet)));
            case HELD_ON_TRUNK -> enter(routing.link(store.place(packet)), packet, true);
            case SENT_ON_UPLINK -> sent(nodes.get(store.from(packet)).uplink(), packet);
            case SENT_ON_DOWNLINK -> sent(nodes.get(store.to(packet)).downlink(), packet);
            case SENT_ON_TRUNK -> sent(routing.link(store.place(packet)), packet);
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
        LinkQueue queue = link.queue();
        if (queue == null)
            come(link, packet, link.model().offer(nowNs(), store.wireLength(packet)));
        else
            await(link, queue, packet);
    }

    /** The link has decided what becomes of the datagram. */
    private void come(Link link, int packet, long exitNs) {
        if (LinkModel.isDropped(exitNs)) {
            drop(packet, LinkModel.cause(exitNs));
            return;
        }
        LinkModel model = link.model();
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

    private void await(Link link, LinkQueue queue, int packet) {
        int length = store.wireLength(packet);
        long refusal = link.model().enter(length);
        if (LinkModel.isDropped(refusal)) {
            drop(packet, LinkModel.cause(refusal));
            return;
        }
        store.source(packet, source, 0);
        store.destination(packet, destination);
        queue.offer(nowNs(), packet, length, flow(source) * 31 + flow(destination));
        if (!link.isSending())
            sendNext(link, queue);
    }

    private static long flow(Path address) {
        return Trace.mix(Trace.mix(address.addressHigh(), address.addressLow()), address.port());
    }

    private void sendNext(Link link, LinkQueue queue) {
        int packet = queue.poll(nowNs());
        link.sending(packet != LinkQueue.NONE);
        if (packet != LinkQueue.NONE)
            schedule(link, packet, SENT_ON_UPLINK, SENT_ON_DOWNLINK, SENT_ON_TRUNK,
                    link.model().send(nowNs(), store.wireLength(packet)));
    }

    private void sent(Link link, int packet) {
        come(link, packet, link.model().leave(nowNs(), store.wireLength(packet)));
        link.sending(false);
        LinkQueue queue = link.queue();
        if (queue != null)
            sendNext(link, queue);
    }

    void dropQueued(Link link, int packet, DropCause cause) {
        link.statistics().drop(cause);
        drop(packet, cause);
    }

    private void hold(Link link, int packet, long delayNs) {
        schedule(link, packet, HELD_ON_UPLINK, HELD_ON_DOWNLINK, HELD_ON_TRUNK, nowNs() + delayNs);
    }

    private void schedule(Link link, int packet, int onUplink, int onDownlink, int onTrunk, long timeNs) {
        if (link.isTrunk())
            store.setPlace(packet, link.trunk());
        schedule(packet, link.isTrunk() ? onTrunk : link.isUp() ? onUplink : onDownlink, timeNs);
    }

    private void leave(Link link, int packet, long exitNs) {
        link.carried(exitNs, store, packet);
        if (link.isTrunk()) {
            store.setPlace(packet, link.trunk());
            schedule(packet, OFF_TRUNK, exitNs);
        } else if (!link.isUp()) {
            schedule(packet, ON_DOWNLINK, exitNs);
        } else if (routing.isEmpty()) {
            toCore(packet, exitNs);
        } else {
            int router = nodes.get(store.from(packet)).router();
            if (router == Node.NOWHERE) {
                drop(packet, DropCause.NO_ROUTE);
                return;
            }
            store.setPlace(packet, router);
            schedule(packet, TO_ROUTER, exitNs);
        }
    }

    /** What comes from nobody is the router's own: neither its gates nor its hop are for that. */
    private void fromUplink(int packet, int router, int from) {
        if (from == NOBODY)
            sendOn(packet, router);
        else
            forward(packet, router, nodes.get(from).uplink());
    }

    /** The datagram is at a router: down to its receiver, or on to the next router. */
    private void forward(int packet, int router, Link by) {
        if (!routing.router(router).admits(nowNs(), store, packet, by)) {
            drop(packet, DropCause.GATE);
            return;
        }
        int owner = store.isPacket(packet) ? owner(packet) : Routing.NO_WAY;
        if (owner == router) {
            messages.echo(packet, router); // and nothing else: it is for the router itself
            statistics.out(store.length(packet));
            store.release(packet);
        } else if (!store.isPacket(packet) || hop(packet, router)) {
            if (owner == Routing.NO_WAY)
                sendOn(packet, router);
            else
                sendBy(packet, router, routing.next(router, owner));
        }
    }

    /** The router whose own address it goes to, or {@link Routing#NO_WAY}. */
    private int owner(int packet) {
        if (route(packet) != AddressTable.ABSENT)
            return Routing.NO_WAY;
        store.destination(packet, destination);
        return routing.owner(destination);
    }

    private void sendOn(int packet, int router) {
        Node<?, ?> to = receiver(packet, router);
        if (to == null)
            return;
        int from = store.from(packet);
        store.setNodes(packet, from, to.index());
        if (to.router() == router) {
            if (from != NOBODY && partitions.isCut(from, to.index()))
                drop(packet, DropCause.PARTITION);
            else
                enterFrom(router, to.downlink(), packet);
            return;
        }
        sendBy(packet, router, to.router() == Node.NOWHERE ? Routing.NO_WAY : routing.next(router, to.router()));
    }

    private void sendBy(int packet, int router, int link) {
        if (link == Routing.NO_WAY)
            drop(packet, DropCause.NO_ROUTE);
        else
            enterFrom(router, routing.link(link), packet);
    }

    private void enterFrom(int router, Link link, int packet) {
        int mtu = link.config().mtuBytes();
        if (store.isPacket(packet) && store.length(packet) > mtu)
            messages.error(packet, router, IcmpError.TOO_BIG, mtu);
        enter(link, packet, false);
    }

    /** Takes a hop from a whole packet, or drops it. */
    private boolean hop(int packet, int router) {
        MemorySegment segment = store.segment(packet);
        long offset = store.offset(packet);
        if (IpPacket.headerLength(segment, offset, store.length(packet)) == IpPacket.MALFORMED) { // a link did that
            drop(packet, DropCause.MALFORMED);
            return false;
        }
        if (IpPacket.hop(segment, offset))
            return true;
        messages.error(packet, router, IcmpError.TIME_EXCEEDED, 0);
        drop(packet, DropCause.HOPS);
        return false;
    }

    /** A packet of a router's own. */
    void say(int router, Path from, Path to, MemorySegment packet, int length) {
        source.set(from);
        destination.set(0, to.addressHigh(), to.addressLow(), 0);
        int said = ipPacket(NOBODY, packet, 0, length);
        store.setPlace(said, router);
        schedule(said, TO_ROUTER, nowNs());
    }

    private void toCore(int packet, long exitNs) {
        Node<?, ?> to = receiver(packet, NOBODY);
        if (to == null)
            return;
        Node<?, ?> from = nodes.get(store.from(packet));
        store.setNodes(packet, from.index(), to.index());
        schedule(packet, IN_CORE, exitNs + Math.max(0, coreDelay.delayNs(from, to)));
    }

    private void leaveCore(int packet) {
        Node<?, ?> to = receiver(packet, NOBODY);
        if (to == null)
            return;
        int from = store.from(packet);
        if (partitions.isCut(from, to.index())) {
            drop(packet, DropCause.PARTITION);
            return;
        }
        store.setNodes(packet, from, to.index());
        enter(to.downlink(), packet, false);
    }

    /** By the destination address, which a router looks up, or {@link #NOBODY}; drops what has none. */
    private @Nullable Node<?, ?> receiver(int packet, int router) {
        int found = route(packet);
        if (found == AddressTable.ABSENT) {
            if (router != NOBODY)
                messages.error(packet, router, IcmpError.UNREACHABLE, 0);
            drop(packet, DropCause.NO_ROUTE);
            return null;
        }
        return nodes.get(found >>> 8);
    }

    /** What the addresses have for the destination: looked up once, and again if an address has changed since. */
    private int route(int packet) {
        int version = routes.version();
        if (store.routeVersion(packet) == version)
            return store.route(packet);
        store.destination(packet, destination);
        int found = routes.find(destination);
        store.setRoute(packet, found, version);
        return found;
    }

    private void deliver(int packet) {
        Node<?, ?> node = nodes.get(store.to(packet));
        int found = route(packet);
        if (found == AddressTable.ABSENT || found >>> 8 != node.index()) {
            drop(packet, DropCause.NO_ROUTE);
            return;
        }
        int socket = found & 0xff;
        Nat nat = node.nat();
        if (nat != null) {
            store.source(packet, source, 0);
            store.destination(packet, destination);
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
        PacketSink stack = node.stack();
        if (stack != null) {
            toStack(packet, stack);
            return;
        }
        MemorySegment segment = store.segment(packet);
        long offset = store.offset(packet);
        int length = store.length(packet);
        if (store.isPacket(packet)) {
            int header = IpPacket.udpPayload(segment, offset, length);
            if (header == IpPacket.MALFORMED || !IpPacket.isIntact(segment, offset, length, header)) {
                drop(packet, DropCause.MALFORMED);
                return;
            }
            offset += header;
            length -= header;
        }
        statistics.out(store.length(packet));
        store.source(packet, delivered, socket);
        node.deliver(delivered, segment, offset, length);
        store.release(packet);
    }

    private void toStack(int packet, PacketSink stack) {
        int length = store.length(packet);
        statistics.out(length);
        if (store.isPacket(packet)) {
            stack.onPacket(nowNs(), store.segment(packet), store.offset(packet), length);
        } else {
            store.source(packet, source, 0);
            store.destination(packet, destination);
            stack.onPacket(nowNs(), written, 0, IpPacket.write(written, 0, source, destination,
                    store.segment(packet), store.offset(packet), length));
        }
        store.release(packet);
    }

    private void schedule(int packet, int stage, long timeNs) {
        store.setStage(packet, stage);
        arrivals.add(packet, timeNs, timeline.nextOrder());
    }

    private void drop(int packet, DropCause cause) {
        statistics.drop(cause);
        trace.mix(cause.code());
        store.release(packet);
    }
}
