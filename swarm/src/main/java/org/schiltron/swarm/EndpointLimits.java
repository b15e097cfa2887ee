package org.schiltron.swarm;

/**
 * What an endpoint allows each session. Set first: {@code maxRate}. To tune: {@code initialRate}, {@code initialSet}.
 *
 * @param initialRate packets a second advertised before anything is known, 1 to {@code maxRate}
 * @param floorRate   packets a second below which the advertised rate never falls, whatever is lost
 * @param maxRate     packets a second one session may be given at most
 * @param initialSet  mailboxes a session begins with, 1 to 64 (the paper's prototype: 10)
 * @param idleTimeoutNs a session that hears nothing for so long is over
 * @param streamBytes of memory for the buffers of all streams and packets under way, at least 1 MiB. From half of it on senders buffer little;
 *                    past it a service ends the session that holds most, so that it may hold one datagram's buffers more
 */
public record EndpointLimits(double initialRate, double floorRate, double maxRate, int initialSet, long idleTimeoutNs,
        long streamBytes) {
    public static final EndpointLimits DEFAULT = new EndpointLimits(500, 50, 100_000, 10, 90_000_000_000L,
            256L << 20);

    EndpointLimits withStreamBytes(long bytes) {
        return new EndpointLimits(initialRate, floorRate, maxRate, initialSet, idleTimeoutNs, bytes);
    }

    public EndpointLimits {
        if (!(floorRate >= 1 && floorRate <= initialRate && initialRate <= maxRate && maxRate <= 10_000_000)) {
            throw new IllegalArgumentException("rates must be 1 <= floor <= initial <= max <= 10,000,000");
        }
        if (streamBytes < 1 << 20)
            throw new IllegalArgumentException("memory for streams: at least 1 MiB");
        if (initialSet < 1 || initialSet > MailboxSet.MAX_SIZE)
            throw new IllegalArgumentException("initial set: 1 to 64");
    }
}
