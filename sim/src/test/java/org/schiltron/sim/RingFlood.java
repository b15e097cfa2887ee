package org.schiltron.sim;

import java.util.List;
import org.schiltron.machine.Path;

/** {@link RingForgery} at a ring node, several times as much as its link takes. */
final class RingFlood {
    private static final int LENGTH = 1_000;

    private final Simulation simulation;
    private final Node<?, ?> ring;
    private final Path target;
    private final Node<Void, Attacker> host;
    private final RingForgery forgery;
    private long gapNs;
    private long endNs;

    RingFlood(Simulation simulation, String name, Node<?, ?> ring, Path target, List<Path> mailboxes) {
        this.simulation = simulation;
        this.ring = ring;
        this.target = target;
        forgery = new RingForgery(simulation, mailboxes, LENGTH, simulation.random(name));
        host = simulation.add(name, new Attacker(), simulation.newAddress(7_000));
    }

    /** Floods for so long, with so many times what the link takes. */
    void start(double times, long durationNs) {
        forgery.watch(ring);
        long rate = ring.downlink().config().rateBytesPerSecond();
        gapNs = (long) (LENGTH / (times * rate) * 1e9);
        endNs = simulation.nowNs() + durationNs;
        step();
    }

    private void step() {
        if (simulation.nowNs() >= endNs) {
            forgery.unwatch(ring);
            return;
        }
        forgery.send(host, target);
        simulation.after(gapNs, this::step);
    }
}
