package org.schiltron.bgp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of BGP and their header (RFC 4271 section 4.1).
 *
 * <pre>
 *   0      16 octets of ones
 *  16       2 length of the whole, 19 to 4,096
 *  18       1 type
 * </pre>
 */
enum MessageType {
    OPEN(1, 29), UPDATE(2, 23), NOTIFICATION(3, 21), KEEPALIVE(4, 19), ROUTE_REFRESH(5, 23);

    static final int HEADER_BYTES = 19;
    static final int MAX_BYTES = 4_096;
    static final int MARKER_BYTES = 16;
    private static final MessageType[] ALL = values();

    private final int code;
    private final int leastBytes;

    MessageType(int code, int leastBytes) {
        this.code = code;
        this.leastBytes = leastBytes;
    }

    static @Nullable MessageType of(int code) {
        return code >= 1 && code <= ALL.length ? ALL[code - 1] : null;
    }

    /** Whether such a message may be so long, octets. */
    boolean mayBe(int length) {
        if (this == KEEPALIVE || this == ROUTE_REFRESH)
            return length == leastBytes;
        return length >= leastBytes && length <= MAX_BYTES;
    }

    /** Puts the header before a body of so many octets. */
    void write(ByteBuffer out, int bodyBytes) {
        out.putLong(-1).putLong(-1).putShort((short) (HEADER_BYTES + bodyBytes)).put((byte) code);
    }
}
