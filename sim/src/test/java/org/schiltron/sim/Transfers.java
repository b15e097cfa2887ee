package org.schiltron.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SeededRandom;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * The program behind a client: one transfer after another through {@link EchoService}, begun anew when its stream is
 * reset or its session ends, and a datagram now and then. Checks each byte.
 */
final class Transfers {
    private final Simulation simulation;
    private final Node<SessionEvent, Observed<SessionEvent, ClientEndpoint>> node;
    private final SeededRandom random;
    private final long name;
    private final int maxBytes;
    private final byte[] buffer = new byte[8_192];
    private final Set<Long> echoed = new LinkedHashSet<>();
    private @Nullable Session session;
    private boolean running = true;
    private long stream; // 0: none
    private long key;
    private long size;
    private final PuzzleSolver worker;
    private long back;
    private long sent;
    private long got;
    private long datagrams;
    int attempts;
    int completed;
    int resets;
    int sessions;

    Transfers(Simulation simulation, Node<SessionEvent, Observed<SessionEvent, ClientEndpoint>> node, int name,
            int maxBytes) {
        this.simulation = simulation;
        this.node = node;
        this.name = name;
        this.maxBytes = maxBytes;
        random = simulation.random("transfers " + name);
        worker = new PuzzleSolver(simulation, command -> node.command(machine -> command.accept(machine.machine())),
                20_000);
        node.onEvent(this::onEvent);
    }

    /** Whether to begin another transfer when one ends. */
    void run(boolean on) {
        running = on;
        if (on)
            node.command(machine -> begin());
    }

    /** Datagrams that came back. */
    int echoed() {
        return echoed.size();
    }

    boolean isOpen() {
        return session != null && session.isOpen();
    }

    boolean isBusy() {
        return stream != 0;
    }

    @Nullable
    Session session() {
        return session;
    }

    @Override
    public String toString() {
        return "client " + name + " state " + node.machine().machine().state() + " sessions " + sessions
                + " attempts " + attempts + " completed " + completed + " resets " + resets + " sent " + sent + "/"
                + size + " got " + got + "/" + back + " " + (session == null ? "" : session.status());
    }

    private void onEvent(SessionEvent event) {
        switch (event) {
            case SessionEvent.Opened opened -> {
                session = opened.session();
                sessions++;
                stream = 0;
                node.command(machine -> begin());
            }
            case SessionEvent.Closed closed -> {
                if (closed.session() == session && stream != 0)
                    throw new AssertionError("a session closed with its stream neither ended nor reset");
            }
            case SessionEvent.StreamWritable writable -> node.command(machine -> write());
            case SessionEvent.StreamReadable readable -> node.command(machine -> read(readable.stream()));
            case SessionEvent.StreamReset reset -> {
                if (reset.session() == session && reset.stream() == stream) {
                    stream = 0;
                    resets++;
                    node.command(machine -> begin());
                }
            }
            case SessionEvent.DatagramArrived datagram -> {
                if (!echoed.add(check(datagram.payload())))
                    throw new AssertionError("datagram echoed twice");
            }
            case SessionEvent.StreamOpened opened -> throw new AssertionError("the service opened a stream");
            case SessionEvent.Work work -> worker.begin(work.job());
            case SessionEvent.WorkOver over -> worker.end(over.job());
            case SessionEvent.Ready ready -> throw new AssertionError("a client is never ready");
        }
    }

    private void begin() {
        Session now = session;
        if (!running || stream != 0 || now == null || !now.isOpen())
            return;
        attempts++;
        size = draw();
        back = draw();
        key = name << 32 | attempts;
        sent = 0;
        got = 0;
        stream = now.openStream(simulation.nowNs(), key + ":" + size + ":" + back);
        if (stream < 0)
            throw new AssertionError("no room for a stream");
        write();
    }

    private long draw() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> random.nextInt(2_000);
            case 2 -> random.nextInt(maxBytes / 8);
            default -> random.nextInt(maxBytes);
        };
    }

    private void write() {
        Session now = session;
        if (now == null || stream == 0)
            return;
        while (sent < size) {
            int length = (int) Math.min(buffer.length, size - sent);
            for (int i = 0; i < length; i++)
                buffer[i] = EchoService.pattern(key, sent + i);
            int taken = now.write(simulation.nowNs(), stream, buffer, 0, length);
            sent += taken;
            if (taken < length)
                return;
        }
        now.finish(simulation.nowNs(), stream);
    }

    private void read(long from) {
        Session now = session;
        if (now == null || from != stream)
            return;
        int count = now.read(simulation.nowNs(), stream, buffer, 0, buffer.length);
        while (count > 0) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] != EchoService.pattern(~key, got + i) || got + i >= back)
                    throw new AssertionError("byte " + (got + i) + " of the answer was not sent");
            }
            got += count;
            count = now.read(simulation.nowNs(), stream, buffer, 0, buffer.length);
        }
        if (count < 0) {
            if (got != back)
                throw new AssertionError("answer ended at " + got + " of " + back);
            completed++;
            stream = 0;
            begin();
        }
    }

    /** Sends one, if there is a session. */
    void datagram() {
        Session now = session;
        if (now == null || !now.isOpen())
            return;
        int length = random.nextInt(4) == 0 ? 1_452 : 16 + random.nextInt(1_437);
        long id = name << 32 | ++datagrams;
        ByteBuffer payload = ByteBuffer.allocate(length).putLong(id);
        while (payload.hasRemaining())
            payload.put(EchoService.pattern(id, payload.position()));
        node.command(
                machine -> now.sendDatagram(simulation.nowNs(), random.nextInt(5), "", payload.array(), 0, length));
    }

    /** The number of an undamaged datagram. */
    static long check(byte[] payload) {
        long id = ByteBuffer.wrap(payload).getLong();
        byte[] expected = Arrays.copyOf(payload, payload.length);
        for (int i = 8; i < expected.length; i++)
            expected[i] = EchoService.pattern(id, i);
        if (!Arrays.equals(expected, payload))
            throw new AssertionError("datagram " + Long.toHexString(id) + " came damaged");
        return id;
    }
}
