package org.schiltron.sessions;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.schiltron.machine.Path;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Node;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * Numbered datagrams at a steady rate from a client's host to its service's, each once as plain UDP and once through the session, in
 * the same network at the same time. What comes may be sent back.
 */
final class Probes {
    /** 25 packets a second, as figure 5 has; 800 bytes make the 160 kbit/s of a client in section 4.3. */
    static final int PER_SECOND = 25;
    static final int BYTES = 800;
    static final long GAP_NS = Overlay.SECOND_NS / PER_SECOND;
    private static final long QUIET_NS = 4 * Overlay.SECOND_NS;
    private static final int UDP_PORT = 7_000;
    private static final long NEVER = -1;

    /** When each came there, and its answer back; {@link #NEVER}. */
    private static final class Way {
        final long[] thereNs;
        final long[] backNs;

        Way(int count) {
            thereNs = new long[count];
            backNs = new long[count];
            Arrays.fill(thereNs, NEVER);
            Arrays.fill(backNs, NEVER);
        }
    }

    /**
     * What became of the datagrams of one way.
     *
     * @param roundTripsMs of those that came back, in the order sent
     */
    record Fate(int sent, int lost, double[] roundTripsMs) {
        double loss() {
            return (double) lost / sent;
        }

        /** NaN if none came back. */
        double meanMs() {
            return Arrays.stream(roundTripsMs).average().orElse(Double.NaN);
        }
    }

    /**
     * @param packetsOut of the session, from client to service, whatever they carried
     * @param packetsIn  of those that came
     */
    record Outcome(Fate udp, Fate overlay, long packetsOut, long packetsIn) {
        double packetLoss() {
            return 1 - (double) packetsIn / packetsOut;
        }
    }

    private final Overlay overlay;
    private final boolean back;
    private final long[] sentNs;
    private final Way udp;
    private final Way session;
    private final Node<Void, Attacker> here;
    private final Path there;

    /** @param overlay with its session open */
    Probes(Overlay overlay, int count, boolean back) {
        this.overlay = overlay;
        this.back = back;
        sentNs = new long[count];
        udp = new Way(count);
        session = new Way(count);
        here = overlay.add("udp here", new Attacker((_, nowNs, _, payload) -> came(udp.backNs, nowNs, payload)),
                Overlay.address(overlay.clientHost(), UDP_PORT));
        there = Overlay.address(overlay.serviceHost(), UDP_PORT);
        overlay.add("udp there", new Attacker((self, nowNs, from, payload) -> {
            came(udp.thereNs, nowNs, payload);
            if (back)
                self.send(from, payload);
        }), there);
        overlay.programs(this::atClient, this::atService);
    }

    private static void came(long[] ns, long nowNs, byte[] payload) {
        int number = ByteBuffer.wrap(payload).getInt();
        if (ns[number] == NEVER)
            ns[number] = nowNs;
    }

    private void atClient(SessionEvent event) {
        if (event instanceof SessionEvent.DatagramArrived datagram)
            came(session.backNs, overlay.simulation.nowNs(), datagram.payload());
    }

    private void atService(SessionEvent event) {
        if (!(event instanceof SessionEvent.DatagramArrived datagram))
            return;
        came(session.thereNs, overlay.simulation.nowNs(), datagram.payload());
        if (back)
            send(overlay.atService(), datagram.payload());
    }

    private void send(Session by, byte[] payload) {
        overlay.command(by,
                () -> by.sendDatagram(overlay.simulation.nowNs(), 1, "", payload, 0, payload.length));
    }

    Outcome run() {
        for (int i = 0; i < sentNs.length; i++) {
            int number = i;
            overlay.simulation.after(i * GAP_NS, () -> sendBoth(number));
        }
        overlay.simulation.runFor(sentNs.length * GAP_NS + QUIET_NS);
        return new Outcome(fate(udp), fate(session), overlay.puts(), overlay.packetsIn());
    }

    /** Runs, and counts the session's packets that leave the client in each second. */
    double[] sentBySecond(int seconds) {
        long startNs = overlay.simulation.nowNs();
        double[] sent = new double[seconds];
        for (int i = 0; i < sentNs.length; i++) {
            int number = i;
            overlay.simulation.at(startNs + i * GAP_NS, () -> sendBoth(number));
        }
        for (int second = 0; second < seconds; second++) {
            long before = overlay.puts();
            overlay.simulation.run(startNs + (second + 1) * Overlay.SECOND_NS - 1);
            sent[second] = overlay.puts() - before;
        }
        overlay.simulation.runFor(QUIET_NS);
        return sent;
    }

    /** Of the session, afterwards. */
    double[] receivedBySecond(int seconds) {
        double[] received = new double[seconds];
        for (long thereNs : session.thereNs) {
            int second = (int) ((thereNs - sentNs[0]) / Overlay.SECOND_NS);
            if (thereNs != NEVER && second < seconds)
                received[second]++;
        }
        return received;
    }

    private void sendBoth(int number) {
        byte[] payload = ByteBuffer.allocate(BYTES).putInt(number).array();
        sentNs[number] = overlay.simulation.nowNs();
        here.command(udpHost -> udpHost.send(there, payload));
        send(overlay.atClient(), payload);
    }

    private Fate fate(Way way) {
        int lost = 0;
        double[] ms = new double[sentNs.length];
        int answered = 0;
        for (int i = 0; i < sentNs.length; i++) {
            lost += way.thereNs[i] == NEVER ? 1 : 0;
            if (way.backNs[i] != NEVER)
                ms[answered++] = (way.backNs[i] - sentNs[i]) * 1e-6;
        }
        return new Fate(sentNs.length, lost, Arrays.copyOf(ms, answered));
    }
}
