package org.schiltron.edge;

/** What becomes of a request at the door. */
public sealed interface Ruling {
    /**
     * It is relayed.
     *
     * @param client who it is, "" where that is not asked: for the backend and the log
     */
    record Admit(String client) implements Ruling {
    }

    /** The edge answers itself, and the connection ends with that. */
    record Answer(HttpReply reply) implements Ruling {
    }
}
