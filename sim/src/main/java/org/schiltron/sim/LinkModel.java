package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.schiltron.machine.RandomSource;

/**
 * One direction of a link, without a clock: told when a datagram is offered, it answers when the datagram comes out,
 * or that it does not. The simulator asks it in virtual time; with a real clock it emulates an access link.
 *
 * <pre>{@code
 * long exitNs = link.offer(nowNs, length);
 * if (!LinkModel.isDropped(exitNs)) sendAt(exitNs);
 * }</pre>
 *
 * <p>The queue is not kept but computed: the link knows when it will have sent all it took, and what waits is that time
 * times the rate. Constant memory, no allocation. A lost datagram takes its share of the rate; one that finds the
 * queue full does not.
 */
public final class LinkModel {
    /** What {@link #offer} answers for a datagram that found the queue full. */
    public static final long DROPPED_QUEUE = Long.MIN_VALUE;
    /** Lost on the way. */
    public static final long DROPPED_LOSS = Long.MIN_VALUE + 1;
    /** Longer than the MTU. */
    public static final long DROPPED_MTU = Long.MIN_VALUE + 2;
    /** The link is down. */
    public static final long DROPPED_DOWN = Long.MIN_VALUE + 3;
    /** What {@link #duplicateNs} answers when there is no second copy. */
    public static final long NO_DUPLICATE = Long.MIN_VALUE;

    private static final long SECOND_NS = 1_000_000_000L;

    private final RandomSource random;
    private final LinkStatistics statistics = new LinkStatistics();
    private LinkConfig config;
    private long queueNs;
    private boolean started;
    private long freeAtNs; // when all that was taken is sent
    private long freeRemainder; // and this many (1/rate) ns later
    private long lastExitNs = Long.MIN_VALUE;
    private boolean inBurst;
    private long duplicateNs = NO_DUPLICATE;
    private boolean corrupted;

    public LinkModel(LinkConfig config, RandomSource random) {
        this.config = config;
        this.random = random;
        queueNs = queueNs(config);
    }

    /** From the next datagram on; what is queued leaves as it would have. */
    public void configure(LinkConfig newConfig) {
        config = newConfig;
        queueNs = queueNs(newConfig);
        freeRemainder = 0;
    }

    public LinkConfig config() {
        return config;
    }

    public LinkStatistics statistics() {
        return statistics;
    }

    public static boolean isDropped(long exitNs) {
        return exitNs <= DROPPED_DOWN;
    }

    static DropCause cause(long exitNs) {
        if (exitNs == DROPPED_QUEUE)
            return DropCause.QUEUE;
        if (exitNs == DROPPED_LOSS)
            return DropCause.LOSS;
        return exitNs == DROPPED_MTU ? DropCause.MTU : DropCause.DOWN;
    }

    /**
     * Offers a datagram to the link. Afterwards {@link #duplicateNs} and {@link #isCorrupted} tell of its other fates.
     *
     * @param nowNs  the time, from any origin, never less than before
     * @param length bytes on the wire
     * @return when it comes out, or one of the values for which {@link #isDropped} is true
     */
    public long offer(long nowNs, int length) {
        duplicateNs = NO_DUPLICATE;
        corrupted = false;
        statistics.in(length);
        long exitNs = exitNs(nowNs, length);
        if (isDropped(exitNs)) {
            statistics.drop(cause(exitNs));
            return exitNs;
        }
        statistics.out(length);
        if (happens(config.duplicateProbability())) {
            duplicateNs = exitNs;
            statistics.duplicated();
            statistics.out(length);
        }
        if (happens(config.corruptProbability())) {
            corrupted = true;
            statistics.corrupted();
        }
        return exitNs;
    }

    private long exitNs(long nowNs, int length) {
        if (!config.up())
            return DROPPED_DOWN;
        if (length > config.mtuBytes())
            return DROPPED_MTU;
        if (!transmit(nowNs, length))
            return DROPPED_QUEUE;
        if (lost())
            return DROPPED_LOSS;
        long exitNs = freeAtNs + config.delayNs();
        if (config.jitterNs() > 0)
            exitNs += random.nextLong(config.jitterNs() + 1);
        exitNs = Math.max(exitNs, lastExitNs);
        if (config.reorderNs() > 0 && happens(config.reorderProbability())) {
            statistics.reordered();
            return exitNs + 1 + random.nextLong(config.reorderNs());
        }
        lastExitNs = exitNs;
        return exitNs;
    }

    private boolean transmit(long nowNs, int length) {
        boolean idle = !started || freeAtNs <= nowNs;
        if (idle) {
            started = true;
            freeAtNs = nowNs;
        }
        long rate = config.rateBytesPerSecond();
        if (rate == 0)
            return true;
        long numerator = length * SECOND_NS + (idle ? 0 : freeRemainder);
        long takesNs = numerator / rate;
        if (!idle && freeAtNs - nowNs + takesNs > queueNs)
            return false;
        freeAtNs += takesNs;
        freeRemainder = numerator % rate;
        return true;
    }

    private boolean lost() {
        LinkConfig.BurstLoss bursts = config.burstLoss();
        if (bursts.enterProbability() > 0 || inBurst)
            inBurst = inBurst ? !happens(bursts.leaveProbability()) : happens(bursts.enterProbability());
        return (inBurst && happens(bursts.lossProbability())) || happens(config.lossProbability());
    }

    private boolean happens(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** When the copy of the datagram last offered comes out, or {@link #NO_DUPLICATE}. */
    public long duplicateNs() {
        return duplicateNs;
    }

    /** Whether the datagram last offered arrives changed: pass its bytes to {@link #corrupt}. */
    public boolean isCorrupted() {
        return corrupted;
    }

    /**
     * Flips one to three bits, or truncates.
     *
     * @param length 0 or more
     * @return the length afterwards
     */
    public int corrupt(MemorySegment segment, long offset, int length) {
        if (length == 0)
            return 0;
        if (random.nextInt(4) == 0)
            return random.nextInt(length);
        int flips = 1 + random.nextInt(3);
        for (int i = 0; i < flips; i++) {
            long at = offset + random.nextInt(length);
            byte old = segment.get(ValueLayout.JAVA_BYTE, at);
            segment.set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ 1 << random.nextInt(8)));
        }
        return length;
    }

    /** What waits or is being sent, in bytes, rounded down. */
    public long queuedBytes(long nowNs) {
        if (!started || freeAtNs <= nowNs)
            return 0;
        return (long) ((freeAtNs - nowNs) * (config.rateBytesPerSecond() / (double) SECOND_NS));
    }

    private static long queueNs(LinkConfig config) {
        if (config.rateBytesPerSecond() == 0)
            return Long.MAX_VALUE;
        return (long) (config.queueBytes() * ((double) SECOND_NS / config.rateBytesPerSecond()));
    }
}
