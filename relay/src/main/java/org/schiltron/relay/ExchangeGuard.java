package org.schiltron.relay;

import java.nio.ByteBuffer;

/**
 * Follows the requests and answers of one connection (HTTP, say): each request is checked before it goes to the
 * backend, some are answered here, and between two exchanges the leg may be changed while the client stays connected.
 * All methods on its loop's thread. The leg is dialled when the guard first lets bytes pass.
 */
public interface ExchangeGuard {
    /** What is to be done with the client's next bytes. */
    enum Step {
        /** The bytes up to the position go to the backend; there may be none. */
        FORWARD,
        /** More bytes are needed; none was taken. */
        MORE,
        /** None was taken, and none will be until an answer of the backend has come further, or it may begin again. */
        HOLD,
        /** As HOLD, until {@link Client#again}. */
        LATER,
        /** The bytes up to the position are dealt with: {@link #answer} goes to the client, the connection stays. */
        ANSWER,
        /** {@link #answer} goes to the client, then the connection ends; without an answer it is reset. */
        REFUSED
    }

    /**
     * Takes bytes by moving the position.
     *
     * @param bytes    all of the client's that were not taken yet, at most 64 KiB; if it wants more than that, the
     *                 connection is refused
     * @param mayBegin false while the leg is about to be changed: the request that was begun may be finished, a new one
     *                 is held
     */
    Step onRequest(ByteBuffer bytes, boolean mayBegin);

    /**
     * Bytes of the backend's on their way to the client. Left as they are.
     *
     * @return false if they are no answer: the connection is reset
     */
    boolean onAnswer(ByteBuffer bytes);

    /** Whether no request was begun that is not finished and answered. Only then the leg is changed. */
    boolean between();

    /**
     * Whether the client has begun a request and has not sent all of it, and nothing of its answer has come: then the leg is held by
     * the client alone.
     */
    default boolean sending() {
        return false;
    }

    /**
     * Whether there may be a moment {@link #between} exchanges: not once bytes pass that nobody follows. Without one no
     * other leg is opened for it.
     */
    default boolean exchanges() {
        return true;
    }

    /** After REFUSED: counted. */
    default EdgeDrop reason() {
        return EdgeDrop.EXCHANGE_REFUSED;
    }

    /** After ANSWER and REFUSED: what the client gets, at most 64 KiB. */
    ByteBuffer answer();

    /**
     * No leg could be opened for the request that was to go on: what the client gets before its connection ends; with no
     * bytes it is reset.
     */
    default ByteBuffer onNoLeg(EdgeDrop reason) {
        return ByteBuffer.allocate(0);
    }
}
