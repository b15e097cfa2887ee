package org.schiltron.swarm;

/** What a {@link ClientEndpoint} or {@link ServiceEndpoint} tells its driver. */
public sealed interface SessionEvent {

    /** Service: registered with enough of its mailboxes that clients can connect. Given once. */
    record Ready() implements SessionEvent {
    }

    /** Client: a mailbox asks for work before the hello goes on. The driver solves it in the background. */
    record Work(PuzzleJob job) implements SessionEvent {
    }

    /** Client: the job of that id is no longer wanted. */
    record WorkOver(long job) implements SessionEvent {
    }

    /** The handshake is complete: on the client, the service has answered; on the service, the client has proved itself. */
    record Opened(Session session) implements SessionEvent {
    }

    /** The session is over, and all its streams with it. */
    record Closed(Session session, CloseReason reason) implements SessionEvent {
    }

    /** Service: the client opened a stream to the backend of that name; empty is the default one. */
    record StreamOpened(Session session, long stream, String target) implements SessionEvent {
    }

    /** There are bytes, or the end, to read. Given again only after a read has returned 0 or the end. */
    record StreamReadable(Session session, long stream) implements SessionEvent {
    }

    /** There is room again after a write that took less than it was offered. */
    record StreamWritable(Session session, long stream) implements SessionEvent {
    }

    /** The peer abandoned the stream. */
    record StreamReset(Session session, long stream) implements SessionEvent {
    }

    /** A datagram, whole. {@code payload} belongs to the receiver. */
    record DatagramArrived(Session session, long flow, String target, byte[] payload) implements SessionEvent {
    }
}
