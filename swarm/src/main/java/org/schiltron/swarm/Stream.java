package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;

/** One reliable byte stream, both directions. */
final class Stream {
    /** Credit that either side may use before the peer has said anything, bytes. */
    static final int INITIAL_CREDIT = 64 << 10;

    final long id;
    final SendBuffer out = new SendBuffer(INITIAL_CREDIT);
    final ReceiveBuffer in = new ReceiveBuffer(INITIAL_CREDIT);
    /** Service: known once the OPEN frame has come. Client: from the start. */
    @Nullable
    String target;
    boolean announced; // StreamOpened was given, or is not needed
    boolean queued; // stands in the queue of streams with something to send
    boolean readablePending; // StreamReadable was given and not yet answered by draining
    boolean endRead; // its end was told: what arrives again says nothing new
    int held; // bytes of both buffers, as last counted
    boolean writeBlocked; // a write took less than it was offered

    Stream(long id) {
        this.id = id;
    }

    boolean isDone() {
        return out.isDone() && endRead;
    }

    /** A piece of the stream inside a packet. */
    record Piece(Streams streams, Stream stream, long offset, int length, boolean fin) implements SentFrame {
        @Override
        public void onAcked() {
            streams.onPieceAcked(this);
        }

        @Override
        public void onLost() {
            streams.onPieceLost(this);
        }
    }
}
