package org.schiltron.relay.routes;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.LegAsk;
import org.schiltron.edge.Node;
import org.schiltron.edge.OnionSource;
import org.schiltron.edge.Planned;
import org.schiltron.edge.Route;
import org.schiltron.edge.RouteHeader;

/**
 * Opens one way after the other for one leg: an egress over which it failed is avoided until none other is left. On the
 * node's loop.
 */
final class Ways {
    private final RouteNode node;
    private final Route route;
    private final LegAsk ask;
    private final Set<Node> avoided = new LinkedHashSet<>(); // egresses, as many as there are
    private @Nullable Node egress;

    Ways(RouteNode node, Route route, LegAsk ask) {
        this.node = node;
        this.route = route;
        this.ask = ask;
    }

    /** A port on its way to an egress, or null if there is no way. Its first byte says that the egress has connected. */
    @Nullable
    Port open() {
        Planned planned = plan();
        if (planned instanceof Planned.NoWay && !avoided.isEmpty()) {
            avoided.clear();
            planned = plan();
        }
        if (!(planned instanceof Planned.Way way))
            return null;
        egress = way.egress();
        Neighbour first = node.neighbour(way.hops().getFirst());
        if (route != Route.MIX)
            return first.open(RouteHeader.of(way, ask).encode());
        OnionSource source = new OnionSource(way.hops(), ask, node.epochSeconds(), node.random(), node.pool());
        return new OnionPort(node.loop(), first.open(source.header()), source);
    }

    private Planned plan() {
        return node.planner().plan(ask.service(), route, node.self(),
                other -> node.neighbour(other).isUp() && !avoided.contains(other));
    }

    /** The way opened last failed before it was of use. */
    void failed() {
        if (egress != null)
            avoided.add(egress);
    }
}
