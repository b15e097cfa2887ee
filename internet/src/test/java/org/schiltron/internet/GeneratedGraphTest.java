package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.SeededRandom;

class GeneratedGraphTest {
    private static final int SIZE = 77_242;
    private static final AsGraph GRAPH = GeneratedGraph.of(SIZE, new SeededRandom(11)).graph();

    /** Of CAIDA's graph of August 2024: the share of ASes with at least so many customers, peers, neighbours. */
    @Test
    void tailsAreThoseOfTheRealGraph() {
        assertTail("customers", GRAPH::customerCount, new int[]{1, 10, 100, 1_000},
                new double[]{0.1564, 0.0268, 0.00326, 0.00018});
        assertTail("peers", GRAPH::peerCount, new int[]{1, 10, 100, 1_000},
                new double[]{0.2254, 0.1036, 0.0197, 0.00155});
        assertTail("neighbours", GRAPH::degree, new int[]{2, 10, 100, 1_000},
                new double[]{0.6446, 0.1353, 0.0238, 0.00185});
    }

    private static void assertTail(String what, IntUnaryOperator count, int[] atLeast, double[] real) {
        for (int i = 0; i < real.length; i++) {
            int ases = 0;
            for (int u = 0; u < GRAPH.size(); u++)
                if (count.applyAsInt(u) >= atLeast[i])
                    ases++;
            double share = (double) ases / GRAPH.size();
            System.out.printf("%s >= %d: %.5f, real %.5f%n", what, atLeast[i], share, real[i]);
            // Hubs that wish for peers meet the same hubs again and again: there are fewer of a thousand peers.
            double factor = atLeast[i] == 1_000 ? 2 : 1.3;
            assertThat(share).as(what + " of at least " + atLeast[i]).isBetween(real[i] / factor, real[i] * factor);
        }
    }

    @Test
    void linksStubsProvidersAndCliqueAreThoseOfTheRealGraph() {
        int stubs = 0;
        long providers = 0;
        for (int u = 0; u < GRAPH.size(); u++) {
            stubs += GRAPH.isStub(u) ? 1 : 0;
            providers += GRAPH.providerCount(u);
        }
        System.out.printf("%d ASes, %d links, %d to providers%n", GRAPH.size(), GRAPH.links(), providers);
        assertThat(GRAPH.size()).isEqualTo(SIZE);
        assertThat((double) stubs / SIZE).isCloseTo(0.8436, within(0.01));
        assertThat((double) providers / SIZE).isCloseTo(2.08, within(0.1));
        assertThat((double) GRAPH.links()).isBetween(571_873 / 1.3, 571_873 * 1.3);
        for (int i = 0; i < 19; i++) {
            assertThat(GRAPH.providerCount(i)).isZero();
            assertThat(GRAPH.peerCount(i)).isGreaterThanOrEqualTo(18);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 500, 5_000})
    void ofAnySizeItIsAGraphThatTheLoaderWouldTakeWhole(int ases) throws BadDataException {
        for (int seed = 0; seed < 20; seed++) {
            AsGraph graph = GeneratedGraph.of(ases, new SeededRandom(seed)).graph();
            LinkList links = new LinkList();
            for (int slot = 0; slot < graph.slots(); slot++)
                if (slot >= graph.customer[0] || (slot >= graph.peer[0] && graph.from[slot] < graph.to[slot]))
                    links.add((int) graph.asn(graph.from[slot]), (int) graph.asn(graph.to[slot]),
                            slot >= graph.customer[0] ? LinkList.PROVIDER_CUSTOMER : LinkList.PEER, 0);
            assertThat(graph.size()).isEqualTo(ases);
            assertThat(new GraphCheck("generated", new AsGraph(links), links).check()).isZero();
        }
    }

    @Test
    void theSameSeedGivesTheSameGraph() {
        GeneratedGraph one = GeneratedGraph.of(2_000, new SeededRandom(4));
        GeneratedGraph same = GeneratedGraph.of(2_000, new SeededRandom(4));
        GeneratedGraph other = GeneratedGraph.of(2_000, new SeededRandom(5));
        assertThat(same.graph().to).isEqualTo(one.graph().to);
        assertThat(same.addresses()).isEqualTo(one.addresses());
        assertThat(other.graph().to).isNotEqualTo(one.graph().to);
    }
}
