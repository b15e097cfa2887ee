package org.schiltron.edge;

import java.nio.ByteBuffer;

/**
 * Writes frames into the plain text of one record or cell. Layouts, offsets in bytes, numbers in network byte order:
 *
 * <pre>
 * PAD     0 type 0 (1)   the rest of the cell is zero
 * OPEN    0 type 1 (1)   1 stream (4)   5 length (2)   7 header (1 to 1,001)
 * DATA    0 type 2 (1)   1 stream (4)   5 length (2)   7 bytes (at least 1)
 * CREDIT  0 type 3 (1)   1 stream (4)   5 bytes (4)
 * END     0 type 4 (1)   1 stream (4)
 * RESET   0 type 5 (1)   1 stream (4)   5 reason (1)
 * CLOSE   0 type 6 (1)   1 zero (4)     5 reason (1)
 * </pre>
 */
final class TrunkFrames {
    static final byte PAD = 0;
    static final byte OPEN = 1;
    static final byte DATA = 2;
    static final byte CREDIT = 3;
    static final byte END = 4;
    static final byte RESET = 5;
    static final byte CLOSE = 6;

    /** Bytes before the header of OPEN and the bytes of DATA. */
    static final int PREFIX = 7;

    private final ByteBuffer to;

    /** Writes from the buffer's position to its limit. */
    TrunkFrames(ByteBuffer to) {
        this.to = to;
    }

    int room() {
        return to.remaining();
    }

    int roomForData() {
        return to.remaining() - PREFIX;
    }

    boolean open(int stream, byte[] header) {
        if (to.remaining() < PREFIX + header.length)
            return false;
        to.put(OPEN).putInt(stream).putShort((short) header.length).put(header);
        return true;
    }

    /** @param length fits */
    void data(int stream, ByteQueue from, int length) {
        to.put(DATA).putInt(stream).putShort((short) length);
        from.read(to.array(), to.arrayOffset() + to.position(), length);
        to.position(to.position() + length);
    }

    boolean credit(int stream, int bytes) {
        if (to.remaining() < 9)
            return false;
        to.put(CREDIT).putInt(stream).putInt(bytes);
        return true;
    }

    boolean end(int stream) {
        if (to.remaining() < 5)
            return false;
        to.put(END).putInt(stream);
        return true;
    }

    boolean reset(int stream, ResetReason reason) {
        if (to.remaining() < 6)
            return false;
        to.put(RESET).putInt(stream).put((byte) reason.code());
        return true;
    }

    /** Into an empty record. */
    void close(TrunkClose reason) {
        to.put(CLOSE).putInt(0).put((byte) reason.code());
    }
}
