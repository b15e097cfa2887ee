package org.schiltron.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.relay.EdgeCounters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A role's life as a process: what it has opened, closed in reverse order when SIGTERM or SIGINT comes or a part fails.
 * Stopped by a signal it exits with 0, since it did what it was asked.
 */
final class RoleProcess implements AutoCloseable {
    /** Longer than the slowest orderly close; then the process ends as it is. */
    private static final int STOP_SECONDS = 10;
    /** A start that is about to be over ends in order; one that waits for somebody is not waited for, and has nothing to end yet. */
    private static final int START_SECONDS = 1;

    private final String role;
    private final long startedNs = System.nanoTime();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Metrics metrics;
    private final Thread hook = new Thread(this::stopForSignal, "stop");
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile @Nullable ObjectNode lastAnswer;
    private volatile @Nullable Failure failure;

    RoleProcess(String role) {
        this.role = role;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** To be closed on the way out, before what was added earlier. */
    <T extends AutoCloseable> T closeLater(T part) {
        open.push(part);
        return part;
    }

    Metrics measure(Metrics with) {
        metrics = with;
        return closeLater(with);
    }

    /** Adds what rules count. */
    void measured(RingRules rules) {
        Metrics into = metrics;
        if (into != null)
            into.add(rules);
    }

    /** Adds what an edge counts. */
    void measured(EdgeCounters counters) {
        Metrics into = metrics;
        if (into != null)
            into.add(counters);
    }

    /** Adds a running part: closed on the way out, measured, reported. Its end by a fault ends the process. */
    <T extends Part> T add(T part, CompletableFuture<?> stopped) {
        parts.add(part);
        Metrics into = metrics;
        if (into != null) {
            into.add(part.role(), part.instance(), part.counters());
            part.measure(into);
            into.add(part.role(), part.instance(), part.sockets());
        }
        var _ = stopped.whenComplete((_, bug) -> {
            if (bug != null)
                fail(new Failure(Exit.BUG, part.role() + " " + part.instance()
                        + " stopped by a fault in Schiltron, please report it: " + bug, bug));
        });
        return closeLater(part);
    }

    /** Opens the control socket. */
    void listen(Consumer<ObjectNode> report, BiFunction<String, JsonNode, @Nullable ObjectNode> command) {
        closeLater(ControlSocket.open(ControlDirectory.ofUser(), role, request -> {
            String ask = request.path("ask").asString("");
            if (ask.equals("status"))
                return status(report);
            ObjectNode answer = command.apply(ask, request);
            if (answer == null)
                throw new Failure(Exit.USAGE, "a " + role + " does not know the request \"" + ask + "\"");
            return answer;
        }, answer -> {
            if (answer == lastAnswer)
                stop.countDown();
        }));
    }

    /** Ends in order when this answer to a command has been sent. */
    void leaveAfter(ObjectNode answer) {
        lastAnswer = answer;
    }

    private ObjectNode status(Consumer<ObjectNode> report) {
        ObjectNode status = Json.MAPPER.createObjectNode().put("role", role).put("pid", ProcessHandle.current().pid())
                .put("uptimeSeconds", Duration.ofNanos(System.nanoTime() - startedNs).toSeconds());
        report.accept(status);
        // The role itself stands at the top, what else runs in this process (an embedded swarm, shards) below it.
        List<Part> own = parts.stream().filter(part -> part.role().equals(role)).toList();
        if (own.size() == 1)
            report(own.getFirst(), status);
        List<Part> others = own.size() == 1 ? parts.stream().filter(part -> part != own.getFirst()).toList() : parts;
        if (!others.isEmpty()) {
            ArrayNode array = status.putArray("parts");
            for (Part part : others)
                report(part, array.addObject().put("role", part.role()).put("instance", part.instance()));
        }
        return status;
    }

    private static void report(Part part, ObjectNode status) {
        part.report(status);
        Part.reportCounters(part.counters(), status);
        Part.reportSockets(part.sockets(), status);
    }

    /** Ends {@link #await} from any thread: this part cannot go on. */
    void fail(Failure why) {
        failure = why;
        stop.countDown();
    }

    /** Waits for a signal or a failure. */
    void await() {
        started.countDown();
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Failure why = failure;
        if (why != null)
            throw why;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("schiltron: while stopping: " + e);
            }
        }
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // a signal has come: the hook ends the process
        }
    }

    /** No longer wanted: what ends from now on ends because it was asked to. */
    boolean isStopping() {
        return stop.getCount() == 0;
    }

    private void stopForSignal() {
        stop.countDown();
        try {
            if (!started.await(START_SECONDS, TimeUnit.SECONDS))
                Runtime.getRuntime().halt(Exit.OK.code());
            boolean inTime = closed.await(STOP_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(inTime ? Exit.OK.code() : Exit.FAILED.code());
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(Exit.FAILED.code());
        }
    }
}
