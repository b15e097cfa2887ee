package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
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
 *
 * <p>A {@link Discipline} that decides when a datagram is to be sent {@linkplain Discipline#keepsQueue keeps a queue} in front of
 * the link. Then the three parts of {@link #offer} are called one by one: {@link #enter} when the datagram comes, {@link #send}
 * when the link is free and the {@link LinkQueue} gives this one, {@link #leave} when its last bit is sent.
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
    /** The discipline dropped it. */
    public static final long DROPPED_EARLY = Long.MIN_VALUE + 4;
    /** What {@link #duplicateNs} answers when there is no second copy. */
    public static final long NO_DUPLICATE = Long.MIN_VALUE;

    private static final long SECOND_NS = 1_000_000_000L;

    private final RandomSource random;
    private final LinkStatistics statistics = new LinkStatistics();
    private LinkConfig config;
    private @Nullable EarlyDrop early;
    private long queueNs;
    private long rate;
    private long reciprocal; // 2^64 / rate, rounded down
    private long delayNs;
    private int mtuBytes;
    private boolean up;
    private boolean faultless; // as configured: takes no part of config but the above
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
        read(config);
        early = EarlyDrop.of(config.discipline(), random);
    }

    /** From the next datagram on; what is queued leaves as it would have. */
    public void configure(LinkConfig newConfig) {
        if (!newConfig.discipline().equals(config.discipline()))
            early = EarlyDrop.of(newConfig.discipline(), random);
        config = newConfig;
        read(newConfig);
        freeRemainder = 0;
    }

    /** Keeps at hand what every datagram needs. */
    private void read(LinkConfig of) {
        queueNs = queueNs(of);
        rate = of.rateBytesPerSecond();
        reciprocal = rate == 0 ? 0 : Long.divideUnsigned(-1, rate);
        delayNs = of.delayNs();
        mtuBytes = of.mtuBytes();
        up = of.up();
        faultless = of.jitterNs() == 0 && of.lossProbability() == 0 && of.burstLoss().enterProbability() == 0
                && (of.reorderNs() == 0 || of.reorderProbability() == 0) && of.duplicateProbability() == 0
                && of.corruptProbability() == 0;
    }

    public LinkConfig config() {
        return config;
    }

    public LinkStatistics statistics() {
        return statistics;
    }

    public static boolean isDropped(long exitNs) {
        return exitNs <= DROPPED_EARLY;
    }

    static DropCause cause(long exitNs) {
        if (exitNs == DROPPED_QUEUE)
            return DropCause.QUEUE;
        if (exitNs == DROPPED_LOSS)
            return DropCause.LOSS;
        if (exitNs == DROPPED_EARLY)
            return DropCause.EARLY;
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
        long sentNs = enter(length);
        if (isDropped(sentNs))
            return sentNs;
        sentNs = transmit(nowNs, length);
        if (isDropped(sentNs)) {
            statistics.drop(cause(sentNs));
            return sentNs;
        }
        return leave(sentNs, length);
    }

    /** The datagram comes: counted. @return one of the values for which {@link #isDropped} is true, else 0 */
    public long enter(int length) {
        duplicateNs = NO_DUPLICATE;
        corrupted = false;
        statistics.in(length);
        long refusal = !up ? DROPPED_DOWN : length > mtuBytes ? DROPPED_MTU : 0;
        if (refusal != 0)
            statistics.drop(cause(refusal));
        return refusal;
    }

    private long transmit(long nowNs, int length) {
        EarlyDrop mine = early;
        if (mine != null && rate > 0) {
            double idleBytes = started && isIdle(nowNs) ? (nowNs - freeAtNs) * perNs(rate) : 0;
            if (mine.refuses(queued(nowNs), idleBytes))
                return DROPPED_EARLY;
        }
        return send(nowNs, length, queueNs);
    }

    private boolean isIdle(long nowNs) {
        return !started || freeAtNs <= nowNs;
    }

    private static double perNs(long rate) {
        return rate / (double) SECOND_NS;
    }

    /** The datagram is sent as soon as all before it are. @return when its last bit is */
    public long send(long nowNs, int length) {
        return send(nowNs, length, Long.MAX_VALUE);
    }

    /** @param mostNs that it may wait, its own transmission included, unless the link is idle */
    private long send(long nowNs, int length, long mostNs) {
        boolean idle = isIdle(nowNs);
        long fromNs = idle ? nowNs : freeAtNs;
        long takesNs = 0;
        long remainder = 0;
        if (rate > 0) {
            long numerator = length * SECOND_NS + (idle ? 0 : freeRemainder);
            takesNs = Math.unsignedMultiplyHigh(numerator, reciprocal); // the quotient or one less
            remainder = numerator - takesNs * rate;
            if (remainder >= rate) {
                takesNs++;
                remainder -= rate;
            }
            if (!idle && fromNs - nowNs + takesNs > mostNs)
                return DROPPED_QUEUE;
        }
        started = true;
        freeAtNs = fromNs + takesNs;
        freeRemainder = remainder;
        return freeAtNs;
    }

    /** The datagram has been sent. @return as {@link #offer} */
    public long leave(long sentNs, int length) {
        duplicateNs = NO_DUPLICATE;
        corrupted = false;
        if (faultless && !inBurst) {
            statistics.out(length);
            lastExitNs = Math.max(sentNs + delayNs, lastExitNs);
            return lastExitNs;
        }
        if (lost()) {
            statistics.drop(DropCause.LOSS);
            return DROPPED_LOSS;
        }
        long exitNs = exitNs(sentNs);
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

    private long exitNs(long sentNs) {
        long exitNs = sentNs + delayNs;
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
        return (long) queued(nowNs);
    }

    private double queued(long nowNs) {
        return isIdle(nowNs) ? 0 : (freeAtNs - nowNs) * perNs(config.rateBytesPerSecond());
    }

    RandomSource random() {
        return random;
    }

    private static long queueNs(LinkConfig config) {
        if (config.rateBytesPerSecond() == 0)
            return Long.MAX_VALUE;
        return (long) (config.queueBytes() * ((double) SECOND_NS / config.rateBytesPerSecond()));
    }
}
