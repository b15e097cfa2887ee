package org.schiltron.host;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.PuzzleJob;
import org.schiltron.swarm.PuzzleSearch;
import org.schiltron.swarm.SessionEvent;

/**
 * Does a client's work at the door in the background: its jobs in turn, on one thread, which ends when
 * there is none. Give it every event of the client's machine.
 */
public final class PuzzleWorker implements AutoCloseable {
    private record Task(PuzzleJob job, PuzzleSearch search) {
    }

    /** Runs on the thread of the machine; false if it will not. */
    @FunctionalInterface
    public interface Client {
        boolean execute(MachineLoop.Command<ClientEndpoint> command);
    }

    private final Client client;
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private boolean running;

    public PuzzleWorker(Client client) {
        this.client = client;
    }

    public synchronized void onEvent(SessionEvent event) {
        if (event instanceof SessionEvent.Work(PuzzleJob job)) {
            tasks.addLast(new Task(job, new PuzzleSearch(job)));
            if (!running) {
                running = true;
                Thread worker = Thread.ofPlatform().name("puzzles").daemon().unstarted(this::run);
                worker.start();
            }
        } else if (event instanceof SessionEvent.WorkOver(long over)) {
            for (Iterator<Task> all = tasks.iterator(); all.hasNext();)
                if (all.next().job.id() == over)
                    all.remove();
        }
    }

    private void run() {
        Task task = next();
        while (task != null) {
            PuzzleSearch search = task.search;
            if (search.step()) {
                long id = task.job.id();
                int bits = search.bits();
                long seed = search.seed();
                byte[] rest = search.rest();
                client.execute((endpoint, nowNs) -> endpoint.onSolution(nowNs, id, bits, seed, rest));
            }
            task = next();
        }
    }

    /** In turn, so that no mailbox's work waits for another's. */
    private synchronized @Nullable Task next() {
        Task first = tasks.pollFirst();
        if (first == null)
            running = false;
        else
            tasks.addLast(first);
        return first;
    }

    /** No more work. */
    @Override
    public synchronized void close() {
        tasks.clear();
    }
}
