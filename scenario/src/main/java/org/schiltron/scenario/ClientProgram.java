package org.schiltron.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.Node;
import org.schiltron.sim.PuzzleSolver;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * The program beside a client: a stream for each request, at a rate or one after another. A request is given up when its
 * answer is not whole in time; one that finds no session fails at once.
 */
final class ClientProgram implements Occupant.Program {
    private static final byte[] ZEROS = new byte[8_192];
    private static final long RETRY_NS = 100_000_000;

    private record Where(Session session, long stream) {
    }

    private static final class Request {
        final long askedNs;
        long sent;
        long got;

        Request(long askedNs) {
            this.askedNs = askedNs;
        }
    }

    private final Simulation simulation;
    private final Node<SessionEvent, ClientEndpoint> node;
    private final Role.Client role;
    private final String group;
    private final Tally tally;
    private final PuzzleSolver solver;
    private final long startedNs;
    private final byte[] buffer = new byte[8_192];
    private final Map<Where, Request> requests = new LinkedHashMap<>();
    private @Nullable Session session;
    private boolean asking; // one after another, and one is under way
    private long connectedNs = -1;
    private int sessions;
    private long asked;
    private long failed;
    private long bytes;
    private long[] latenciesNs = new long[16];
    private int answered;

    ClientProgram(Simulation simulation, Node<SessionEvent, ClientEndpoint> node, Role.Client role, String group,
            Tally tally) {
        this.group = group;
        this.simulation = simulation;
        this.node = node;
        this.role = role;
        this.tally = tally;
        startedNs = simulation.nowNs();
        solver = new PuzzleSolver(simulation, node::command, role.trialsPerSecond());
        node.onEvent(this::on);
        if (role.everyNs() > 0 && role.requests() > 0)
            simulation.after(0, this::tick);
    }

    private void tick() {
        ask();
        if (asked < role.requests() && !tally.isOver(simulation.nowNs()))
            simulation.after(role.everyNs(), this::tick);
    }

    private void on(SessionEvent event) {
        switch (event) {
            case SessionEvent.Opened opened -> {
                session = opened.session();
                sessions++;
                connectedNs = connectedNs < 0 ? simulation.nowNs() - startedNs : connectedNs;
                askNext();
            }
            case SessionEvent.Closed closed -> closed(closed.session());
            case SessionEvent.StreamReadable readable ->
                node.command(_ -> read(new Where(readable.session(), readable.stream())));
            case SessionEvent.StreamWritable writable ->
                node.command(_ -> write(new Where(writable.session(), writable.stream())));
            case SessionEvent.StreamReset reset -> fail(new Where(reset.session(), reset.stream()));
            case SessionEvent.Work work -> solver.begin(work.job());
            case SessionEvent.WorkOver over -> solver.end(over.job());
            default -> {
            }
        }
    }

    /** Its requests fail; it asks no more until another client runs there. */
    @Override
    public void killed() {
        session = null;
        solver.clear();
        List.copyOf(requests.keySet()).forEach(this::fail);
    }

    private void closed(Session over) {
        List<Where> lost = new ArrayList<>();
        for (Where where : requests.keySet()) {
            if (where.session == over)
                lost.add(where);
        }
        lost.forEach(this::fail);
    }

    // Requests

    /** The next of those that come one after another, once whatever happens now is over. */
    private void askNext() {
        if (role.everyNs() > 0 || asking || asked >= role.requests())
            return;
        asking = true;
        simulation.after(0, this::askAfterAnother);
    }

    private void askAfterAnother() {
        asking = false;
        Session now = session;
        if (requests.isEmpty() && now != null && now.isOpen())
            ask();
    }

    private void ask() {
        if (!node.isAlive())
            return;
        long nowNs = simulation.nowNs();
        if (tally.isOver(nowNs))
            return;
        asked++;
        tally.asked(nowNs);
        Session now = session;
        if (now == null || !now.isOpen()) {
            failed++;
            tally.failed(nowNs);
            return;
        }
        node.command(_ -> begin(now, nowNs));
    }

    private void begin(Session now, long nowNs) {
        long stream = now.openStream(nowNs, role.requestBytes() + ":" + role.answerBytes());
        if (stream < 0) {
            failed++;
            tally.failed(nowNs);
            simulation.after(RETRY_NS, this::askNext);
            return;
        }
        Where where = new Where(now, stream);
        requests.put(where, new Request(nowNs));
        write(where);
        simulation.after(role.patienceNs(), () -> giveUp(where));
    }

    private void write(Where where) {
        Request request = requests.get(where);
        if (request == null || request.sent == role.requestBytes())
            return;
        while (request.sent < role.requestBytes()) {
            int length = (int) Math.min(ZEROS.length, role.requestBytes() - request.sent);
            int taken = where.session.write(simulation.nowNs(), where.stream, ZEROS, 0, length);
            request.sent += taken;
            if (taken < length)
                return; // StreamWritable follows
        }
        where.session.finish(simulation.nowNs(), where.stream);
    }

    private void read(Where where) {
        Request request = requests.get(where);
        int count;
        while ((count = where.session.read(simulation.nowNs(), where.stream, buffer, 0, buffer.length)) > 0) {
            bytes += count;
            tally.received(simulation.nowNs(), count);
            if (request != null)
                request.got += count;
        }
        if (count == 0 || request == null)
            return;
        if (request.got < role.answerBytes()) {
            fail(where);
            return;
        }
        requests.remove(where);
        tally.answered(request.askedNs);
        if (answered == latenciesNs.length)
            latenciesNs = Arrays.copyOf(latenciesNs, 2 * answered);
        latenciesNs[answered++] = simulation.nowNs() - request.askedNs;
        askNext();
    }

    private void giveUp(Where where) {
        if (!requests.containsKey(where))
            return;
        fail(where);
        if (where.session.isOpen())
            node.command(_ -> where.session.reset(simulation.nowNs(), where.stream));
    }

    private void fail(Where where) {
        Request request = requests.remove(where);
        if (request == null)
            return;
        failed++;
        tally.failed(request.askedNs);
        askNext();
    }

    // Results

    Result.Client result() {
        long[] sorted = Arrays.copyOf(latenciesNs, answered);
        Arrays.sort(sorted);
        return new Result.Client(group, node.name(), connectedNs, sessions, asked, answered, failed, requests.size(),
                bytes, quantile(sorted, 0.5), quantile(sorted, 0.99));
    }

    /** The smallest that at least this share does not exceed; -1 of nothing. */
    static long quantile(long[] sorted, double share) {
        if (sorted.length == 0)
            return -1;
        return sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
    }
}
