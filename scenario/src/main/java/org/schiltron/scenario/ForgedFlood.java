package org.schiltron.scenario;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Node;
import org.schiltron.sim.Pace;
import org.schiltron.sim.RingForgery;
import org.schiltron.sim.Simulation;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;

/**
 * A flood that bears others' addresses, or looks like data that somebody asked for. Allocates for each datagram: for what
 * {@link org.schiltron.sim.Flood} does, that is faster.
 */
final class ForgedFlood {
    private final Simulation simulation;
    private final Node<Void, Attacker> node;
    private final Role.Flood role;
    private final List<Path> targets;
    private final List<Path> sources;
    private final RandomSource random;
    private final Pace pace;
    private final @Nullable RingForgery forgery;
    private int steps; // scheduled so far: of those, only the last one happens

    /**
     * @param startNs when the first goes out
     * @param forgery for what goes to ring nodes
     */
    ForgedFlood(Simulation simulation, Node<Void, Attacker> node, Role.Flood role, List<Path> targets,
            List<Path> sources, long startNs, RandomSource random, @Nullable RingForgery forgery) {
        this.simulation = simulation;
        this.node = node;
        this.role = role;
        this.targets = targets;
        this.sources = sources;
        this.random = random;
        this.forgery = forgery;
        pace = new Pace(startNs, role.packetsPerSecond());
        schedule();
    }

    void rate(long packetsPerSecond) {
        pace.change(simulation.nowNs(), packetsPerSecond, random);
        schedule();
    }

    private void schedule() {
        int step = ++steps;
        if (pace.nextNs() < role.endNs())
            simulation.at(pace.nextNs(), () -> {
                if (step == steps)
                    step();
            });
    }

    private void step() {
        pace.advance();
        if (node.isAlive())
            send();
        schedule();
    }

    private void send() {
        RingForgery forging = forgery;
        if (forging != null) {
            forging.send(node, pick(targets));
            return;
        }
        byte[] bytes = random.bytes(role.payload());
        MemorySegment s = MemorySegment.ofArray(bytes);
        if (role.kind() == Role.Flood.Kind.DATA)
            Data.write(s, 0, 0, 0, (int) random.nextLong(), random.nextLong(), random.nextLong());
        else if (role.kind() == Role.Flood.Kind.COOKIE_REQUESTS)
            CookieRequest.write(s, 0, 0, 0, random.nextLong(), random.nextLong());
        simulation.send(node, pick(sources), pick(targets), bytes);
    }

    private Path pick(List<Path> from) {
        return from.get(random.nextInt(from.size()));
    }
}
