package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** DNS over TCP: each query whole, with its length before it (RFC 7766, section 8). */
final class DnsStream implements StreamVerifier {
    private @Nullable Refusal refusal;

    @Override
    public int fromClient(ByteBuffer bytes) {
        int passed = 0;
        while (refusal == null && bytes.remaining() - passed >= 2) {
            int at = bytes.position() + passed;
            int length = bytes.getShort(at) & 0xffff;
            if (length < DnsQuery.MIN)
                refusal = Refusal.NOT_DNS;
            else if (length > DnsQuery.MAX_MESSAGE)
                refusal = Refusal.DNS_MALFORMED;
            else if (bytes.limit() - at - 2 < length)
                break;
            else
                refusal = DnsQuery.check(QuicPacket.bytes(bytes, at + 2, length));
            if (refusal == null)
                passed += 2 + length;
        }
        return passed;
    }

    @Override
    public @Nullable Refusal refusal() {
        return refusal;
    }
}
