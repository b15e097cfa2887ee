package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class RoutesTest {
    @Test
    void onSmallGraphsRoutesAreThoseThatRoutersWouldFind() {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 400; i++) {
            AsGraph graph = Graphs.random(14, random);
            Routes routes = new Routes(graph);
            for (int destination = 0; destination < graph.size(); destination++) {
                PathVector truth = new PathVector(graph, destination);
                routes.to(destination);
                for (int u = 0; u < graph.size(); u++)
                    assertThat(routes.reaches(u) ? nodes(graph, routes, u) : null)
                            .as("seed %d, graph %d, from AS%d to AS%d", seed, i, graph.asn(u), graph.asn(destination))
                            .isEqualTo(truth.path(u));
            }
        }
    }

    @Test
    void noPathHasAValleyAndEveryoneIsReached() {
        AsGraph graph = GeneratedGraph.of(3_000, new SeededRandom(3)).graph();
        Routes routes = new Routes(graph);
        for (int destination = 0; destination < graph.size(); destination += 97) {
            routes.to(destination);
            for (int u = 0; u < graph.size(); u++) {
                assertThat(routes.reaches(u)).isTrue();
                assertValleyFree(graph, routes.path(u));
            }
        }
    }

    /** Up any number of times, across at most once, then only down. */
    static void assertValleyFree(AsGraph graph, int[] path) {
        boolean down = false;
        for (int slot : path) {
            boolean isUp = slot < graph.peer[0];
            boolean isAcross = !isUp && slot < graph.customer[0];
            assertThat(down && (isUp || isAcross)).as("a valley").isFalse();
            down |= !isUp;
        }
    }

    @Test
    void aCustomersLongWayIsPreferredToAPeersShortOne() {
        // 1 has customers 2 > 3 > 4, and peers with 4 and with 5, a provider of 4.
        AsGraph graph = Graphs.of("1|2|-1", "2|3|-1", "3|4|-1", "1|4|0", "5|4|-1", "1|5|0");
        assertThat(asns(graph, 1, 4)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aPeersRouteIsNotPassedOnToAPeerOrAProvider() {
        AsGraph graph = Graphs.of("1|2|0", "2|3|0", "2|4|-1", "9|2|-1");
        assertThat(asns(graph, 1, 2)).containsExactly(1L, 2L);
        assertThat(asns(graph, 1, 4)).containsExactly(1L, 2L, 4L);
        assertThat(asns(graph, 1, 3)).isEmpty();
        assertThat(asns(graph, 9, 3)).isEmpty();
        assertThat(asns(graph, 4, 3)).containsExactly(4L, 2L, 3L);
    }

    @Test
    void amongEqualsTheLowestNumberWinsHoweverLargeNumbersAre() {
        AsGraph graph = Graphs.of("4294967295|9|-1", "65000|9|-1", "4294967295|1|-1", "65000|1|-1");
        assertThat(asns(graph, 1, 9)).containsExactly(1L, 65000L, 9L);
    }

    private static List<Long> asns(AsGraph graph, long from, long to) {
        Routes routes = new Routes(graph).to(graph.nodeOf(to));
        int node = graph.nodeOf(from);
        return routes.reaches(node) ? nodes(graph, routes, node).stream().map(graph::asn).toList() : List.of();
    }

    private static List<Integer> nodes(AsGraph graph, Routes routes, int node) {
        List<Integer> nodes = new ArrayList<>(List.of(node));
        for (int slot : routes.path(node))
            nodes.add(graph.to[slot]);
        return nodes;
    }
}
