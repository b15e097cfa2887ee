package org.schiltron.relay.routes;

import org.schiltron.edge.ResetReason;

/**
 * One side of a leg where it passes through a node: a stream of a trunk, a TCP connection, or what stands between it and
 * one of these. All methods, and all {@link Events}, on the node's loop; no event comes from within a call.
 */
interface Port {
    /** What a port tells. */
    interface Events {
        /** There is something to read, or the end. Given again only after a read has returned 0. */
        void readable();

        /** There is room again after a write that took less than it was offered, or after {@link Port#writable} was 0. */
        void writable();

        /** It is of no more use, and nothing that was on its way arrives. The last event. */
        void failed(ResetReason reason);
    }

    /** For a port that nobody looks at yet: what it tells is found out by who comes to look. */
    Events NOBODY = new Events() {
        @Override
        public void readable() {
            // it stays readable
        }

        @Override
        public void writable() {
            // it stays writable
        }

        @Override
        public void failed(ResetReason reason) {
            // told again by who closes all of a node's ports
        }
    };

    /** Who is told from now on, instead of who was. */
    void events(Events events);

    /** How many bytes there were, 0 if there are none now, -1 if the other end has ended its direction. */
    int read(byte[] into, int offset, int length);

    /** Takes bytes and may change them in their place; returns how many. */
    int write(byte[] from, int offset, int length);

    /** How many bytes {@link #write} takes now at least. */
    int writable();

    /** Ends this direction, once all that was written is out; the other goes on. */
    void end();

    /** Gives both directions up; no event comes any more. */
    void reset(ResetReason reason);

    /** Both directions have ended; what was written still arrives. No event comes any more. */
    void close();
}
