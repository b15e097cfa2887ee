package org.schiltron.edge;

/** Why a trunk is over. Codes go on the wire and are stable. */
public enum TrunkClose {
    /** In order. */
    FINISHED(0, "finished"),
    /** The connection under it ended. */
    LOST(1, "the connection ended"),
    // Handshake
    WRONG_VERSION(10, "not this version of the protocol"), BAD_HANDSHAKE(11,
            "the handshake is malformed or not authentic"), NOT_A_NODE(12, "the opener's key is not on the list of "
                    + "nodes"), WRONG_MODE(13, "cells, or so many a second, are not accepted"),
    // Afterwards
    TIMED_OUT(20, "nothing came for too long"), BAD_LENGTH(21, "a record of a length that none has"), NOT_AUTHENTIC(22,
            "a record was changed, or is not in order"), BAD_FRAME(23, "a frame does not parse"), UNKNOWN_STREAM(24,
                    "a frame for a stream that is not open"), WRONG_STREAM(25,
                            "a stream opened under a number that is not its turn"), TOO_MANY_STREAMS(26,
                                    "more streams opened than allowed"), OVER_CREDIT(27,
                                            "more bytes in a stream than it had credit for"), TOO_MUCH_CREDIT(28,
                                                    "more credit for a stream than there is"), AFTER_END(29,
                                                            "a stream went on after its end");

    private final int code;
    private final String meaning;

    TrunkClose(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    /** For people: completes "the trunk is closed: ". */
    public String meaning() {
        return meaning;
    }

    /** {@link #BAD_FRAME} for a code that is not in use. */
    static TrunkClose ofCode(int code) {
        for (TrunkClose close : values())
            if (close.code == code)
                return close;
        return BAD_FRAME;
    }
}
