package org.schiltron.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * The program behind a service: a stream's target is {@code size:back}; once {@code size} bytes are there, {@code back} go
 * out.
 */
final class ServiceProgram implements Occupant.Program {
    private static final byte[] ZEROS = new byte[8_192];
    private static final Pattern TARGET = Pattern.compile("([0-9]{1,10}):([0-9]{1,10})");

    private record Where(Session session, long stream) {
    }

    private static final class Serving {
        final long size;
        final long back;
        long got;
        long gave;

        Serving(long size, long back) {
            this.size = size;
            this.back = back;
        }

        /** Who asks for anything else, as hostile clients may, gets the end at once. */
        static Serving of(String target) {
            Matcher matcher = TARGET.matcher(target);
            return matcher.matches()
                    ? new Serving(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
                    : new Serving(0, 0);
        }
    }

    private final Simulation simulation;
    private final Node<SessionEvent, ServiceEndpoint> node;
    private final Map<Where, Serving> streams = new LinkedHashMap<>();
    private final byte[] buffer = new byte[8_192];

    ServiceProgram(Simulation simulation, Node<SessionEvent, ServiceEndpoint> node) {
        this.simulation = simulation;
        this.node = node;
        node.onEvent(this::on);
    }

    @Override
    public void killed() {
        streams.clear();
    }

    private void on(SessionEvent event) {
        switch (event) {
            case SessionEvent.StreamOpened opened ->
                streams.put(new Where(opened.session(), opened.stream()), Serving.of(opened.target()));
            case SessionEvent.StreamReadable readable ->
                node.command(_ -> read(new Where(readable.session(), readable.stream())));
            case SessionEvent.StreamWritable writable ->
                node.command(_ -> write(new Where(writable.session(), writable.stream())));
            case SessionEvent.StreamReset reset -> streams.remove(new Where(reset.session(), reset.stream()));
            case SessionEvent.Closed closed -> streams.keySet().removeIf(where -> where.session == closed.session());
            default -> {
            }
        }
    }

    private void read(Where where) {
        Serving serving = streams.get(where);
        int count;
        while ((count = where.session.read(simulation.nowNs(), where.stream, buffer, 0, buffer.length)) > 0) {
            if (serving != null)
                serving.got += count;
        }
        write(where);
    }

    private void write(Where where) {
        Serving serving = streams.get(where);
        if (serving == null || serving.got < serving.size)
            return;
        while (serving.gave < serving.back) {
            int length = (int) Math.min(ZEROS.length, serving.back - serving.gave);
            int taken = where.session.write(simulation.nowNs(), where.stream, ZEROS, 0, length);
            serving.gave += taken;
            if (taken < length)
                return; // StreamWritable follows
        }
        streams.remove(where);
        where.session.finish(simulation.nowNs(), where.stream);
    }
}
