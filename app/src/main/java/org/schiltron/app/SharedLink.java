package org.schiltron.app;

import org.schiltron.machine.SeededRandom;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.LinkModel;

/**
 * One direction of an emulated link that several threads offer packets to. Counts packets, not bytes, as routers' buffers
 * do: each takes the time of one of {@value #SLOT_BYTES} bytes. Offered more than it carries, it drops at random, so
 * that who gets through is not decided by the moments at which a busy machine lets the flood's thread run.
 */
final class SharedLink {
    static final int SLOT_BYTES = 1_250;
    private static final long QUEUE_NS = 50_000_000L;
    private static final double RATE_SECONDS = 0.1;

    private final LinkModel model;
    private long lastNs;
    private long offered;
    private long passed;
    private final SeededRandom random;
    private final double packetsPerSecond;
    private double offeredPerSecond; // over about the last RATE_SECONDS

    SharedLink(long bytesPerSecond, long delayNs, long seed) {
        random = new SeededRandom(seed);
        packetsPerSecond = (double) bytesPerSecond / SLOT_BYTES;
        model = new LinkModel(LinkConfig.ofRate(bytesPerSecond).withDelayNs(delayNs)
                .withQueue(Math.max(8L * SLOT_BYTES, bytesPerSecond * QUEUE_NS / 1_000_000_000L)), random);
    }

    /** When the packet comes out; negative if it is lost. */
    synchronized long offer(long nowNs) {
        long sinceNs = Math.max(0, nowNs - lastNs);
        lastNs = Math.max(lastNs, nowNs);
        offeredPerSecond = offeredPerSecond * Math.exp(-sinceNs * 1e-9 / RATE_SECONDS) + 1 / RATE_SECONDS;
        offered++;
        if (random.nextDouble() * offeredPerSecond > packetsPerSecond)
            return -1;
        long exitNs = model.offer(lastNs, SLOT_BYTES);
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
