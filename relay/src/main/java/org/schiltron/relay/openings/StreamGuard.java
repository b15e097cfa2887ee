package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import org.schiltron.edge.StreamVerifier;
import org.schiltron.relay.ExchangeGuard;

/**
 * Passes on what a verifier lets through. When one exchange is over and another begins it does not say, so the leg
 * stays; what is refused has no answer that every protocol would understand, so the connection is reset.
 */
final class StreamGuard implements ExchangeGuard {
    private final StreamVerifier verifier;

    StreamGuard(StreamVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public Step onRequest(ByteBuffer bytes, boolean mayBegin) {
        int count = verifier.fromClient(bytes);
        if (count > 0) {
            bytes.position(bytes.position() + count);
            return Step.FORWARD;
        }
        return verifier.refusal() == null ? Step.MORE : Step.REFUSED;
    }

    @Override
    public boolean onAnswer(ByteBuffer bytes) {
        return true;
    }

    @Override
    public boolean between() {
        return false;
    }

    @Override
    public boolean exchanges() {
        return false;
    }

    @Override
    public ByteBuffer answer() {
        return ByteBuffer.allocate(0);
    }
}
