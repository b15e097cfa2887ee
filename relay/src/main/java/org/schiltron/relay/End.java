package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One side of a relayed connection: bytes in and out, without ever waiting. A client's socket, one with TLS on it, and a
 * {@link Leg} are ends. All methods, and all {@link Events}, on the loop's thread.
 */
public interface End {
    /** What an end tells its connection. */
    interface Events {
        /** It can be read and written from now on. Once, and not from within the call that made the end. */
        void connected();

        /** There may be something to {@link End#read}. Only after it was asked for. */
        void readable();

        /** There may be room to {@link End#write}. Only after it was asked for. */
        void writable();

        /** It is of no more use, and nothing that was on its way arrives. The connection resets it. */
        void failed(EdgeDrop reason);
    }

    /**
     * Reads what is there.
     *
     * @return how many bytes, 0 if there are none now, -1 if the other end has ended its direction
     * @throws IOException if it was reset
     */
    int read(ByteBuffer into) throws IOException;

    /** Whether {@link #read} would have more without another word from the system; then no event comes for it. */
    default boolean hasMore() {
        return false;
    }

    /**
     * Takes as many bytes as there is room for.
     *
     * @return how many
     * @throws IOException if it was reset
     */
    int write(ByteBuffer from) throws IOException;

    /** Which events are wanted from now on. Cheap if nothing changes. */
    void want(boolean readable, boolean writable);

    /** Ends this direction, once all that was written is out; the other goes on. */
    void endOutput() throws IOException;

    /** In order: what was written still arrives. No event comes any more. */
    void close();

    /** With a reset: the other end must not take what it has for all there was. No event comes any more. */
    void reset();
}
