package org.schiltron.swarm;

/** What a {@link Mailbox} tells its driver. */
public sealed interface MailboxEvent {
    /** Marking of data as congested began or ended; at most once in 100 ms. */
    record CongestionChanged(boolean congested) implements MailboxEvent {
    }
}
