package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * With what a stream is opened along every route but {@link Route#MIX}: each node on the way reads it, takes itself out
 * and seals the rest for the next one, in the trunk's records.
 *
 * <pre>
 * 0 type 1 (1)   1 route (1)   2 nodes left after the one that reads this (1), 0 to 9   3 zero (1)
 * 4 the nodes' ids (16 each)   then a {@link LegAsk} to the end
 * </pre>
 *
 * @param hops the nodes left, the egress last; none at the egress
 */
public record RouteHeader(Route route, List<NodeId> hops, LegAsk ask) {
    /** The first byte of a stream's header. */
    public static final byte TYPE = 1;
    /** As many as the longest route has after its ingress. */
    public static final int MAX_HOPS = 9;

    private static final int FIXED = 4;

    public RouteHeader {
        hops = List.copyOf(hops);
        if (route == Route.PROXIMITY || route == Route.MIX)
            throw new IllegalArgumentException(route.text() + " has no route header");
        if (hops.size() > MAX_HOPS || new LinkedHashSet<>(hops).size() < hops.size())
            throw new IllegalArgumentException("at most " + MAX_HOPS + " nodes, each once");
    }

    /** The header for the stream from the ingress to the first node. */
    public static RouteHeader of(Planned.Way way, LegAsk ask) {
        return new RouteHeader(way.route(), way.hops().stream().skip(1).map(Node::id).toList(), ask);
    }

    /** For the stream to the next node; there has to be one. */
    public RouteHeader onward() {
        return new RouteHeader(route, hops.subList(1, hops.size()), ask);
    }

    public byte[] encode() {
        byte[] asked = ask.encode();
        ByteBuffer to = ByteBuffer.allocate(FIXED + hops.size() * NodeId.LENGTH + asked.length).put(TYPE)
                .put((byte) route.code()).put((byte) hops.size()).put((byte) 0);
        for (NodeId hop : hops)
            hop.write(to);
        return to.put(asked).array();
    }

    /** Null if that is none. */
    public static @Nullable RouteHeader decode(byte[] header) {
        ByteBuffer from = ByteBuffer.wrap(header);
        if (header.length < FIXED || from.get() != TYPE)
            return null;
        Route route = route(from.get());
        int count = from.get();
        if (route == null || count < 0 || count > MAX_HOPS || from.get() != 0
                || from.remaining() < count * NodeId.LENGTH)
            return null;
        List<NodeId> hops = new ArrayList<>();
        for (int i = 0; i < count; i++)
            hops.add(NodeId.read(from));
        LegAsk ask = LegAsk.decode(from);
        return ask == null || new LinkedHashSet<>(hops).size() < count ? null : new RouteHeader(route, hops, ask);
    }

    private static @Nullable Route route(int code) {
        for (Route route : Route.values())
            if (route.code() == code && route != Route.PROXIMITY && route != Route.MIX)
                return route;
        return null;
    }
}
