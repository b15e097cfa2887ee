package org.schiltron.relay.openings;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.StreamVerifier;
import org.schiltron.relay.Client;
import org.schiltron.relay.ExchangeGuard;
import org.schiltron.relay.Opening;

/** To one service, for clients whose address lets them in, and who speak its protocol if that is asked for. */
final class StreamOpening implements Opening {
    private final Client client;
    private final Door door;
    private final @Nullable Protocol protocol;
    private final LongSupplier epochSeconds;
    /** Sees the first bytes only; the guard's own sees them again. */
    private final @Nullable StreamVerifier first;
    private boolean known;

    StreamOpening(Client client, Door door, @Nullable Protocol protocol, LongSupplier epochSeconds) {
        this.client = client;
        this.door = door;
        this.protocol = protocol;
        this.epochSeconds = epochSeconds;
        this.first = protocol == null ? null : protocol.stream();
    }

    @Override
    public Verdict look(ByteBuffer bytes) {
        if (!known && !door.admits(client.remote(), epochSeconds.getAsLong()))
            return Verdict.REFUSED;
        known = true;
        if (first == null || first.fromClient(bytes) > 0)
            return Verdict.OK;
        return first.refusal() == null ? Verdict.MORE : Verdict.REFUSED;
    }

    @Override
    public String service() {
        return door.service();
    }

    @Override
    public @Nullable ExchangeGuard guard() {
        return protocol == null ? null : new StreamGuard(protocol.stream());
    }
}
