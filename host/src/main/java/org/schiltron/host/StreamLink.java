package org.schiltron.host;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session and the TCP connection it stands for: pumps bytes both ways on the session's thread. The
 * end of each direction crosses as an end, a reset as a reset.
 */
final class StreamLink {
    /** Read from one stream in one turn; then others have theirs. */
    private static final int TURN_BYTES = 256 * 1024;

    private final StreamRelay relay;
    private final Tunnel tunnel;
    private final long stream;
    private final TcpConnection connection;
    /** Whether a turn is queued already. */
    private final AtomicBoolean queued = new AtomicBoolean();
    private @Nullable Supplier<byte[]> preamble;
    private boolean inFinished;
    private boolean outEnded;
    private boolean outShut;
    private boolean streamGone;
    private boolean done;

    /**
     * @param preamble what goes to the connection before the stream's bytes, asked for once it is connected
     */
    StreamLink(StreamRelay relay, Tunnel tunnel, long stream, TcpConnection connection, Supplier<byte[]> preamble) {
        this.relay = relay;
        this.tunnel = tunnel;
        this.stream = stream;
        this.connection = connection;
        this.preamble = preamble;
    }

    long stream() {
        return stream;
    }

    Tunnel tunnel() {
        return tunnel;
    }

    /** Asks for a turn, from any thread. */
    void queue() {
        if (queued.compareAndSet(false, true))
            relay.execute(this::turn);
    }

    private void turn(long nowNs) {
        queued.set(false);
        if (done)
            return;
        try {
            if (connection.failed())
                throw new IOException("failed");
            if (!streamGone)
                pumpIn(nowNs);
            if (connection.connected())
                pumpOut(nowNs);
        } catch (IOException e) {
            if (!connection.connected())
                relay.counters().connectionsRefused.increment();
            if (!streamGone)
                tunnel.reset(nowNs, stream);
            end(connection.connected());
            return;
        }
        if (outShut && (inFinished || streamGone))
            end(false);
    }

    private void pumpIn(long nowNs) {
        boolean ended = connection.inputEnded(); // before the queue, or bytes read in between were forgotten
        byte[] head = connection.head();
        while (head != null) {
            int offset = connection.headOffset();
            int offered = head.length - offset;
            int taken = tunnel.write(nowNs, stream, head, offset, offered);
            connection.take(taken);
            if (taken < offered)
                return; // the session says when there is room
            head = connection.head();
        }
        if (ended && !inFinished) {
            inFinished = true;
            tunnel.finish(nowNs, stream);
        }
    }

    private void pumpOut(long nowNs) throws IOException {
        Supplier<byte[]> first = preamble;
        if (first != null) {
            byte[] bytes = first.get();
            preamble = null;
            if (bytes.length > 0)
                connection.write(bytes, 0, bytes.length);
        }
        int left = TURN_BYTES;
        byte[] buffer = relay.readBuffer();
        while (connection.flush()) {
            if (outEnded) {
                if (!outShut)
                    connection.shutdownOutput();
                outShut = true;
                return;
            }
            if (left <= 0) {
                queue();
                return;
            }
            int count = tunnel.read(nowNs, stream, buffer, 0, buffer.length);
            if (count == 0)
                return;
            if (count < 0) {
                outEnded = true;
            } else {
                connection.write(buffer, 0, count);
                left -= count;
            }
        }
    }

    /**
     * The peer has reset the stream, or the session is gone. If all it had to say was read before, the program still
     * gets it whole; every other connection is reset.
     */
    void streamGone() {
        streamGone = true;
        if (outEnded)
            queue();
        else
            end(true);
    }

    private void end(boolean abruptly) {
        if (done)
            return;
        done = true;
        if (abruptly)
            connection.abort();
        else
            connection.close();
        relay.ended(this);
    }
}
