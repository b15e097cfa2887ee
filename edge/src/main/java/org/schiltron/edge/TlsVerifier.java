package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * TLS that is passed through: a client hello, then records of the kinds there are (RFC 8446, section 5.1), of which
 * nothing more is to be seen. A heartbeat (RFC 6520) is none of them.
 */
final class TlsVerifier implements StreamVerifier {
    private static final int HEADER = 5;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int APPLICATION_DATA = 23;
    /** RFC 5246, section 6.2.3; TLS 1.3 allows less. */
    private static final int MAX_RECORD = (1 << 14) + 2_048;

    private final ClientHello hello = new ClientHello();
    private boolean open;
    /** Of the record, bytes still to come. */
    private int left;
    private @Nullable Refusal refusal;

    @Override
    public int fromClient(ByteBuffer bytes) {
        int passed = 0;
        if (!open) {
            open = hello.read(bytes) == Reading.OK;
            refusal = hello.refusal();
            if (!open)
                return 0;
            passed = hello.length();
        }
        while (refusal == null) {
            int step = left > 0 ? Math.min(left, bytes.remaining() - passed) : header(bytes, passed);
            if (step == 0)
                break;
            if (left > 0)
                left -= step;
            else
                left = bytes.getShort(bytes.position() + passed + 3) & 0xffff;
            passed += step;
        }
        return passed;
    }

    /** The length of the header of the record at {@code from}, 0 if it is not whole or refused. */
    private int header(ByteBuffer bytes, int from) {
        int at = bytes.position() + from;
        int known = bytes.limit() - at;
        if (known < HEADER)
            return 0;
        int type = bytes.get(at);
        int minor = bytes.get(at + 2);
        int length = bytes.getShort(at + 3) & 0xffff;
        boolean fits = type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA && bytes.get(at + 1) == 3 && minor >= 1
                && minor <= 3 && length <= MAX_RECORD && (length > 0 || type == APPLICATION_DATA);
        if (!fits)
            refusal = Refusal.TLS_RECORD;
        return fits ? HEADER : 0;
    }

    @Override
    public @Nullable Refusal refusal() {
        return refusal;
    }
}
