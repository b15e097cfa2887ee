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
    private final List<Tap> taps = new ArrayList<>();
    private final Datagram seen = new Datagram();
    private @Nullable Capture capture;

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

    /** From the next datagram on. For a change at a time, {@code simulation.at(ns, () -> link.configure(...))}. */
    public void configure(LinkConfig config) {
        model.configure(config);
    }

    public LinkConfig config() {
        return model.config();
    }

    public LinkStatistics statistics() {
        return model.statistics();
    }

    /** What waits to be sent, in bytes. */
    public long queuedBytes() {
        return model.queuedBytes(network.nowNs());
    }

    /** Listens from now on, after the taps that listen already. */
    public void tap(Tap tap) {
        taps.add(tap);
    }

    public void untap(Tap tap) {
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
        seen.wrap(store, packet);
        kept.onDatagram(exitNs, seen);
    }

    LinkModel model() {
        return model;
    }

    /** The first verdict of a tap that is not {@link Tap#PASS}, else that. */
    long ask(long nowNs, PacketStore store, int packet) {
        for (int i = 0; i < taps.size(); i++) {
            seen.wrap(store, packet);
            long verdict = taps.get(i).onDatagram(nowNs, seen);
            if (verdict != Tap.PASS)
                return verdict;
        }
        return Tap.PASS;
    }
}
