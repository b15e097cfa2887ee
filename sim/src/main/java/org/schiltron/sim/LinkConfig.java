package org.schiltron.sim;

/**
 * What a link does to datagrams. Start from {@link #PERFECT} or {@link #ofRate} and add to it:
 * {@code LinkConfig.ofMegabits(20).withDelayNs(5_000_000).withLoss(0.01)}.
 *
 * @param rateBytesPerSecond   of IP packets; 0 for a link that sends in no time
 * @param delayNs              from the last bit in to the last bit out
 * @param jitterNs             up to this much more, uniform; keeps the order
 * @param queueBytes           what may wait, the datagram being sent included; a datagram that finds the link idle is
 *                             always taken
 * @param lossProbability      each datagram's own chance to be lost after it was sent, 0 to 1
 * @param burstLoss            loss in bursts, on top
 * @param reorderProbability   the chance to be held back for up to {@code reorderNs} while others overtake
 * @param reorderNs            the most a reordered datagram is held back
 * @param duplicateProbability the chance to arrive twice
 * @param corruptProbability   the chance to arrive with one to three bits flipped, or truncated
 * @param mtuBytes             the longest IP packet
 * @param up                   whether anything passes
 * @param discipline           which datagram goes next, and which is dropped before the queue is full
 */
public record LinkConfig(long rateBytesPerSecond, long delayNs, long jitterNs, long queueBytes, double lossProbability,
        BurstLoss burstLoss, double reorderProbability, long reorderNs, double duplicateProbability,
        double corruptProbability, int mtuBytes, boolean up, Discipline discipline) {

    /**
     * The Gilbert-Elliott model: a link is in a good state, where it loses nothing on this account, or in a burst;
     * each datagram may change the state first (Gilbert 1960, Elliott 1963).
     *
     * @param enterProbability per datagram, from good to burst
     * @param leaveProbability per datagram, from burst to good; its inverse is the mean length in datagrams
     * @param lossProbability  of a datagram in a burst
     */
    public record BurstLoss(double enterProbability, double leaveProbability, double lossProbability) {
        public static final BurstLoss NONE = new BurstLoss(0, 1, 0);

        public BurstLoss {
            probability("enterProbability", enterProbability);
            probability("leaveProbability", leaveProbability);
            probability("lossProbability", lossProbability);
        }
    }

    /** No limit, no delay, no fault; an MTU of 1,500 bytes. */
    public static final LinkConfig PERFECT = new LinkConfig(0, 0, 0, Long.MAX_VALUE, 0, BurstLoss.NONE, 0, 0, 0, 0,
            1_500, true, new Discipline.DropTail());

    public LinkConfig {
        notNegative("rateBytesPerSecond", rateBytesPerSecond);
        notNegative("delayNs", delayNs);
        notNegative("jitterNs", jitterNs);
        notNegative("queueBytes", queueBytes);
        notNegative("reorderNs", reorderNs);
        probability("lossProbability", lossProbability);
        probability("reorderProbability", reorderProbability);
        probability("duplicateProbability", duplicateProbability);
        probability("corruptProbability", corruptProbability);
        if (mtuBytes < 68) // RFC 791: every internet module forwards 68 octets
            throw new IllegalArgumentException("mtuBytes: " + mtuBytes + " is less than 68");
    }

    /** A link of a rate with a queue of 100 ms, and no fault. */
    public static LinkConfig ofRate(long rateBytesPerSecond) {
        return PERFECT.withRate(rateBytesPerSecond).withQueue(Math.max(3_000, rateBytesPerSecond / 10));
    }

    /** {@link #ofRate} in Mbit/s. */
    public static LinkConfig ofMegabits(long megabitsPerSecond) {
        return ofRate(megabitsPerSecond * 125_000);
    }

    /** No rate limit, this delay. */
    public static LinkConfig ofDelayNs(long delayNs) {
        return PERFECT.withDelayNs(delayNs);
    }

    public LinkConfig withRate(long bytesPerSecond) {
        return new LinkConfig(bytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withDelayNs(long ns) {
        return new LinkConfig(rateBytesPerSecond, ns, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withJitterNs(long ns) {
        return new LinkConfig(rateBytesPerSecond, delayNs, ns, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withQueue(long bytes) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, bytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withLoss(double probability) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, probability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withBurstLoss(BurstLoss bursts) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, bursts,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withReorder(double probability, long ns) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                probability, ns, duplicateProbability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withDuplicate(double probability) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, probability, corruptProbability, mtuBytes, up, discipline);
    }

    public LinkConfig withCorrupt(double probability) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, probability, mtuBytes, up, discipline);
    }

    public LinkConfig withMtu(int bytes) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, bytes, up, discipline);
    }

    public LinkConfig withUp(boolean passes) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, passes, discipline);
    }

    public LinkConfig withDiscipline(Discipline another) {
        return new LinkConfig(rateBytesPerSecond, delayNs, jitterNs, queueBytes, lossProbability, burstLoss,
                reorderProbability, reorderNs, duplicateProbability, corruptProbability, mtuBytes, up, another);
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1))
            throw new IllegalArgumentException(name + ": " + value + " is not a probability (0-1)");
    }

    private static void notNegative(String name, long value) {
        if (value < 0)
            throw new IllegalArgumentException(name + ": " + value + " is negative");
    }
}
