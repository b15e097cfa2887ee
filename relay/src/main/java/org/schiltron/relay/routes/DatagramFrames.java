package org.schiltron.relay.routes;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Takes datagrams, each with two bytes of length before it, out of a stream of bytes. Holds one at most. */
final class DatagramFrames {
    private static final byte[] NONE = new byte[0];

    private final Consumer<ByteBuffer> out;
    private int headHave;
    private int length;
    private byte[] body = NONE; // only while it comes in
    private int have;

    /** @param out gets each datagram, good until it returns */
    DatagramFrames(Consumer<ByteBuffer> out) {
        this.out = out;
    }

    /** Takes all bytes. */
    void read(ByteBuffer from) {
        while (from.hasRemaining()) {
            if (headHave < Short.BYTES) {
                length = length << 8 | from.get() & 0xff;
                if (++headHave < Short.BYTES)
                    continue;
                body = new byte[length];
            }
            int part = Math.min(from.remaining(), length - have);
            from.get(body, have, part);
            have += part;
            if (have == length)
                complete();
        }
    }

    private void complete() {
        ByteBuffer whole = ByteBuffer.wrap(body, 0, length);
        body = NONE;
        have = 0;
        headHave = 0;
        length = 0;
        if (whole.hasRemaining())
            out.accept(whole);
    }
}
