package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Checks that the datagrams of one source speak a protocol. For one thread. */
public interface DatagramVerifier {
    /**
     * What becomes of a datagram of the client's, from the buffer's position to its limit: {@code OK}, it passes, and
     * before it those that were kept; {@code MORE}, it is to be kept; {@code REFUSED}, it is dropped, with those that
     * were kept.
     */
    Reading check(ByteBuffer datagram);

    /** Why the last one was refused; null if it was not. */
    @Nullable
    Refusal refusal();
}
