package org.schiltron.scenario;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.wire.Data;

/**
 * A flood that bears others' addresses, or looks like data that somebody asked for. Allocates for each datagram: for what
 * {@link org.schiltron.sim.Flood} does, that is faster.
 */
final class ForgedFlood {
    private static final long SECOND_NS = 1_000_000_000;

    private final Simulation simulation;
    private final Node<Void, Attacker> node;
    private final Role.Flood role;
    private final List<Path> targets;
    private final List<Path> sources;
    private final long startNs;
    private final RandomSource random;
    private long sent;

    /** @param startNs when the first goes out */
    ForgedFlood(Simulation simulation, Node<Void, Attacker> node, Role.Flood role, List<Path> targets,
            List<Path> sources, long startNs, RandomSource random) {
        this.simulation = simulation;
        this.node = node;
        this.role = role;
        this.targets = targets;
        this.sources = sources;
        this.startNs = startNs;
        this.random = random;
        simulation.at(startNs, this::step);
    }

    private void step() {
        if (simulation.nowNs() >= role.endNs())
            return;
        byte[] bytes = random.bytes(role.payload());
        if (role.kind() == Role.Flood.Kind.DATA)
            Data.write(MemorySegment.ofArray(bytes), 0, 0, 0, (int) random.nextLong(), random.nextLong(),
                    random.nextLong());
        simulation.send(node, pick(sources), pick(targets), bytes);
        sent++;
        long rate = role.packetsPerSecond();
        simulation.at(startNs + sent / rate * SECOND_NS + sent % rate * SECOND_NS / rate, this::step);
    }

    private Path pick(List<Path> from) {
        return from.get(random.nextInt(from.size()));
    }
}
