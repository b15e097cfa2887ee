package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class CongestionTest {
    private static final double CLOSE = 1e-5;

    /** A random world small enough to walk every flow by itself. */
    private record Case(AsGraph graph, double[] capacity, List<Demand> demands, boolean[] region, String name) {
        static Case random(long seed, int number) {
            SeededRandom random = new SeededRandom(seed + number);
            AsGraph graph = number % 2 == 0
                    ? GeneratedGraph.of(GeneratedGraph.LEAST + random.nextInt(200), random).graph()
                    : Graphs.random(30, random);
            double[] capacity = new double[graph.slots()];
            for (int slot = 0; slot < capacity.length; slot++)
                capacity[slot] = Math.pow(10, 4 * random.nextDouble());
            boolean[] all = new boolean[graph.size()];
            Arrays.fill(all, true);
            boolean[] region = new boolean[graph.size()];
            double[] rates = new double[graph.size()];
            for (int u = 0; u < rates.length; u++) {
                rates[u] = random.nextInt(3) == 0 ? 0 : 1_000 * random.nextDouble();
                region[u] = random.nextInt(6) == 0;
            }
            List<Demand> demands = new ArrayList<>();
            Routes routes = new Routes(graph);
            for (int i = 0; i < 12; i++) {
                int destination = random.nextInt(graph.size());
                routes.to(destination);
                Tree tree = Tree.of(routes, destination, all);
                double share = random.nextDouble();
                demands.add(i % 3 == 0
                        ? Demand.attack(tree, rates, share)
                        : Demand.of(tree, rates, share).withPath(routes.path(random.nextInt(graph.size())), 50));
            }
            return new Case(graph, capacity, demands, region, "seed " + seed + ", case " + number);
        }

        Loads solve() {
            return new Congestion(graph, capacity, demands, region).solve(_ -> {
            });
        }
    }

    @Test
    void everyLinkPassesWhatItCarriesAndFullOnesCarryTheirCapacity() {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        int full = 0;
        for (int number = 0; number < 60; number++) {
            Case drawn = Case.random(seed, number);
            Loads loads = drawn.solve();
            for (int slot = 0; slot < drawn.capacity.length; slot++) {
                assertThat(loads.carried(slot)).as(drawn.name).isLessThanOrEqualTo(drawn.capacity[slot] * (1 + CLOSE));
                assertThat(loads.carried(slot) + loads.lost(slot)).isCloseTo(loads.offered()[slot], within(1e-6));
                if (loads.lost(slot) > CLOSE * loads.offered()[slot]) {
                    full++;
                    assertThat(loads.carried(slot)).as(drawn.name).isCloseTo(drawn.capacity[slot],
                            within(CLOSE * drawn.capacity[slot]));
                }
            }
        }
        assertThat(full).isGreaterThan(500);
    }

    /** What goes into each AS comes out of it, arrives, or is dropped by its ring. */
    @Test
    void nothingIsMadeOrForgottenOnTheWay() {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        for (int number = 0; number < 60; number++) {
            Case drawn = Case.random(seed, number);
            Loads loads = drawn.solve();
            double sent = 0;
            for (Demand demand : drawn.demands) {
                sent += demand.pathRate();
                Routes routes = new Routes(drawn.graph).to(demand.tree().destination());
                for (int u = 0; u < drawn.graph.size(); u++)
                    sent += routes.reaches(u) ? demand.rates()[u] * demand.share() : 0;
            }
            double lost = 0;
            for (int slot = 0; slot < drawn.capacity.length; slot++)
                lost += loads.lost(slot);
            double ended = Arrays.stream(loads.arrived()).sum() + Arrays.stream(loads.filtered()).sum() + lost;
            assertThat(ended).as(drawn.name).isCloseTo(sent, within(CLOSE * sent));
        }
    }

    @Test
    void loadsAreThoseOfEveryFlowWalkedByItself() {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        for (int number = 0; number < 40; number++) {
            Case drawn = Case.random(seed, number);
            Loads loads = drawn.solve();
            double[] offered = new double[drawn.capacity.length];
            for (Demand demand : drawn.demands) {
                Routes routes = new Routes(drawn.graph).to(demand.tree().destination());
                walk(demand.path(), demand.pathRate(), false, drawn, loads, offered);
                for (int u = 0; u < drawn.graph.size(); u++)
                    if (!(demand.unasked() && drawn.region[u]))
                        walk(routes.path(u), demand.rates()[u] * demand.share(), demand.unasked(), drawn, loads,
                                offered);
            }
            for (int slot = 0; slot < offered.length; slot++)
                assertThat(loads.offered()[slot]).as(drawn.name).isCloseTo(offered[slot],
                        within(1e-6 + CLOSE * offered[slot]));
        }
    }

    private static void walk(int[] path, double rate, boolean unasked, Case drawn, Loads loads, double[] offered) {
        double left = rate;
        for (int slot : path) {
            offered[slot] += left;
            left *= Math.min(1, drawn.capacity[slot] / loads.offered()[slot]);
            if (unasked && drawn.region[drawn.graph.to[slot]])
                return;
        }
    }

    @Test
    void theSameInputGivesTheSameBits() {
        for (int number = 0; number < 5; number++) {
            Loads one = Case.random(7, number).solve();
            Loads other = Case.random(7, number).solve();
            assertThat(other.passing()).isEqualTo(one.passing());
            assertThat(other.offered()).isEqualTo(one.offered());
        }
    }

    /** 3 and 4 send 10 each to 2 over a link of 5 behind 1; the other direction is free. */
    @Test
    void aFullLinkTakesTheSameShareFromEveryoneAndLeavesTheOtherDirectionAlone() {
        AsGraph graph = Graphs.of("1|2|-1", "1|3|-1", "1|4|-1");
        double[] capacity = new double[graph.slots()];
        Arrays.fill(capacity, 100);
        int full = graph.customer[graph.nodeOf(1)];
        capacity[full] = 5;
        capacity[graph.reverse[full]] = 5;
        double[] rates = {0, 4, 10, 10};
        boolean[] all = {true, true, true, true};
        Demand down = Demand.of(Tree.of(new Routes(graph).to(1), 1, all), rates, 1);
        Demand up = Demand.of(Tree.of(new Routes(graph).to(3), 3, all), rates, 1);
        Loads loads = new Congestion(graph, capacity, List.of(down, up), new boolean[4]).solve(_ -> {
        });
        assertThat(loads.passing()[full]).isCloseTo(0.25, within(1e-6));
        assertThat(loads.passing()[graph.reverse[full]]).isEqualTo(1);
        assertThat(loads.arrived()[0]).isCloseTo(4 + 5, within(1e-5)); // 2's own needs no link
        assertThat(loads.arrived()[1]).isCloseTo(4 + 10 + 10, within(1e-5));
    }

    @Test
    void aRingDropsAtItsBorderWhatNobodyAskedForAndLetsTheRestThrough() {
        AsGraph graph = Graphs.of("1|2|-1", "1|3|-1");
        double[] capacity = new double[graph.slots()];
        Arrays.fill(capacity, 5);
        boolean[] all = {true, true, true};
        boolean[] region = {true, true, false}; // AS1 and AS2
        Tree tree = Tree.of(new Routes(graph).to(1), 1, all);
        Loads loads = new Congestion(graph, capacity,
                List.of(Demand.attack(tree, new double[]{3, 3, 3}, 1), Demand.of(tree, new double[]{0, 0, 1}, 1)),
                region).solve(_ -> {
                });
        assertThat(loads.arrived()).containsExactly(0, 1);
        assertThat(loads.filtered()).containsExactly(9, 0);
        assertThat(loads.offered()[graph.provider[2]]).isEqualTo(4); // the ring is behind 3's link
        assertThat(loads.offered()[graph.customer[0]]).isEqualTo(1);
    }
}
