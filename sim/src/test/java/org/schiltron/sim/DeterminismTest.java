package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

class DeterminismTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    /** A topology, faults and a life all drawn from the seed. */
    private static Simulation randomRun(long seed) {
        Simulation simulation = new Simulation(seed);
        SeededRandom random = simulation.random("topology");
        simulation.coreDelay((from, to) -> (1 + from.name().length() * 7L % 5) * 3 * MS);
        List<Node<?, ?>> nodes = new ArrayList<>();
        List<Path> echoes = new ArrayList<>();
        int echoCount = 1 + random.nextInt(8);
        for (int i = 0; i < echoCount; i++) {
            Path at = random.nextInt(2) == 0 ? simulation.newAddress(7) : simulation.newIpv6Address(7);
            echoes.add(at);
            Node<Void, Echo> echo = simulation.add("echo" + i, new Echo(), at);
            nodes.add(echo);
            if (random.nextInt(3) == 0)
                simulation.at(random.nextLong(2 * SECOND), echo::kill);
            if (random.nextInt(3) == 0)
                simulation.at(random.nextLong(2 * SECOND), () -> echo.restart(new Echo()));
        }
        int pingerCount = 1 + random.nextInt(20);
        for (int i = 0; i < pingerCount; i++) {
            var pinger = simulation.add("pinger" + i,
                    new Pinger(0, echoes, 1 + random.nextLong(50 * MS), simulation.random("pinger" + i)),
                    simulation.newAddress(9));
            nodes.add(pinger);
            if (random.nextInt(3) == 0) {
                pinger.behindNat(simulation.newAddress(0), SECOND / 4);
                simulation.at(random.nextLong(2 * SECOND), () -> pinger.rebind(simulation.newAddress(0)));
            }
        }
        for (Node<?, ?> node : nodes) {
            node.uplink().configure(randomLink(random));
            node.downlink().configure(randomLink(random));
        }
        simulation.at(SECOND, () -> simulation.partition(nodes.subList(0, 1 + random.nextInt(nodes.size()))));
        simulation.at(SECOND + SECOND / 2, simulation::heal);
        return simulation;
    }

    private static LinkConfig randomLink(SeededRandom random) {
        LinkConfig config = LinkConfig.ofDelayNs(random.nextLong(20 * MS)).withJitterNs(random.nextLong(5 * MS));
        if (random.nextInt(2) == 0)
            config = config.withRate(1 + random.nextLong(100_000)).withQueue(random.nextLong(5_000));
        if (random.nextInt(3) == 0)
            config = config.withLoss(random.nextDouble());
        if (random.nextInt(3) == 0)
            config = config.withBurstLoss(
                    new LinkConfig.BurstLoss(random.nextDouble(), random.nextDouble(), random.nextDouble()));
        if (random.nextInt(3) == 0)
            config = config.withReorder(random.nextDouble(), 1 + random.nextLong(30 * MS));
        if (random.nextInt(3) == 0)
            config = config.withDuplicate(random.nextDouble());
        if (random.nextInt(3) == 0)
            config = config.withCorrupt(random.nextDouble());
        return config;
    }

    @Test
    void theSameSeedTwiceGivesTheSameRun() {
        Seeds.each(100, (seed, random) -> {
            Simulation first = randomRun(seed);
            Simulation second = randomRun(seed);
            first.run(2 * SECOND);
            second.run(2 * SECOND);
            assertThat(second.traceHash()).isEqualTo(first.traceHash());
            assertThat(second.events()).isEqualTo(first.events());
            assertThat(randomRun(~seed).traceHash()).isNotEqualTo(first.traceHash());
        });
    }

    @Test
    void noDatagramIsLostWithoutACause() {
        Seeds.each(100, (seed, random) -> {
            Simulation simulation = randomRun(seed);
            LinkStatistics all = simulation.statistics();
            simulation.invariant(() -> { // per event, so without an assertion object each
                if (all.packetsIn() + all.duplicates() != all.packetsOut() + all.drops() + simulation.inFlight())
                    throw new AssertionError(all + ", " + simulation.inFlight() + " in flight");
            });
            simulation.run(2 * SECOND);
            assertThat(all.packetsIn()).isPositive();
        });
    }

    @Test
    void theWayARunIsCutMakesNoDifference() {
        Seeds.each(20, (seed, random) -> {
            Simulation whole = randomRun(seed);
            Simulation cut = randomRun(seed);
            whole.run(2 * SECOND);
            for (long untilNs = 0; untilNs < 2 * SECOND; untilNs += 1 + random.nextLong(100 * MS))
                cut.run(untilNs);
            cut.run(2 * SECOND);
            assertThat(cut.traceHash()).isEqualTo(whole.traceHash());
        });
    }

    @Test
    void oneConsumersDrawsDoNotShiftAnothers() {
        Simulation simulation = new Simulation(5);
        long expected = new Simulation(5).random("b").nextLong();
        simulation.random("a").nextLong();
        simulation.random().nextLong();
        assertThat(simulation.random("b").nextLong()).isEqualTo(expected);
    }
}
