package org.schiltron.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.schiltron.host.MonotonicClock;

/** Runs the phases one after another against one {@link DemoNet}. */
final class Demo {
    static final int CLIENTS = 8;
    static final double REQUESTS_PER_SECOND = 80;
    /** Ten times what the service's link carries. */
    static final int ATTACK_PPS = (int) (10 * DemoNet.LINK_BYTES_PER_SECOND
            / (Flood.PACKET_BYTES + SharedLink.HEADER_BYTES));
    /** A phase's circumstances have stood for so long when its measurement begins. */
    static final long ONSET_NS = 2_000_000_000L;
    private static final int DEGRADED = DemoNet.MAILBOXES / 2;
    private static final double DEGRADED_LOSS = 0.75;
    private static final int KILLED = (DemoNet.MAILBOXES + 2) / 3;

    private final DemoNet net;
    private final Flood flood;
    private final HttpFetch backend;
    private final long phaseNs;
    private final Consumer<DemoResult> progress;
    private final byte[] expected;
    private volatile DemoLoad load;
    private volatile String activity = "warming up";
    private long attackSeen;
    private long attackSeenNs = MonotonicClock.nowNs();

    /** @param phaseNs how long each phase is measured */
    Demo(DemoNet net, Flood flood, HttpFetch backend, long phaseNs, Consumer<DemoResult> progress) throws IOException {
        this.net = net;
        this.flood = flood;
        this.backend = backend;
        this.phaseNs = phaseNs;
        this.progress = progress;
        expected = backend.get(MonotonicClock.nowNs() + DemoLoad.TIMEOUT_NS);
        load = new DemoLoad(expected);
    }

    /** @throws IOException if the clients cannot connect even before any attack */
    List<DemoResult> run() throws IOException, InterruptedException {
        if (!net.awaitConnected(20_000_000_000L))
            throw new IOException("the clients did not connect");
        new DemoLoad(expected).run(schiltron(), REQUESTS_PER_SECOND, Math.max(3_000_000_000L, phaseNs)); // warms all up
        new DemoLoad(expected).run(direct(), REQUESTS_PER_SECOND, 1_000_000_000L);
        List<DemoResult> results = new ArrayList<>();
        for (DemoPhase phase : DemoPhase.values()) {
            DemoResult result = measure(phase);
            results.add(result);
            progress.accept(result);
        }
        return results;
    }

    DemoNet net() {
        return net;
    }

    /** The requests being made, or made last. */
    DemoLoad load() {
        return load;
    }

    /** The phase, for people. */
    String activity() {
        return activity;
    }

    /** Attack packets a second since the last call. */
    double takeAttackPps() {
        long nowNs = MonotonicClock.nowNs();
        long sent = flood.sent();
        double pps = (sent - attackSeen) / Math.max(1e-3, (nowNs - attackSeenNs) * 1e-9);
        attackSeen = sent;
        attackSeenNs = nowNs;
        return pps;
    }

    private DemoResult measure(DemoPhase phase) throws IOException, InterruptedException {
        activity = phase.label();
        begin(phase);
        DemoLoad.Way[] ways = phase.path().equals("direct") ? direct() : schiltron();
        DemoLoad onset = new DemoLoad(expected);
        load = onset;
        onset.run(ways, REQUESTS_PER_SECOND, ONSET_NS);
        long sentBefore = flood.sent();
        long startNs = MonotonicClock.nowNs();
        DemoLoad measured = new DemoLoad(expected);
        load = measured;
        measured.run(ways, REQUESTS_PER_SECOND, phaseNs);
        double seconds = (MonotonicClock.nowNs() - startNs) * 1e-9;
        double attackPps = (flood.sent() - sentBefore) / seconds;
        end(phase);
        return new DemoResult(phase, attackPps, measured.successRate(), measured.bytes() / (phaseNs * 1e-9),
                measured.latencyMs(50),
                measured.latencyMs(99));
    }

    private void begin(DemoPhase phase) throws IOException {
        switch (phase) {
            case CALM_DIRECT, CALM_SCHILTRON -> flood.aim(List.of(), 0);
            case FLOOD_DIRECT -> {
                net.oldAddress().blackhole(false);
                flood.aim(List.of(net.oldTarget()), ATTACK_PPS);
            }
            case FLOOD_SCHILTRON -> flood.aim(everythingKnown(), ATTACK_PPS);
            case HALF_DEGRADED -> {
                flood.aim(everythingKnown(), ATTACK_PPS);
                net.degrade(DEGRADED, DEGRADED_LOSS);
            }
            case THIRD_KILLED -> {
                flood.aim(everythingKnown(), ATTACK_PPS);
                net.kill(KILLED);
            }
            case FLOOD_RINGS -> flood.aim(net.ringTargets(DemoNet.RINGS / 2), ATTACK_PPS);
            case ADDRESS_LEAKED -> flood.aim(List.of(net.hiddenTarget()), ATTACK_PPS);
            case ADDRESS_LEAKED_FILTERED -> {
                net.filterUpstream(true);
                flood.aim(List.of(net.hiddenTarget()), ATTACK_PPS);
            }
        }
    }

    /** Undoes what the phase did, and lets sessions that it broke come back. */
    private void end(DemoPhase phase) throws IOException, InterruptedException {
        flood.aim(List.of(), 0);
        switch (phase) {
            case FLOOD_DIRECT -> net.oldAddress().blackhole(true);
            case HALF_DEGRADED -> net.degrade(DEGRADED, 0);
            case THIRD_KILLED -> net.revive(KILLED);
            case ADDRESS_LEAKED_FILTERED -> net.filterUpstream(false);
            default -> {
            }
        }
        net.awaitConnected(10_000_000_000L);
        if (phase == DemoPhase.ADDRESS_LEAKED)
            new DemoLoad(expected).run(schiltron(), REQUESTS_PER_SECOND, ONSET_NS);
    }

    /** All that an attacker can learn: the old address, the contacts in the link, and, say, the ring nodes. */
    private List<Flood.Target> everythingKnown() throws IOException {
        List<Flood.Target> targets = new ArrayList<>(net.contactTargets());
        targets.addAll(net.ringTargets(DemoNet.RINGS));
        targets.add(net.oldTarget());
        return targets;
    }

    private DemoLoad.Way[] schiltron() {
        return net.clients().stream().map(client -> (DemoLoad.Way) client.fetch()::get).toArray(DemoLoad.Way[]::new);
    }

    private DemoLoad.Way[] direct() {
        DemoLoad.Way way = deadlineNs -> net.oldAddress().fetch(backend, deadlineNs);
        return new DemoLoad.Way[]{way};
    }
}
