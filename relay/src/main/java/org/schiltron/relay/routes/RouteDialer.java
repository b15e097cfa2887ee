package org.schiltron.relay.routes;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.LegAsk;
import org.schiltron.edge.Route;
import org.schiltron.machine.Path;
import org.schiltron.proof.PublicKey;
import org.schiltron.relay.End;
import org.schiltron.relay.Leg;
import org.schiltron.relay.LegDialer;

/**
 * Legs that begin at this node and go along a route. Plain ones have the way they began with; resumable ones end at a
 * landing beside the backend, and take another way when theirs is lost or the authenticator changes. What a leg shows to
 * the ring is the egress's affair: {@link LegDialer.Request#address} is not looked at.
 */
public final class RouteDialer implements LegDialer {
    private final RouteNode node;
    private final Route route;
    private final @Nullable PublicKey landing;

    private RouteDialer(RouteNode node, Route route, @Nullable PublicKey landing) {
        if (route == Route.PROXIMITY)
            throw new IllegalArgumentException("with proximity routing the ingress dials itself: use TcpDialer");
        this.node = node;
        this.route = route;
        this.landing = landing;
    }

    public static RouteDialer plain(RouteNode node, Route route) {
        return new RouteDialer(node, route, null);
    }

    /** @param landing the key of the landing beside the backend */
    public static RouteDialer resumable(RouteNode node, Route route, PublicKey landing) {
        return new RouteDialer(node, route, landing);
    }

    @Override
    public Leg dial(Loop loop, Request request, End.Events events) throws IOException {
        if (node.isClosed())
            throw new IOException("the node has stopped");
        PublicKey end = landing;
        LegAsk ask = new LegAsk(end == null ? LegAsk.Kind.PLAIN : LegAsk.Kind.LANDING, request.service(),
                path(request.client().remote()), path(request.client().local()));
        HandedLeg leg = new HandedLeg(loop, node.loop(), events, end != null);
        node.loop().execute(() -> {
            Ways ways = new Ways(node, route, ask);
            if (end == null)
                PlainLeg.start(node, leg.nodeSide(), ways);
            else
                ResumableLeg.start(node, leg.nodeSide(), ways, end, ask);
        });
        return leg;
    }

    private static Path path(InetSocketAddress address) {
        return Path.of(0, address.getAddress().getAddress(), address.getPort());
    }
}
