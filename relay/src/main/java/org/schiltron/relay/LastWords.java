package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a client who goes no further, then the end. What he still sends is read and dropped for a while: closing at once would reset the
 * connection if he has sent more, and the answer would be lost.
 */
final class LastWords {
    /** How long an answer may take to arrive after which nothing is wanted from the client. */
    private static final long LINGER_NS = 2_000_000_000L;

    final long endsNs;
    private final End client;
    private final Flow toClient;
    private @Nullable ByteBuffer answer;
    private boolean outputEnded;

    LastWords(End client, Flow toClient, ByteBuffer answer, long nowNs) {
        this.client = client;
        this.toClient = toClient;
        this.answer = answer;
        endsNs = nowNs + LINGER_NS;
    }

    /**
     * Goes on with it, as far as the client takes it.
     *
     * @return false if the connection is gone
     */
    boolean push() {
        ByteBuffer words = answer;
        if (words != null && toClient.isEmpty()) {
            answer = null;
            toClient.inject(words);
        }
        if (answer != null || !toClient.isEmpty() || outputEnded)
            return true;
        outputEnded = true;
        try {
            client.endOutput();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    boolean isOutputEnded() {
        return outputEnded;
    }

    /** @return false when the client has ended too, or the connection is gone */
    boolean discard(ByteBuffer scratch) {
        try {
            int count;
            do {
                count = client.read(scratch);
            } while (count > 0 && client.hasMore());
            return count >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
