package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.schiltron.edge.LegAsk;
import org.schiltron.edge.Route;
import org.schiltron.machine.Path;
import org.schiltron.relay.DatagramDialer;
import org.schiltron.relay.DatagramLeg;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.End;
import org.schiltron.relay.LegDialer;

/**
 * Legs of datagrams that begin at this node and go along a route to an egress. In order and without loss between the
 * nodes, since a trunk is; what a leg has no room for (64 KiB) is lost. When its way is lost, the next datagram opens
 * another, at most once a second.
 */
public final class RouteDatagramDialer implements DatagramDialer {
    private static final long PAUSE_NS = 1_000_000_000L;

    private final RouteNode node;
    private final Route route;

    public RouteDatagramDialer(RouteNode node, Route route) {
        if (route == Route.PROXIMITY)
            throw new IllegalArgumentException("with proximity routing the ingress dials itself: use UdpDialer");
        this.node = node;
        this.route = route;
    }

    @Override
    public DatagramLeg dial(LegDialer.Loop loop, Request request, DatagramLeg.Events events) throws IOException {
        if (node.isClosed())
            throw new IOException("the node has stopped");
        LegAsk ask = new LegAsk(LegAsk.Kind.DATAGRAMS, request.service(), path(request.client()),
                path(request.local()));
        return new RoutedLeg(loop, ask, events);
    }

    private static Path path(InetSocketAddress address) {
        return Path.of(0, address.getAddress().getAddress(), address.getPort());
    }

    /** On the flow's loop. */
    private final class RoutedLeg implements DatagramLeg {
        private final LegDialer.Loop loop;
        private final LegAsk ask;
        private final DatagramLeg.Events events;
        private Way way;
        private long openedNs;

        RoutedLeg(LegDialer.Loop loop, LegAsk ask, DatagramLeg.Events events) {
            this.loop = loop;
            this.ask = ask;
            this.events = events;
            way = new Way();
            openedNs = loop.nowNs();
        }

        @Override
        public boolean send(ByteBuffer datagram) {
            if (way.lost && loop.nowNs() - openedNs >= PAUSE_NS && !node.isClosed()) {
                way = new Way();
                openedNs = loop.nowNs();
            }
            return way.send(datagram);
        }

        @Override
        public void close() {
            way.lost = true;
            way.leg.reset();
        }

        /** One way to an egress; what is sent before it is open waits. */
        private final class Way implements End.Events {
            private final DatagramFrames frames = new DatagramFrames(datagram -> {
                if (!isLost())
                    events.received(datagram);
            });
            private final HandedLeg leg = new HandedLeg(loop, node.loop(), this, false);
            private boolean lost;

            Way() {
                node.loop().execute(() -> PlainLeg.start(node, leg.nodeSide(), new Ways(node, route, ask)));
            }

            private boolean isLost() {
                return lost;
            }

            boolean send(ByteBuffer datagram) {
                if (lost || leg.room() < Short.BYTES + datagram.remaining() || !datagram.hasRemaining())
                    return false;
                leg.write(ByteBuffer.allocate(Short.BYTES).putShort((short) datagram.remaining()).flip());
                leg.write(datagram);
                return true;
            }

            @Override
            public void connected() {
                leg.want(true, false);
            }

            @Override
            public void readable() {
                ByteBuffer bytes = ByteBuffer.allocate(16 << 10);
                int got = leg.read(bytes);
                if (got < 0) {
                    lost = true;
                    leg.reset();
                } else
                    frames.read(bytes.flip());
            }

            @Override
            public void writable() {
                // what there was no room for is lost
            }

            @Override
            public void failed(EdgeDrop reason) {
                lost = true;
            }
        }
    }
}
