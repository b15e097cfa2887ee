package org.schiltron.swarm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.proof.PublicKey;

/**
 * How a service is reached.
 *
 * @param mailboxes          its swarm list, 1 to 4,096
 * @param rings              ring nodes it is a customer of; none: mailboxes see its address
 * @param linkBytesPerSecond of its access link: all open gets released at once fill at most 50 ms of it
 * @param maxSessions        beyond it hellos are refused, 1 to 1,000,000
 * @param perClient          of each client without limits of its own
 * @param door               who gets in, and how fast
 * @param listVersion        of the signed swarm list, grows from start to start by at least the seconds between them: the
 *                           seconds since 1970, 0 to {@value #MAX_VERSION}
 * @param limits             of each session
 */
public record ServiceConfig(List<Path> mailboxes, List<Ring> rings, long linkBytesPerSecond, int maxSessions,
        ClientLimits perClient, DoorConfig door, long listVersion,
        EndpointLimits limits) {

    static final long MAX_VERSION = 9_000_000_000L;

    /** A ring node: its address, and its key if known beforehand. */
    public record Ring(Path address, @Nullable PublicKey key) {
    }

    public ServiceConfig {
        if (mailboxes.isEmpty() || mailboxes.size() > MailboxDirectory.MAX_SIZE) {
            throw new IllegalArgumentException("a service needs 1 to 4096 mailboxes, not " + mailboxes.size());
        }
        if (rings.size() > 64)
            throw new IllegalArgumentException("at most 64 ring nodes, not " + rings.size());
        if (listVersion < 0 || listVersion > MAX_VERSION)
            throw new IllegalArgumentException("no version: " + listVersion);
        if (linkBytesPerSecond < 10_000)
            throw new IllegalArgumentException("a link below 10,000 bytes a second");
        if (maxSessions < 1)
            throw new IllegalArgumentException("sessions: at least 1");
        mailboxes = List.copyOf(mailboxes);
        rings = List.copyOf(rings);
    }

    public ServiceConfig withDoor(DoorConfig other) {
        return new ServiceConfig(mailboxes, rings, linkBytesPerSecond, maxSessions, perClient, other, listVersion,
                limits);
    }

    public ServiceConfig withLink(long bytesPerSecond) {
        return new ServiceConfig(mailboxes, rings, bytesPerSecond, maxSessions, perClient, door,
                listVersion, limits);
    }

    ServiceConfig withLimits(EndpointLimits each) {
        return new ServiceConfig(mailboxes, rings, linkBytesPerSecond, maxSessions, perClient, door,
                listVersion, each);
    }

    /** 1 Gbit/s, 20,000 sessions, the clients' default limits, the default door. */
    public static ServiceConfig of(List<Path> mailboxes, List<Ring> rings) {
        return new ServiceConfig(mailboxes, rings, 125_000_000L, 20_000, ClientLimits.DEFAULT, DoorConfig.DEFAULT, 1,
                EndpointLimits.DEFAULT);
    }
}
