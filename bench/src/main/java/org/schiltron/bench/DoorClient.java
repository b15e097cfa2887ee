package org.schiltron.bench;

import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Identity;
import org.schiltron.sim.Node;
import org.schiltron.sim.PuzzleSolver;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.SessionEvent;

/** A client that comes to the door with a processor for its puzzles, and leaves a while after it got in. */
final class DoorClient {
    private static final long STAY_NS = 3 * DoorModel.SECOND_NS;

    private final Simulation simulation;
    private final Node<SessionEvent, ClientEndpoint> node;
    private final PuzzleSolver solver;
    private final long startedNs;
    private long openedNs = -1;
    private long provedNs = -1;
    private long trials = -1; // until it got in

    DoorClient(DoorModel model, String name, Identity identity, double trialsPerSecond,
            ClientConfig.@Nullable Pass token) {
        simulation = model.simulation;
        startedNs = simulation.nowNs();
        ClientConfig config = new ClientConfig(model.key.publicKey(), model.contacts, false, EndpointLimits.DEFAULT)
                .withToken(token);
        node = simulation.add(name, new ClientEndpoint(config, identity, simulation.random("machine " + name)),
                simulation.newAddress(6_000));
        solver = new PuzzleSolver(simulation, node::command, trialsPerSecond);
        node.onEvent(event -> {
            switch (event) {
                case SessionEvent.Work work -> solver.begin(work.job());
                case SessionEvent.WorkOver over -> solver.end(over.job());
                case SessionEvent.Opened opened -> onOpened();
                default -> {
                }
            }
        });
    }

    private void onOpened() {
        if (openedNs >= 0)
            return;
        openedNs = simulation.nowNs();
        trials = solver.trials();
    }

    /** The service has heard from it inside the session. */
    void onProved() {
        if (provedNs >= 0)
            return;
        provedNs = simulation.nowNs();
        simulation.after(STAY_NS, () -> node.command(client -> client.close(simulation.nowNs(), CloseReason.FINISHED)));
        simulation.after(2 * STAY_NS, node::kill);
    }

    Node<SessionEvent, ClientEndpoint> node() {
        return node;
    }

    /** Open at both ends. */
    boolean isIn() {
        return openedNs >= 0 && provedNs >= 0;
    }

    long startedNs() {
        return startedNs;
    }

    /** From its start to the open session, at its end; of one that is in. */
    double connectSeconds() {
        return (openedNs - startedNs) * 1e-9;
    }

    /** As {@link #connectSeconds}, until the service has heard from it inside the session. */
    double provedSeconds() {
        return (provedNs - startedNs) * 1e-9;
    }

    /** Puzzle trials until it got in, or so far. */
    long trials() {
        return trials >= 0 ? trials : solver.trials();
    }
}
