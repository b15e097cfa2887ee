package org.schiltron.edge;

/** What the next bytes of an HTTP connection are. */
public enum HttpPart {
    /** Not enough to say: call again with more. */
    MORE,
    /** The head of a message, whole. */
    HEAD,
    /** Some of its body, with the framing of chunks and trailers. */
    BODY,
    /** Another protocol's, after an upgrade. */
    TUNNEL,
    /** Bytes are there, but may not be looked at before an answer has come. */
    WAIT,
    /** The connection cannot be followed any more. */
    REFUSED
}
