package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * SIP over TCP: messages one after the other, each with its Content-Length (RFC 3261, section 18.3), and empty lines
 * between them that keep the connection open (RFC 5626, section 4.4.1).
 */
final class SipStream implements StreamVerifier {
    private SipMessage message = new SipMessage();
    /** Of the body, bytes still to come. */
    private long left;
    private @Nullable Refusal refusal;

    @Override
    public int fromClient(ByteBuffer bytes) {
        int passed = 0;
        int step;
        do {
            step = left > 0 ? body(bytes.remaining() - passed) : head(bytes, passed);
            passed += step;
        } while (step > 0);
        return passed;
    }

    private int body(int available) {
        int step = (int) Math.min(left, available);
        left -= step;
        return step;
    }

    private int head(ByteBuffer bytes, int from) {
        int at = bytes.position() + from;
        if (refusal != null || at == bytes.limit())
            return 0;
        if (bytes.get(at) == '\r') {
            if (at + 1 == bytes.limit())
                return 0;
            if (bytes.get(at + 1) != '\n')
                refusal = Refusal.NOT_SIP;
            return refusal == null ? 2 : 0;
        }
        Reading reading = message.read(bytes, from);
        refusal = message.refusal();
        if (reading == Reading.OK && message.contentLength() < 0)
            refusal = Refusal.SIP_LENGTH;
        if (reading != Reading.OK || refusal != null)
            return 0;
        int length = message.length();
        left = message.contentLength();
        message = new SipMessage();
        return length;
    }

    @Override
    public @Nullable Refusal refusal() {
        return refusal;
    }
}
