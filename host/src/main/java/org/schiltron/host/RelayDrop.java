package org.schiltron.host;

import java.util.Locale;

/** Why a program's datagram went no further: the verdict, the counter and the metric's label in one. */
public enum RelayDrop {
    /** Longer than {@link UdpFront#MAX_PAYLOAD}. */
    OVERSIZED,
    /** A queue or a socket had no room, no session was open, or its target or its flow is not known. */
    UNDELIVERED,
    /** Shorter than a SOCKS header, or one with a field out of its range. */
    SOCKS_MALFORMED,
    /** A fragment (RFC 1928, section 7: an implementation without reassembly must drop it). */
    SOCKS_FRAGMENT,
    /** From another address than the association's control connection, or another port than it named. */
    SOCKS_STRANGER,
    /** To a destination that is none of the service's backends. */
    SOCKS_NOT_ALLOWED;

    /** The metric's label: lower case with underscores. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
