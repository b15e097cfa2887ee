package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Of a protocol whose datagrams each stand for themselves. */
final class EachDatagram implements DatagramVerifier {
    private final Function<ByteBuffer, @Nullable Refusal> check;
    private @Nullable Refusal refusal;

    EachDatagram(Function<ByteBuffer, @Nullable Refusal> check) {
        this.check = check;
    }

    @Override
    public Reading check(ByteBuffer datagram) {
        refusal = check.apply(datagram);
        return refusal == null ? Reading.OK : Reading.REFUSED;
    }

    @Override
    public @Nullable Refusal refusal() {
        return refusal;
    }
}
