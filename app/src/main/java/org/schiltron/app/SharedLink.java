package org.schiltron.app;

import org.schiltron.machine.SeededRandom;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.LinkModel;

/**
 * One direction of an emulated link that several threads offer packets to. A packet takes the time of its bytes, headers
 * included; up to 50 ms of them wait. Offered more than it carries, it drops at random, long packets and short ones alike,
 * so that who gets through is not decided by the moments at which a busy machine lets the flood's thread run.
 */
final class SharedLink {
    /** IPv4 and UDP. */
    static final int HEADER_BYTES = 28;
    private static final int LONGEST_BYTES = 1_500;
    private static final long QUEUE_NS = 50_000_000L;
    private static final double RATE_SECONDS = 0.1;

    private final LinkModel model;
    private long lastNs;
    private long offered;
    private long passed;
    private final SeededRandom random;
    private final double bytesPerSecond;
    private double offeredPerSecond; // bytes, over about the last RATE_SECONDS

    SharedLink(long bytesPerSecond, long delayNs, long seed) {
        random = new SeededRandom(seed);
        this.bytesPerSecond = bytesPerSecond;
        model = new LinkModel(LinkConfig.ofRate(bytesPerSecond).withDelayNs(delayNs)
                .withQueue(Math.max(8L * LONGEST_BYTES, bytesPerSecond * QUEUE_NS / 1_000_000_000L)), random);
    }

    /** When the packet of {@code length} bytes of payload comes out; negative if it is lost. */
    synchronized long offer(long nowNs, int length) {
        int bytes = length + HEADER_BYTES;
        long sinceNs = Math.max(0, nowNs - lastNs);
        lastNs = Math.max(lastNs, nowNs);
        offeredPerSecond = offeredPerSecond * Math.exp(-sinceNs * 1e-9 / RATE_SECONDS) + bytes / RATE_SECONDS;
        offered++;
        if (random.nextDouble() * offeredPerSecond > bytesPerSecond)
            return -1;
        long exitNs = model.offer(lastNs, bytes);
        if (LinkModel.isDropped(exitNs))
            return -1;
        passed++;
        return exitNs;
    }

    synchronized void loss(double probability) {
        model.configure(model.config().withLoss(probability));
    }

    /** Share of the packets offered since the last call that were lost. */
    synchronized double takeLoss() {
        double loss = offered == 0 ? 0 : 1 - (double) passed / offered;
        offered = 0;
        passed = 0;
        return loss;
    }
}
