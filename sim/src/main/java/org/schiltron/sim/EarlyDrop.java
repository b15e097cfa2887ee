package org.schiltron.sim;

import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;

/**
 * Random early detection (Floyd and Jacobson, "Random early detection gateways for congestion avoidance", 1993, section 4), with
 * the gentle end (Floyd, "Recommendation on using the gentle_ variant of RED", 2000).
 *
 * <p>An average of the queue is kept, with a weight for each datagram that comes. Below {@code least} nothing is dropped; from there
 * to {@code most} the probability p rises from 0 to {@code share}, and from there to twice {@code most} to 1. A datagram is
 * dropped with p / (1 - count p), where {@code count} is how many have passed since the last drop: the distance between two drops is uniform
 * on 1 to 1/p (method 2 of section 7), so that of all 2p / (1 + p) are dropped, and never many in a row. The queue is measured in
 * bytes, and a long datagram is dropped no more readily than a short one (RFC 7141).
 *
 * <p>The average does not follow a short flood, by design; the queue's end holds that off. Who does not slow down when he loses
 * is not made to: RED drops from everybody as much as he sends.
 */
final class EarlyDrop {
    /** An idle link is sampled as if such datagrams had come and found nothing (figure 2 of the paper). */
    private static final double TYPICAL_BYTES = 500;

    private final Discipline.Red red;
    private final RandomSource random;
    private double averageBytes;
    private int count = -1; // passed since the last drop, this one not included

    EarlyDrop(Discipline.Red red, RandomSource random) {
        this.red = red;
        this.random = random;
    }

    /** Null for a discipline that does not drop so. */
    static @Nullable EarlyDrop of(Discipline discipline, RandomSource random) {
        return discipline instanceof Discipline.Red red ? new EarlyDrop(red, random) : null;
    }

    double averageBytes() {
        return averageBytes;
    }

    /**
     * A datagram comes.
     *
     * @param queuedBytes what it finds
     * @param idleBytes   if that is nothing, what the link could have sent since it was idle
     */
    boolean refuses(double queuedBytes, double idleBytes) {
        if (idleBytes > 0)
            averageBytes *= Math.pow(1 - red.weight(), idleBytes / TYPICAL_BYTES);
        averageBytes += red.weight() * (queuedBytes - averageBytes);
        double probability = probability();
        if (probability == 0) {
            count = -1;
            return false;
        }
        count++;
        if (probability < 1 && random.nextDouble() >= probability / Math.max(probability, 1 - count * probability))
            return false;
        count = -1;
        return true;
    }

    private double probability() {
        double most = red.mostBytes();
        if (averageBytes < red.leastBytes())
            return 0;
        if (averageBytes < most)
            return red.share() * (averageBytes - red.leastBytes()) / (most - red.leastBytes());
        return Math.min(1, red.share() + (1 - red.share()) * (averageBytes - most) / most);
    }
}
