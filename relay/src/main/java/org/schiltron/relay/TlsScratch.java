package org.schiltron.relay;

import java.nio.ByteBuffer;

/** The buffers that all TLS connections of a loop share; what is in them is good until the next one's turn. */
final class TlsScratch {
    /** A record with all around it (RFC 8446, section 5.2), and as much as the JDK asks room for. */
    static final int RECORD = BufferPool.MIDDLE;

    private final ByteBuffer sealedIn = ByteBuffer.allocateDirect(BufferPool.LARGEST);
    private final ByteBuffer sealedOut = ByteBuffer.allocateDirect(BufferPool.LARGEST);
    private final ByteBuffer opened = ByteBuffer.allocateDirect(RECORD);

    ByteBuffer sealedIn() {
        return sealedIn.clear();
    }

    ByteBuffer sealedOut() {
        return sealedOut.clear();
    }

    ByteBuffer opened() {
        return opened.clear();
    }
}
