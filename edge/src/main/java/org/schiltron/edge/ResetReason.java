package org.schiltron.edge;

/** Why a stream or leg was given up. Codes go on the wire and are stable. */
public enum ResetReason {
    /** The other end no longer wants it: its connection was reset, or its work is done. */
    CANCELLED(0),
    /** The next node, the backend or the landing cannot be reached. */
    UNREACHABLE(1),
    /** No permission, no such service, or no room. */
    REFUSED(2),
    /** What came over it makes no sense. */
    PROTOCOL(3),
    /** What came over it was seen before. */
    REPLAYED(4),
    /** It was changed, cut or put out of order on its way. */
    TAMPERED(5),
    /** Nothing came in time. */
    TIMED_OUT(6),
    /** The node is stopping. */
    STOPPING(7),
    /** The authenticator it used has ended. */
    AUTHENTICATOR_OVER(8);

    private final int code;

    ResetReason(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** {@link #PROTOCOL} for a code that is not in use. */
    static ResetReason ofCode(int code) {
        for (ResetReason reason : values())
            if (reason.code == code)
                return reason;
        return PROTOCOL;
    }
}
