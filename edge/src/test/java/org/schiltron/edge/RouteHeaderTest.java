package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class RouteHeaderTest {
    private static final Overlay OVERLAY = Overlay.of(12);

    private final RandomSource random = Draws.random();

    @Test
    void eachNodeTakesItselfOutUntilTheEgressIsLeft() {
        RoutePlanner planner = new RoutePlanner(OVERLAY.list, RouteSettings.DEFAULT, random);
        for (Route route : new Route[]{Route.SINGLY_INDIRECT, Route.DOUBLY_INDIRECT, Route.RANDOM}) {
            Planned.Way way = (Planned.Way) planner.plan("shop", route, OVERLAY.node(0), _ -> true);
            RouteHeader header = RouteHeader.of(way, LegWorld.ASK);
            for (Node hop : way.hops().subList(1, way.hops().size())) {
                header = Objects.requireNonNull(RouteHeader.decode(header.encode()));
                assertThat(OVERLAY.list.byId(header.hops().getFirst())).isEqualTo(hop);
                header = header.onward();
            }
            assertThat(header).isEqualTo(new RouteHeader(route, List.of(), LegWorld.ASK));
            assertThat(RouteHeader.decode(header.encode())).isEqualTo(header);
        }
    }

    @Test
    void theLongestFitsIntoACell() {
        LegAsk longest = new LegAsk(LegAsk.Kind.PLAIN, "a".repeat(63), LegWorld.ASK.client(), LegWorld.ASK.server());
        List<NodeId> hops = OVERLAY.list.nodes().stream().limit(9).map(Node::id).toList();
        assertThat(new RouteHeader(Route.RANDOM, hops, longest).encode().length).isLessThanOrEqualTo(Trunk.MAX_HEADER);
    }

    @Test
    void mutantsAreReadOrRefused() {
        List<NodeId> hops = OVERLAY.list.nodes().stream().limit(3).map(Node::id).toList();
        byte[] valid = new RouteHeader(Route.RANDOM, hops, LegWorld.ASK).encode();
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            RouteHeader header = RouteHeader.decode(Draws.mutate(random, valid));
            if (header == null)
                continue;
            read++;
            assertThat(RouteHeader.decode(header.encode())).isEqualTo(header);
        }
        assertThat(read).isBetween(1, 49_999);
        assertThat(RouteHeader.decode(new byte[0])).isNull();
        assertThat(RouteHeader.decode(new byte[70_000])).isNull();
    }

    @Test
    void waysInCirclesAreRefused() {
        NodeId one = OVERLAY.node(1).id();
        assertThatThrownBy(() -> new RouteHeader(Route.RANDOM, List.of(one, one), LegWorld.ASK))
                .hasMessageContaining("each once");
        assertThatThrownBy(() -> new RouteHeader(Route.MIX, List.of(one), LegWorld.ASK))
                .hasMessageContaining("no route header");
        byte[] header = new RouteHeader(Route.RANDOM, List.of(one, OVERLAY.node(2).id()), LegWorld.ASK).encode();
        System.arraycopy(header, 4, header, 20, 16);
        assertThat(RouteHeader.decode(header)).isNull();
    }
}
