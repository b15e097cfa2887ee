package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/**
 * One direction of a node's access link or of a {@link Trunk}: a {@link LinkModel} in virtual time, and who listens on it.
 */
public final class Link {
    private static final int NO_TRUNK = -1;

    private final Network network;
    private final @Nullable Node<?, ?> node;
    private final boolean up;
    private final int trunk;
    private final LinkModel model;
    private @Nullable List<Tap> taps;
    private @Nullable Datagram seen;
    private @Nullable Capture capture;
    private @Nullable LinkQueue queue;
    private boolean sending; // what the queue gave

    Link(Network network, Node<?, ?> node, boolean up, LinkModel model) {
        this.network = network;
        this.node = node;
        this.up = up;
        this.model = model;
        trunk = NO_TRUNK;
    }

    /** Between routers. */
    Link(Network network, int trunk, LinkModel model) {
        this.network = network;
        node = null;
        up = false;
        this.trunk = trunk;
        this.model = model;
    }

    /**
     * From the next datagram on. For a change at a time, {@code simulation.at(ns, () -> link.configure(...))}.
     *
     * @throws IllegalStateException if the discipline is another one and something waits in the queue of the one before
     */
    public void configure(LinkConfig config) {
        LinkQueue mine = queue;
        boolean other = !config.discipline().equals(model.config().discipline());
        if (mine != null && other && !mine.isEmpty())
            throw new IllegalStateException("another discipline while " + mine.bytes() + " bytes wait");
        model.configure(config);
        if (other)
            queue = config.discipline().keepsQueue()
                    ? new LinkQueue(config, model.random(), (packet, cause) -> network.dropQueued(this, packet, cause))
                    : null;
        else if (mine != null)
            mine.configure(config);
    }

    public LinkConfig config() {
        return model.config();
    }

    public LinkStatistics statistics() {
        return model.statistics();
    }

    /** What waits or is being sent, in bytes. */
    public long queuedBytes() {
        LinkQueue mine = queue;
        return model.queuedBytes(network.nowNs()) + (mine == null ? 0 : mine.bytes());
    }

    /** Bytes that have been sent and not lost; what is being sent counts when it is. */
    public long sentBytes() {
        return statistics().bytesOut() - (queue == null ? model.queuedBytes(network.nowNs()) : 0);
    }

    /** Listens from now on, after the taps that listen already. */
    public void tap(Tap tap) {
        if (taps == null)
            taps = new ArrayList<>();
        taps.add(tap);
    }

    public void untap(Tap tap) {
        if (taps != null)
            taps.remove(tap);
    }

    /** Keeps what the link carries from now on, in place of the capture before. */
    public void capture(Capture next) {
        capture = next;
    }

    /**
     * Puts a datagram on this link, past its taps. On an uplink or between routers it is then routed by its destination; on
     * a downlink it goes to this link's node, if it has that destination.
     */
    public void inject(Path source, Path destination, byte[] payload) {
        network.inject(this, source, destination, payload);
    }

    boolean isUp() {
        return up;
    }

    boolean isTrunk() {
        return trunk != NO_TRUNK;
    }

    /** Of a link between routers, in {@link Routing}. */
    int trunk() {
        return trunk;
    }

    /** Whose access link it is. */
    @Nullable
    Node<?, ?> node() {
        return node;
    }

    void carried(long exitNs, PacketStore store, int packet) {
        Capture kept = capture;
        if (kept == null)
            return;
        kept.onDatagram(exitNs, seen(store, packet));
    }

    private Datagram seen(PacketStore store, int packet) {
        Datagram datagram = seen;
        if (datagram == null)
            seen = datagram = new Datagram();
        datagram.wrap(store, packet);
        return datagram;
    }

    LinkModel model() {
        return model;
    }

    /** Null for a discipline that needs none. */
    @Nullable
    LinkQueue queue() {
        return queue;
    }

    boolean isSending() {
        return sending;
    }

    void sending(boolean now) {
        sending = now;
    }

    /** The first verdict of a tap that is not {@link Tap#PASS}, else that. */
    long ask(long nowNs, PacketStore store, int packet) {
        List<Tap> asked = taps;
        if (asked == null)
            return Tap.PASS;
        for (int i = 0; i < asked.size(); i++) {
            long verdict = asked.get(i).onDatagram(nowNs, seen(store, packet));
            if (verdict != Tap.PASS)
                return verdict;
        }
        return Tap.PASS;
    }
}
