package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.PuzzleJob;
import org.schiltron.swarm.PuzzleSearch;

/** A simulated processor that works at a client's puzzles, so many hashes a second of simulated time. */
final class PuzzleSolver {
    private static final long SLICE_NS = 20_000_000L;

    /** How the solver reaches its client. */
    interface Commands {
        void command(Consumer<ClientEndpoint> command);
    }

    private record Task(PuzzleJob job, PuzzleSearch search) {
    }

    private final Simulation simulation;
    private final Commands client;
    private final int perSlice;
    private final List<Task> tasks = new ArrayList<>();
    private boolean scheduled;
    private long trials;

    PuzzleSolver(Simulation simulation, Commands client, int hashesPerSecond) {
        this.simulation = simulation;
        this.client = client;
        perSlice = (int) (hashesPerSecond * SLICE_NS / 1_000_000_000L);
    }

    long trials() {
        return trials;
    }

    void begin(PuzzleJob job) {
        tasks.add(new Task(job, new PuzzleSearch(job)));
        schedule();
    }

    void end(long job) {
        tasks.removeIf(task -> task.job.id() == job);
    }

    private void schedule() {
        if (scheduled || tasks.isEmpty())
            return;
        scheduled = true;
        simulation.after(SLICE_NS, this::slice);
    }

    private void slice() {
        scheduled = false;
        for (Task task : List.copyOf(tasks)) {
            int share = Math.max(1, perSlice / tasks.size());
            trials += share;
            PuzzleSearch search = task.search;
            if (search.step(share)) {
                int bits = search.bits();
                client.command(endpoint -> endpoint.onSolution(simulation.nowNs(), task.job.id(), bits, search.seed(),
                        search.rest()));
            }
        }
        schedule();
    }
}
