package org.schiltron.sessions;

import java.util.Arrays;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/** A stream from client to service into which a program writes a packet's bytes at a steady rate; what comes out, by the second. */
final class SteadyStream {
    private static final byte[] PACKET = new byte[Probes.BYTES];

    private final Overlay overlay;
    private final Simulation simulation;
    private final long startNs;
    private final long[] bytes;
    private final long[] puts;
    private final byte[] buffer = new byte[8_192];
    private long stream = -1;
    private long owed; // bytes that the session has not taken yet

    /** @param overlay with its session open */
    SteadyStream(Overlay overlay, int seconds) {
        this.overlay = overlay;
        simulation = overlay.simulation;
        startNs = simulation.nowNs();
        bytes = new long[seconds];
        puts = new long[seconds];
        overlay.programs(event -> {
            if (event instanceof SessionEvent.StreamWritable)
                overlay.command(overlay.atClient(), this::write);
        }, event -> {
            if (event instanceof SessionEvent.StreamReadable readable)
                overlay.command(overlay.atService(), () -> read(readable.stream()));
        });
    }

    void run() {
        overlay.command(overlay.atClient(), () -> stream = overlay.atClient().openStream(simulation.nowNs(), ""));
        for (int i = 0; i < bytes.length * Probes.PER_SECOND; i++) {
            simulation.at(startNs + i * Probes.GAP_NS, () -> {
                owed += PACKET.length;
                overlay.command(overlay.atClient(), this::write);
            });
        }
        long before = overlay.puts();
        for (int second = 0; second < bytes.length; second++) {
            simulation.run(startNs + (second + 1) * Overlay.SECOND_NS - 1);
            puts[second] = overlay.puts() - before;
            before = overlay.puts();
        }
    }

    private void write() {
        Session session = overlay.atClient();
        while (owed > 0) {
            int length = (int) Math.min(PACKET.length, owed);
            int taken = session.write(simulation.nowNs(), stream, PACKET, 0, length);
            owed -= taken;
            if (taken < length)
                return; // StreamWritable follows
        }
    }

    private void read(long from) {
        int second = (int) ((simulation.nowNs() - startNs) / Overlay.SECOND_NS);
        int count;
        while ((count = overlay.atService().read(simulation.nowNs(), from, buffer, 0, buffer.length)) > 0)
            bytes[second] += count;
    }

    /** Packets' worth of bytes that the service's program got in each second. */
    double[] received() {
        return Arrays.stream(bytes).mapToDouble(count -> (double) count / PACKET.length).toArray();
    }

    /** Packets that left the client in each second, whatever they carried. */
    double[] sent() {
        return Arrays.stream(puts).asDoubleStream().toArray();
    }
}
