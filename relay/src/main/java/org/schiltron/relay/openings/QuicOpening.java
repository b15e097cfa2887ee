package org.schiltron.relay.openings;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.QuicFlows;
import org.schiltron.edge.QuicInitial;
import org.schiltron.relay.DatagramOpening;
import org.schiltron.relay.Opening;

/**
 * QUIC that is passed through: the hello in the client's Initial packets names the service. A client that goes on from
 * another address, with a connection id that is known, gets a flow of its own to the service it had; it has proved
 * nothing there, and its address has to be let in as any.
 */
final class QuicOpening implements DatagramOpening {
    private final InetSocketAddress client;
    private final Doors doors;
    private final LongSupplier epochSeconds;
    private final QuicFlows<QuicProof> flows;
    private final QuicInitial initial = new QuicInitial();
    private boolean begun;
    private @Nullable String service;

    QuicOpening(InetSocketAddress client, Doors doors, LongSupplier epochSeconds, QuicFlows<QuicProof> flows) {
        this.client = client;
        this.doors = doors;
        this.epochSeconds = epochSeconds;
        this.flows = flows;
    }

    @Override
    public Opening.Verdict look(ByteBuffer datagram) {
        boolean first = !begun;
        begun = true;
        QuicProof before = first ? QuicProof.movedFrom(datagram, flows) : null;
        String known = before == null ? null : before.service();
        if (known != null)
            return goOn(known);
        return switch (initial.read(datagram)) {
            case MORE -> Opening.Verdict.MORE;
            case REFUSED -> Opening.Verdict.REFUSED;
            case OK -> {
                Door door = doors.find(initial.serverName());
                service = door == null ? null : door.service();
                yield door != null && door.admits(client, epochSeconds.getAsLong())
                        ? Opening.Verdict.OK
                        : Opening.Verdict.REFUSED;
            }
        };
    }

    private Opening.Verdict goOn(String known) {
        service = known;
        return doors.admits(known, client, epochSeconds.getAsLong()) ? Opening.Verdict.OK : Opening.Verdict.REFUSED;
    }

    @Override
    public String service() {
        if (service == null)
            throw new IllegalStateException("not let in");
        return service;
    }
}
