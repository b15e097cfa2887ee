package org.schiltron.sim;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ClientId;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * The program behind a service: a stream's target is {@code key:size:back}; the client sends {@code size} bytes of
 * the key's pattern, and gets {@code back} of them once all are there. Datagrams are echoed. Checks each byte.
 */
final class EchoService {
    /** Byte {@code offset} of the endless pattern of a key. */
    static byte pattern(long key, long offset) {
        long word = Trace.mix(key, offset >>> 3);
        return (byte) (word >>> 8 * (offset & 7));
    }

    private static final class Serving {
        final long key;
        final long size;
        final long back;
        long got;
        long gave;
        boolean finished;

        Serving(String target) {
            String[] parts = target.split(":", -1);
            key = Long.parseLong(parts[0]);
            size = Long.parseLong(parts[1]);
            back = Long.parseLong(parts[2]);
        }
    }

    private record Where(Session session, long stream) {
    }

    private final Simulation simulation;
    private final Node<SessionEvent, Observed<SessionEvent, ServiceEndpoint>> node;
    private final Map<Where, Serving> streams = new LinkedHashMap<>();
    private final Set<Long> datagrams = new LinkedHashSet<>();
    private final Set<ClientId> hostile;
    private final byte[] buffer = new byte[8_192];
    int sessions;

    /** @param hostile clients that are given what they ask for, and of whom nothing is expected */
    EchoService(Simulation simulation, Node<SessionEvent, Observed<SessionEvent, ServiceEndpoint>> node,
            Set<ClientId> hostile) {
        this.hostile = hostile;
        this.simulation = simulation;
        this.node = node;
        node.onEvent(this::onEvent);
    }

    /** The process was restarted: it knows nothing of what was. */
    void forget() {
        streams.clear();
        datagrams.clear();
        sessions = 0;
    }

    private void onEvent(SessionEvent event) {
        Session from = session(event);
        if (from != null && hostile.contains(from.peer())) {
            indulge(event);
            return;
        }
        switch (event) {
            case SessionEvent.Ready ready -> {
            }
            case SessionEvent.Work work -> throw new AssertionError("a service is asked for nothing");
            case SessionEvent.WorkOver over -> throw new AssertionError("a service is asked for nothing");
            case SessionEvent.Opened opened -> sessions++;
            case SessionEvent.Closed closed -> {
                sessions--;
                for (Where where : streams.keySet())
                    if (where.session == closed.session())
                        throw new AssertionError("a session closed with a stream neither ended nor reset");
            }
            case SessionEvent.StreamOpened opened -> {
                if (streams.put(new Where(opened.session(), opened.stream()), new Serving(opened.target())) != null)
                    throw new AssertionError("stream " + opened.stream() + " opened twice");
            }
            case SessionEvent.StreamReadable readable -> node
                    .command(machine -> read(new Where(readable.session(), readable.stream())));
            case SessionEvent.StreamWritable writable -> node
                    .command(machine -> write(new Where(writable.session(), writable.stream())));
            case SessionEvent.StreamReset reset -> streams.remove(new Where(reset.session(), reset.stream()));
            case SessionEvent.DatagramArrived datagram -> {
                long id = Transfers.check(datagram.payload());
                if (!datagrams.add(id))
                    throw new AssertionError("datagram " + Long.toHexString(id) + " arrived twice");
                node.command(machine -> datagram.session().sendDatagram(simulation.nowNs(), datagram.flow(), "",
                        datagram.payload(), 0, datagram.payload().length));
            }
        }
    }

    private static @Nullable Session session(SessionEvent event) {
        return switch (event) {
            case SessionEvent.Ready ready -> null;
            case SessionEvent.Work work -> null;
            case SessionEvent.WorkOver over -> null;
            case SessionEvent.Opened opened -> opened.session();
            case SessionEvent.Closed closed -> closed.session();
            case SessionEvent.StreamOpened opened -> opened.session();
            case SessionEvent.StreamReadable readable -> readable.session();
            case SessionEvent.StreamWritable writable -> writable.session();
            case SessionEvent.StreamReset reset -> reset.session();
            case SessionEvent.DatagramArrived datagram -> datagram.session();
        };
    }

    /** Of each stream a little is read; into each goes as much as it takes; datagrams go back. */
    private void indulge(SessionEvent event) {
        long nowNs = simulation.nowNs();
        switch (event) {
            case SessionEvent.StreamOpened opened -> node
                    .command(machine -> pour(opened.session(), opened.stream()));
            case SessionEvent.StreamWritable writable -> node
                    .command(machine -> pour(writable.session(), writable.stream()));
            case SessionEvent.StreamReadable readable ->
                node.command(machine -> readable.session().read(nowNs, readable.stream(), buffer, 0, 1_024));
            case SessionEvent.DatagramArrived datagram -> node.command(machine -> datagram.session()
                    .sendDatagram(nowNs, datagram.flow(), "", datagram.payload(), 0, datagram.payload().length));
            default -> {
            }
        }
    }

    private void pour(Session session, long stream) {
        int taken;
        do {
            taken = session.write(simulation.nowNs(), stream, buffer, 0, buffer.length);
        } while (taken == buffer.length);
    }

    private void read(Where where) {
        Serving serving = streams.get(where);
        if (serving == null)
            return;
        int count = where.session.read(simulation.nowNs(), where.stream, buffer, 0, buffer.length);
        while (count > 0) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] != pattern(serving.key, serving.got + i) || serving.got + i >= serving.size)
                    throw new AssertionError("byte " + (serving.got + i) + " of stream " + where.stream
                            + " was not sent");
            }
            serving.got += count;
            count = where.session.read(simulation.nowNs(), where.stream, buffer, 0, buffer.length);
        }
        if (count < 0) {
            if (serving.got != serving.size)
                throw new AssertionError("stream ended at " + serving.got + " of " + serving.size);
            write(where);
        }
    }

    private void write(Where where) {
        Serving serving = streams.get(where);
        if (serving == null || serving.finished || serving.got < serving.size)
            return;
        while (serving.gave < serving.back) {
            int length = (int) Math.min(buffer.length, serving.back - serving.gave);
            for (int i = 0; i < length; i++)
                buffer[i] = pattern(~serving.key, serving.gave + i);
            int taken = where.session.write(simulation.nowNs(), where.stream, buffer, 0, length);
            serving.gave += taken;
            if (taken < length)
                return; // StreamWritable follows
        }
        serving.finished = true;
        where.session.finish(simulation.nowNs(), where.stream);
        streams.remove(where);
    }
}
