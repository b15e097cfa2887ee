package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.PuzzleJob;
import org.schiltron.swarm.PuzzleSearch;

/**
 * A simulated processor that works at a client's puzzles: real trials, so many a second of simulated time, shared evenly by
 * its jobs.
 */
public final class PuzzleSolver {
    private static final long SLICE_NS = 20_000_000L;

    /** How the solver reaches its client. */
    @FunctionalInterface
    public interface Commands {
        void command(Consumer<ClientEndpoint> command);
    }

    private record Task(PuzzleJob job, PuzzleSearch search) {
    }

    private final Simulation simulation;
    private final Commands client;
    private final double perSlice;
    private final List<Task> tasks = new ArrayList<>();
    private boolean scheduled;
    private double earned; // trials not done yet
    private int turn;
    private long trials;

    /** @param trialsPerSecond may be a few only */
    public PuzzleSolver(Simulation simulation, Commands client, double trialsPerSecond) {
        this.simulation = simulation;
        this.client = client;
        perSlice = trialsPerSecond * SLICE_NS * 1e-9;
    }

    /** Done so far, for all jobs. */
    public long trials() {
        return trials;
    }

    public void begin(PuzzleJob job) {
        tasks.add(new Task(job, new PuzzleSearch(job)));
        schedule();
    }

    public void end(long job) {
        tasks.removeIf(task -> task.job.id() == job);
    }

    /** Its client is no more: drops all jobs. */
    public void clear() {
        tasks.clear();
    }

    private void schedule() {
        if (scheduled || tasks.isEmpty())
            return;
        scheduled = true;
        simulation.after(SLICE_NS, this::slice);
    }

    private void slice() {
        scheduled = false;
        earned += perSlice;
        int now = tasks.isEmpty() ? 0 : (int) earned;
        earned -= (int) earned;
        List<Task> all = List.copyOf(tasks);
        for (int i = 0; i < all.size() && now > 0; i++) {
            int left = all.size() - i;
            work(all.get(Math.floorMod(turn++, all.size())), (now + left - 1) / left);
            now -= (now + left - 1) / left;
        }
        schedule();
    }

    private void work(Task task, int share) {
        trials += share;
        PuzzleSearch search = task.search;
        if (!search.step(share))
            return;
        int bits = search.bits();
        client.command(endpoint -> endpoint.onSolution(simulation.nowNs(), task.job.id(), bits, search.seed(),
                search.rest()));
    }
}
