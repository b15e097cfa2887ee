package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The last words to a client, then the end. Closing at once would reset the connection if the client has sent more than
 * was read, and the words could be lost; so this side ends, and what the client still sends is read and thrown away
 * until it ends too, or {@link #NS} have passed.
 */
final class Parting {
    static final long NS = 2_000_000_000L;

    private final End client;
    private final Flow toClient;
    private final EventLoop loop;
    final long endsNs;
    private @Nullable ByteBuffer words;
    private boolean ended;

    Parting(End client, Flow toClient, EventLoop loop, ByteBuffer words) {
        this.client = client;
        this.toClient = toClient;
        this.loop = loop;
        this.words = words;
        this.endsNs = loop.nowNs() + NS;
    }

    /** Goes on as far as the client takes it; false if the client is lost. */
    boolean go() {
        ByteBuffer now = words;
        if (now != null && toClient.isEmpty()) {
            words = null;
            toClient.inject(now);
        }
        if (words == null && toClient.isEmpty() && !ended) {
            ended = true;
            try {
                client.endOutput();
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    /** Whether the client's bytes are read now. */
    boolean discards() {
        return ended;
    }

    /** Throws away what came; false once the client has ended. */
    boolean discard() {
        int count;
        try {
            do {
                count = client.read(loop.scratch());
            } while (count > 0 && client.hasMore());
        } catch (IOException e) {
            return false;
        }
        return count >= 0;
    }
}
