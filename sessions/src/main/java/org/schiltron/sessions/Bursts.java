package org.schiltron.sessions;

import org.schiltron.machine.SeededRandom;

/**
 * What loses packets in bursts that last, whoever sends and how often: calm and bursts take turns, both exponential in length, and
 * within a burst a packet is lost with {@value #LOSS_IN_BURST} (the Gilbert-Elliott model in time instead of packets). So two packets
 * back to back fall together with that chance, as measured between 30 hosts in 2003 (Andersen, Snoeren and Balakrishnan,
 * "Best-Path vs. Multi-Path Overlay Routing", IMC 2003: 70 %).
 */
final class Bursts {
    static final double LOSS_IN_BURST = 0.7;
    static final long BURST_NS = 100_000_000L;

    private final SeededRandom random;
    private final double calmNs;
    private boolean burst;
    private long changeNs;

    /** @param mean share of packets lost in the long run, 0 to a half */
    Bursts(double mean, SeededRandom random) {
        this.random = random;
        double share = mean / LOSS_IN_BURST;
        calmNs = mean == 0 ? 0 : BURST_NS * (1 - share) / share;
        burst = random.nextDouble() < share;
        changeNs = mean == 0 ? Long.MAX_VALUE : length();
    }

    private long length() {
        return 1 + (long) Math.min(1e18, Draws.exponential(burst ? BURST_NS : calmNs, random));
    }

    /** @param nowNs from 0, never less than before */
    boolean loses(long nowNs) {
        while (nowNs >= changeNs) {
            burst = !burst;
            changeNs += length();
        }
        return burst && random.nextDouble() < LOSS_IN_BURST;
    }
}
