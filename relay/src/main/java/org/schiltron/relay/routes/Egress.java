package org.schiltron.relay.routes;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.schiltron.edge.LegAsk;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.DatagramDialer;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.LegDialer;
import org.schiltron.relay.TcpDialer;
import org.schiltron.relay.UdpDialer;

/**
 * The last node of a way: opens the TCP connection to the backend or to the landing beside it, with the authenticator of
 * the time. Once that is open, one byte goes back, {@value #CONNECTED}, before all others.
 */
final class Egress implements Outgoing.Owner {
    static final byte CONNECTED = 1;

    /** What the kernel may hold of a leg in each direction, bytes. */
    private static final int SOCKET_BYTES = 256 << 10;

    /** @param epoch rises with each change of the service's authenticator */
    private record Known(EgressService service, int epoch) {
    }

    /** A connection, and what it was dialled with. */
    private record Held(String service, int epoch, Consumer<ResetReason> giveUp) {
    }

    private final RouteNode node;
    private final TcpDialer dialer = new TcpDialer(SOCKET_BYTES);
    private final Map<String, Known> services = new ConcurrentHashMap<>(); // as many as are configured
    private final UdpDialer datagramDialer = new UdpDialer();
    private final Map<Object, Held> legs = new LinkedHashMap<>(); // as many as there are streams

    Egress(RouteNode node) {
        this.node = node;
        node.config().services().forEach((name, service) -> services.put(name, new Known(service, 0)));
    }

    /**
     * Reads what an egress says first.
     *
     * @return 1 if it has connected, 0 if it has not said, -1 if it makes no sense
     */
    static int answer(Port way) {
        byte[] said = new byte[1];
        int got = way.read(said, 0, 1);
        return got > 0 && said[0] != CONNECTED ? -1 : got;
    }

    /** From any thread; the epoch that began. */
    int change(String name, EgressService to) {
        Known now = services.computeIfPresent(name, (_, old) -> new Known(to, old.epoch + 1));
        if (now == null)
            throw new IllegalArgumentException("no service is called \"" + name + "\" here");
        return now.epoch;
    }

    /** What was dialled before this epoch is no longer let through by the ring. */
    void overlapEnded(String name, int epoch) {
        for (Held held : List.copyOf(legs.values()))
            if (held.service.equals(name) && held.epoch < epoch) {
                node.counters().reset(ResetReason.AUTHENTICATOR_OVER);
                held.giveUp.accept(ResetReason.AUTHENTICATOR_OVER);
            }
    }

    /** A stream has come to its end here. */
    void open(Port way, LegAsk ask) {
        Known known = services.get(ask.service());
        LegAddress address = known == null ? null : switch (ask.kind()) {
            case PLAIN, DATAGRAMS -> known.service.backend();
            case LANDING -> known.service.landing();
        };
        if (known == null || address == null) {
            node.counters().reset(ResetReason.REFUSED);
            way.reset(ResetReason.REFUSED);
            return;
        }
        Asked asked = new Asked(ask, node.loop());
        if (ask.kind() == LegAsk.Kind.DATAGRAMS) {
            openDatagrams(way, known,
                    new DatagramDialer.Request(ask.service(), address, asked.remote(), asked.local()));
            return;
        }
        Outgoing leg = new Outgoing(node.loop(), node.buffers(), way, this);
        legs.put(leg, new Held(ask.service(), known.epoch, leg::giveUp));
        leg.dial(dialer, new LegDialer.Request(ask.service(), address, asked));
    }

    /** There is nothing to wait for: a datagram that nobody takes is lost. */
    private void openDatagrams(Port way, Known known, DatagramDialer.Request request) {
        DatagramPort port = new DatagramPort(node.loop());
        try {
            port.opened(datagramDialer.dial(node.loop(), request, port));
        } catch (IOException e) {
            node.counters().reset(ResetReason.UNREACHABLE);
            way.reset(ResetReason.UNREACHABLE);
            return;
        }
        legs.put(port, new Held(request.service(), known.epoch, port::giveUp));
        node.counters().egressLegsOpened.increment();
        way.write(new byte[]{CONNECTED}, 0, 1);
        Coupling.couple(node.loop(), node.buffers().between, way, port, () -> {
            legs.remove(port);
            node.counters().egressLegsClosed.increment();
        });
    }

    @Override
    public void open(Port leg, Port connection) {
        node.counters().egressLegsOpened.increment();
        leg.write(new byte[]{CONNECTED}, 0, 1);
    }

    @Override
    public void over(Outgoing outgoing, boolean wasOpen) {
        legs.remove(outgoing);
        if (wasOpen)
            node.counters().egressLegsClosed.increment();
    }
}
