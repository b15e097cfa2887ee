package org.schiltron.swarm;

/** How far a client has come. */
public enum ConnectState {
    /** No contact mailbox has answered. */
    WAITING_FOR_MAILBOX,
    /** Mailboxes answer, the service does not. */
    WAITING_FOR_SERVICE,
    /** A session is open. */
    CONNECTED
}
