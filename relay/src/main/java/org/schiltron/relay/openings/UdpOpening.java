package org.schiltron.relay.openings;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Protocol;
import org.schiltron.relay.DatagramOpening;
import org.schiltron.relay.Opening;

/** To one service, for clients whose address lets them in and whose first datagram is its protocol's, if asked for. */
final class UdpOpening implements DatagramOpening {
    private final InetSocketAddress client;
    private final Door door;
    private final @Nullable Protocol protocol;
    private final LongSupplier epochSeconds;

    UdpOpening(InetSocketAddress client, Door door, @Nullable Protocol protocol, LongSupplier epochSeconds) {
        this.client = client;
        this.door = door;
        this.protocol = protocol;
        this.epochSeconds = epochSeconds;
    }

    @Override
    public Opening.Verdict look(ByteBuffer datagram) {
        if (!door.admits(client, epochSeconds.getAsLong()))
            return Opening.Verdict.REFUSED;
        if (protocol == null)
            return Opening.Verdict.OK;
        return switch (protocol.datagram().check(datagram)) {
            case OK -> Opening.Verdict.OK;
            case MORE, REFUSED -> Opening.Verdict.REFUSED;
        };
    }

    @Override
    public String service() {
        return door.service();
    }
}
