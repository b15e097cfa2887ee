package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RegionTest {
    /** Victim 9, customer of 5 (large) and 6 (small); 5 is a customer of 1, the largest. 7 and 8 are behind 6. */
    private final AsGraph graph = Graphs.of("5|9|-1", "6|9|-1", "1|5|-1", "6|7|-1", "6|8|-1", "5|20|-1", "5|21|-1",
            "5|22|-1", "1|30|-1", "1|31|-1", "1|32|-1", "1|33|-1", "1|34|-1", "1|35|-1");

    @Test
    void theLargestNeighbourJoinsFirstThenTheLargestOfAll() {
        assertThat(asns(Region.largestAdjacent(graph, graph.nodeOf(9), 4))).containsExactly(9, 5, 1, 6);
        assertThat(Region.largestAdjacent(graph, graph.nodeOf(9), 1_000)).hasSize(graph.size());
    }

    @Test
    void theNeighbourWithMostOfTheAttackJoinsFirst() {
        boolean[] all = new boolean[graph.size()];
        Arrays.fill(all, true);
        double[] rates = new double[graph.size()];
        rates[graph.nodeOf(7)] = 10;
        rates[graph.nodeOf(8)] = 11;
        rates[graph.nodeOf(30)] = 5;
        rates[graph.nodeOf(20)] = 1;
        Tree tree = Tree.of(new Routes(graph).to(graph.nodeOf(9)), graph.nodeOf(9), all);
        assertThat(asns(Region.busiestAdjacent(graph, tree, rates, 4))).containsExactly(9, 6, 8, 7);
    }

    private int[] asns(int[] nodes) {
        return Arrays.stream(nodes).map(u -> (int) graph.asn(u)).toArray();
    }
}
