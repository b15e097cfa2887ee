package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.HostPort;

class RoutePlannerTest {
    private static final Overlay OVERLAY = Overlay.of(24);

    private final RandomSource random = Draws.random();
    private final Node from = OVERLAY.node(0);

    private RoutePlanner planner(boolean different) {
        return new RoutePlanner(OVERLAY.list, new RouteSettings(2, 4, 3, 3, different, new byte[0]), random);
    }

    private static Planned.Way way(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Way.class);
        return (Planned.Way) planned;
    }

    private static String noWay(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.NoWay.class);
        return ((Planned.NoWay) planned).reason();
    }

    @Test
    void eachRouteHasItsHopsAndNoNodeTwice() {
        RoutePlanner planner = planner(true);
        for (int i = 0; i < 200; i++) {
            for (Route route : Route.values()) {
                Planned.Way way = way(planner.plan("shop" + i % 7, route, from, _ -> true));
                assertThat(way.hops()).hasSize(switch (route) {
                    case PROXIMITY -> 0;
                    case SINGLY_INDIRECT -> 1;
                    case DOUBLY_INDIRECT -> 2;
                    case RANDOM, MIX -> 4;
                });
                Set<Node> distinct = new LinkedHashSet<>(way.hops());
                distinct.add(from);
                assertThat(distinct).hasSize(way.hops().size() + 1);
                assertThat(way.egress()).isEqualTo(way.hops().isEmpty() ? from : way.hops().getLast());
            }
        }
    }

    @Test
    void everyNodeComputesTheSameBeaconsAndServlets() {
        RoutePlanner here = planner(true);
        RoutePlanner there = new RoutePlanner(OVERLAY.list, RouteSettings.DEFAULT, new SeededRandom(1));
        Node other = OVERLAY.node(1);
        for (int i = 0; i < 200; i++) {
            String service = "s" + i;
            List<Node> beacons = here.beacons(service, from, node -> !node.equals(other));
            assertThat(beacons).hasSize(2)
                    .isEqualTo(there.beacons(service, other, node -> !node.equals(from)));
            assertThat(here.servlets(service, beacons.getFirst(), _ -> true)).hasSize(4)
                    .isEqualTo(there.servlets(service, beacons.getFirst(), _ -> true))
                    .doesNotContain(beacons.getFirst());
        }
    }

    @Test
    void doublyIndirectWaysGoThroughTheServicesBeaconsAndTheirServlets() {
        RoutePlanner planner = planner(true);
        for (int i = 0; i < 200; i++) {
            Planned.Way way = way(planner.plan("shop", Route.DOUBLY_INDIRECT, from, _ -> true));
            Node beacon = way.hops().getFirst();
            assertThat(planner.beacons("shop", from, _ -> true)).contains(beacon);
            assertThat(planner.servlets("shop", beacon, node -> !node.equals(from))).contains(way.egress());
        }
    }

    @Test
    void nodesThatAreDownAreLeftOut() {
        RoutePlanner planner = planner(true);
        for (int i = 0; i < 100; i++) {
            Set<Node> down = new LinkedHashSet<>();
            while (down.size() < 12)
                down.add(OVERLAY.node(random.nextInt(24)));
            for (Route route : Route.values())
                assertThat(way(planner.plan("s" + i, route, from, node -> !down.contains(node))).hops())
                        .doesNotContainAnyElementsOf(down);
        }
    }

    @Test
    void anotherEgressEachTimeAndAllOfThemInTheEnd() {
        RoutePlanner planner = planner(true);
        for (Route route : new Route[]{Route.SINGLY_INDIRECT, Route.DOUBLY_INDIRECT, Route.RANDOM, Route.MIX}) {
            Set<Node> seen = new LinkedHashSet<>();
            Node last = from;
            for (int i = 0; i < 200; i++) {
                Node egress = way(planner.plan("shop", route, from, _ -> true)).egress();
                assertThat(egress).as("%s, request %d", route, i).isNotEqualTo(last);
                last = egress;
                seen.add(egress);
            }
            assertThat(seen.size()).as("%s", route).isBetween(4, 8);
        }
    }

    @Test
    void orAlwaysTheSameUntilItIsDown() {
        RoutePlanner planner = planner(false);
        Node egress = way(planner.plan("shop", Route.SINGLY_INDIRECT, from, _ -> true)).egress();
        for (int i = 0; i < 50; i++)
            assertThat(way(planner.plan("shop", Route.SINGLY_INDIRECT, from, _ -> true)).egress()).isEqualTo(egress);
        assertThat(way(planner.plan("shop", Route.SINGLY_INDIRECT, from, node -> !node.equals(egress))).egress())
                .isNotEqualTo(egress);
    }

    @Test
    void randomHopsAreDrawnFromAllNodes() {
        RoutePlanner planner = planner(true);
        for (Route route : new Route[]{Route.RANDOM, Route.MIX}) {
            Set<Node> first = new LinkedHashSet<>();
            for (int i = 0; i < 400; i++)
                first.add(way(planner.plan("shop", route, from, _ -> true)).hops().getFirst());
            assertThat(first).hasSize(23);
        }
    }

    @Test
    void theLastEgressLeftIsUsedAgain() {
        Overlay small = Overlay.of(2);
        RoutePlanner planner = new RoutePlanner(small.list, RouteSettings.DEFAULT, random);
        for (int i = 0; i < 3; i++)
            assertThat(way(planner.plan("s", Route.SINGLY_INDIRECT, small.node(0), _ -> true)).egress())
                    .isEqualTo(small.node(1));
    }

    @Test
    void whereThereIsNoWayTheReasonSaysWhatIsMissing() {
        RoutePlanner planner = planner(true);
        assertThat(noWay(planner.plan("s", Route.SINGLY_INDIRECT, from, _ -> false)))
                .isEqualTo("no egress beside n0 is up");
        assertThat(noWay(planner.plan("s", Route.DOUBLY_INDIRECT, from, _ -> false)))
                .isEqualTo("no beacon beside n0 is up");
        assertThat(noWay(planner.plan("s", Route.DOUBLY_INDIRECT, from, node -> node.equals(OVERLAY.node(5)))))
                .isEqualTo("no egress beside n0 and the beacon n5 is up");
        Set<Node> three = Set.of(OVERLAY.node(1), OVERLAY.node(2), OVERLAY.node(3));
        assertThat(noWay(planner.plan("s", Route.MIX, from, three::contains))).isEqualTo(
                "a mix route has 3 nodes between n0 and its egress, and only 2 are up");
        Overlay relays = Overlay.of(3, EnumSet.noneOf(NodeRole.class));
        RoutePlanner none = new RoutePlanner(relays.list, RouteSettings.DEFAULT, random);
        assertThat(noWay(none.plan("s", Route.PROXIMITY, relays.node(0), _ -> true))).contains("is no egress");
        assertThat(noWay(none.plan("s", Route.RANDOM, relays.node(0), _ -> true))).contains("no egress");
    }

    @Test
    void listsThatMakeNoSenseAreRefused() {
        List<Node> twice = new ArrayList<>(OVERLAY.list.nodes());
        twice.add(twice.getFirst());
        assertThatThrownBy(() -> new NodeList(twice)).hasMessageContaining("two nodes are named n0");
        Node n0 = OVERLAY.node(0);
        Node n1 = OVERLAY.node(1);
        assertThatThrownBy(() -> new NodeList(List.of(n0, new Node("b", n1.address(), n0.key(), Set.of()))))
                .hasMessageContaining("n0 and b have the same key");
        assertThatThrownBy(() -> new NodeList(List.of(n0, new Node("b", n0.address(), n1.key(), Set.of()))))
                .hasMessageContaining("same address");
        for (String bad : new String[]{"", "-a", "A", "a b", "a".repeat(64), "ä"})
            assertThatThrownBy(() -> new Node(bad, new HostPort("a", 1), n0.key(), Set.of())).as(bad)
                    .hasMessageContaining("is no name of a node");
        assertThatThrownBy(() -> new RouteSettings(0, 1, 1, 1, true, new byte[0])).hasMessageContaining("beacons");
        assertThatThrownBy(() -> new RouteSettings(1, 1, 1, 5, true, new byte[0])).hasMessageContaining("mix-hops");
        assertThatThrownBy(() -> Route.parse("tor")).hasMessageContaining("is no route: proximity");
        for (Route route : Route.values())
            assertThat(Route.parse(route.text())).isEqualTo(route);
        for (NodeRole role : NodeRole.values())
            assertThat(NodeRole.parse(role.text())).isEqualTo(role);
    }

    @Test
    void nodesAreFoundByNameIdAndKey() {
        Node node = OVERLAY.node(17);
        assertThat(OVERLAY.list.byName("n17")).isEqualTo(node);
        assertThat(OVERLAY.list.byId(node.id())).isEqualTo(node);
        assertThat(OVERLAY.list.byX25519(node.key().x25519())).isEqualTo(node);
        assertThat(OVERLAY.list.byName("n24")).isNull();
        assertThat(OVERLAY.list.byX25519(new byte[32])).isNull();
        assertThat(OVERLAY.list.byId(new NodeId(0, 0))).isNull();
    }
}
