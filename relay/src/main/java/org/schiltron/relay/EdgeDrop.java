package org.schiltron.relay;

import java.util.Locale;

/** Why a client's connection, leg or datagram went no further: the verdict, the counter and the metric's label in one. */
public enum EdgeDrop {
    // Before anything is dialled
    /** As many connections as the edge takes are open; reset at once. */
    CONNECTIONS_FULL,
    /** As many as one source prefix may have; reset at once. */
    CONNECTIONS_OF_PREFIX,
    /** The system gave no file descriptor: accepting pauses, what waits stays in the backlog. */
    DESCRIPTORS,
    /** The opening, or a later request's head, did not come in time (slow headers, a silent client, a slow handshake). */
    OPENING_TIMEOUT,
    /** More bytes than an opening may have, and still not decided. */
    OPENING_TOO_LONG,
    /** The client ended or reset before its opening was complete. */
    OPENING_CUT_OFF,
    /** The opening says no: not this protocol, not authenticated, not well formed. */
    OPENING_REFUSED,
    /** The client asks for a name that no service here has. */
    NAME_UNKNOWN,
    /** The TLS handshake failed: no common version, no certificate that was asked for, garbage. */
    TLS_HANDSHAKE,
    /** More TLS handshakes at once than are worked on. */
    TLS_BUSY,
    /** A new handshake on a connection that has one, or records without content in a row. */
    TLS_RENEGOTIATION,
    /** After the handshake: a record that does not open. */
    TLS_BROKEN,

    // Dialling
    /** The source prefix has opened as many legs as it may this second. */
    LEGS_OF_PREFIX,
    /** The service has as many legs as it takes, and as many clients wait for one. */
    LEGS_QUEUE_FULL,
    /** Waited too long for a leg. */
    LEGS_QUEUE_TIMEOUT,
    /** No source port of the authenticator is free. */
    SOURCE_PORTS,
    /** The authenticator's source address is none of this machine's. */
    SOURCE_ADDRESS,
    /** The backend's host refuses: nothing listens there. */
    BACKEND_REFUSED,
    /** No way to the backend, or the ring says so. */
    BACKEND_UNREACHABLE,
    /** The backend did not accept in time. */
    BACKEND_TIMEOUT,

    // While relaying
    /** The client reset its connection. */
    CLIENT_RESET,
    /** The backend reset the leg. */
    BACKEND_RESET,
    /** No byte in either direction for as long as is allowed. */
    IDLE,
    /** The client takes what waits for it slower than is allowed. */
    SLOW_READER,
    /** The client sends a request slower than is allowed, and others wait for its leg. */
    SLOW_SENDER,
    /** What follows the exchanges refuses a request or an answer. */
    EXCHANGE_REFUSED,
    /** The answer was a page of the edge's own, and the connection ended with it. */
    ANSWERED_HERE,
    /** The leg's authenticator is no longer accepted, and it cannot change. */
    OVERLAP_ENDED,
    /** A leg with the new authenticator could not be opened; the old one goes on, and it is tried again. */
    LEG_CHANGE_FAILED,
    /** Still open when the edge had to stop. */
    STOPPED,

    // Datagrams
    /** No room for another flow: the longest idle one of the prefix with the most went. */
    FLOW_EVICTED,
    /** The source prefix has opened as many flows as it may this second. */
    FLOWS_OF_PREFIX,
    /** Would have given a source that has not proved its address more bytes than it sent. */
    UNPROVED,
    /** What follows the datagrams refuses it. */
    DATAGRAM_REFUSED,
    /** A socket had no room or an error, or the backend's host refuses. */
    UNDELIVERED,

    /** A bug: the connection was given up, the log says more. */
    INTERNAL;

    /** The metric's label: lower case with underscores. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
