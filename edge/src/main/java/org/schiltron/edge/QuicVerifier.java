package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * QUIC of one source: an opening that {@link QuicInitial} understands, then datagrams that begin like a client's
 * packets. What is in these is encrypted.
 */
final class QuicVerifier implements DatagramVerifier {
    /** First byte, packet number, and what is sampled behind it (RFC 9001, section 5.4.2). */
    private static final int MIN_SHORT = 1 + 4 + 16;

    private final QuicInitial opening = new QuicInitial();
    private final QuicPacket packet = new QuicPacket();
    private boolean open;
    private @Nullable Refusal refusal;

    @Override
    public Reading check(ByteBuffer datagram) {
        if (!open) {
            Reading reading = opening.read(datagram);
            refusal = opening.refusal();
            open = reading == Reading.OK;
            return reading;
        }
        refusal = later(datagram);
        return refusal == null ? Reading.OK : Reading.REFUSED;
    }

    private @Nullable Refusal later(ByteBuffer datagram) {
        if (!packet.read(datagram, datagram.position()))
            return Refusal.NOT_QUIC;
        return switch (packet.type) {
            case INITIAL -> datagram.remaining() < QuicInitial.MIN_DATAGRAM ? Refusal.QUIC_SMALL : null;
            case ZERO_RTT, HANDSHAKE -> null;
            case SHORT -> datagram.remaining() < MIN_SHORT ? Refusal.NOT_QUIC : null;
            case RETRY, NEGOTIATION, FOREIGN -> Refusal.NOT_QUIC;
        };
    }

    @Override
    public @Nullable Refusal refusal() {
        return refusal;
    }
}
