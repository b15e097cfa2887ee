package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;

/** One direction of a node's access link: a {@link LinkModel} in virtual time, and who listens on it. */
public final class Link {
    private final Network network;
    private final Node<?, ?> node;
    private final boolean up;
    private final LinkModel model;
    private final List<Tap> taps = new ArrayList<>();
    private final Datagram seen = new Datagram();

    Link(Network network, Node<?, ?> node, boolean up, LinkModel model) {
        this.network = network;
        this.node = node;
        this.up = up;
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

    /**
     * Puts a datagram on this link, past its taps. On an uplink it is then routed by its destination; on a downlink it
     * goes to this link's node, if it has that destination.
     */
    public void inject(Path source, Path destination, byte[] payload) {
        network.inject(this, source, destination, payload);
    }

    boolean isUp() {
        return up;
    }

    Node<?, ?> node() {
        return node;
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
