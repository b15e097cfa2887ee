package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a connection speaks a protocol, as far as an edge can see into it. Mayday (2003), section 3.1: overlay
 * nodes as protocol verifying agents keep off attacks by malformed data.
 *
 * <p>The bytes given are those not passed on yet, from the buffer's position on; what is passed the caller takes out
 * before the next call. No verifier needs more than 16 KiB at once. For one thread, except where said.
 */
public interface StreamVerifier {
    /** How many bytes of the client's may pass; the rest has to wait, or is refused. */
    int fromClient(ByteBuffer bytes);

    /** How many bytes of the backend's may pass. Whether the client's go on may depend on them. */
    default int fromBackend(ByteBuffer bytes) {
        return bytes.remaining();
    }

    /** Why the connection has to end; null while it may go on. */
    @Nullable
    Refusal refusal();
}
