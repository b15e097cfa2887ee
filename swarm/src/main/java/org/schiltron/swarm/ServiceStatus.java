package org.schiltron.swarm;

import java.util.List;

/**
 * A service at one moment.
 *
 * @param ready         clients can connect
 * @param sessions      of clients that have proved themselves
 * @param firstContacts first-contact nonces that stand at mailboxes
 * @param atTheDoor     hellos answered, whose clients have not yet proved themselves or just have
 * @param held          sessions held in memory, proved or not
 */
public record ServiceStatus(boolean ready, List<SessionStatus> sessions, List<Mailbox> mailboxes, List<Ring> rings,
        int firstContacts, int atTheDoor, int held) {

    /** A mailbox as reached now. {@code rttNs} is -1 while unknown. */
    public record Mailbox(String address, boolean usable, boolean unreachable, long rttNs) {
    }

    /** A ring node as reached now: {@code retired} while spares serve for it; {@code loss} is the share of recent probes lost. */
    public record Ring(String address, boolean ready, boolean retired, double loss, long rttNs, int mailboxes) {
    }
}
