package org.schiltron.swarm;

/** Why a session is over. Codes go on the wire and are stable. */
public enum CloseReason {
    /** One side ended it in order. */
    FINISHED(0),
    /** Nothing authentic came for the idle timeout. */
    IDLE(1),
    /** No answer to the hello within the time allowed. */
    UNREACHABLE(2),
    /** The service does not accept this client. */
    BANNED(3),
    /** The peer broke the protocol inside authentic packets. */
    PROTOCOL(4),
    /** The role is stopping. */
    STOPPING(5),
    /** The service has no room for another session. */
    FULL(6),
    /** It goes on elsewhere: never said to the peer. */
    MOVED(7);

    private final int code;

    CloseReason(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The reason with this code; {@link #PROTOCOL} if there is none. */
    public static CloseReason ofCode(int code) {
        for (CloseReason reason : values())
            if (reason.code == code)
                return reason;
        return PROTOCOL;
    }
}
