package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

class RoutingTest {
    private static final long MS = 1_000_000;
    private static final int PAYLOAD = 972; // 1,000 bytes with its headers

    private final Simulation simulation = new Simulation(Long.getLong("schiltron.seed", 1));
    private final List<Long> arrivalsNs = new ArrayList<>();

    private Trunk join(Router a, Router b, LinkConfig config) {
        return simulation.join(a.name() + "-" + b.name(), a, b).links(config);
    }

    private Node<Void, Attacker> host(String name, Router at) {
        return simulation.<Void, Attacker>add(name,
                new Attacker((self, nowNs, from, payload) -> arrivalsNs.add(nowNs)), simulation.newAddress(7))
                .attach(at);
    }

    private void send(Node<?, ?> from, Node<?, ?> to) {
        simulation.send(from, from.address(), to.address(), new byte[PAYLOAD]);
    }

    @Test
    void aDatagramTakesEachLinksTransmissionAndDelay() {
        Router a = simulation.router("a");
        Router b = simulation.router("b");
        Router c = simulation.router("c");
        join(a, b, LinkConfig.ofRate(1_000_000).withDelayNs(5 * MS)); // 1 ms for 1,000 bytes
        join(b, c, LinkConfig.ofRate(500_000).withDelayNs(7 * MS)); // 2 ms
        Node<Void, Attacker> from = host("from", a).links(LinkConfig.ofRate(10_000_000)); // 0.1 ms
        Node<Void, Attacker> to = host("to", c).links(LinkConfig.ofDelayNs(MS));
        send(from, to);
        simulation.runFor(1_000 * MS);
        assertThat(arrivalsNs).containsExactly(MS / 10 + 6 * MS + 9 * MS + MS);
    }

    @Test
    void theWayOfTheLeastDelayThenOfTheFewestLinksIsTaken() {
        Router a = simulation.router("a");
        Router b = simulation.router("b");
        Router c = simulation.router("c");
        Router d = simulation.router("d");
        Trunk direct = join(a, d, LinkConfig.ofDelayNs(10 * MS));
        Trunk first = join(a, b, LinkConfig.ofDelayNs(4 * MS));
        Trunk second = join(b, d, LinkConfig.ofDelayNs(5 * MS));
        assertThat(simulation.way(a, d)).containsExactly(first.there(), second.there());
        assertThat(simulation.way(d, a)).containsExactly(second.back(), first.back());
        second.links(LinkConfig.ofDelayNs(6 * MS)); // as long as the direct one
        join(b, c, LinkConfig.PERFECT); // a further link: ways are found anew
        assertThat(simulation.way(a, d)).containsExactly(direct.there());
        assertThat(simulation.way(a, a)).isEmpty();
    }

    @Test
    void waysAreAsShortAsTheShortestOfAll() {
        Seeds.each(50, (seed, random) -> {
            Simulation world = new Simulation(seed);
            int count = 2 + random.nextInt(8);
            List<Router> routers = new ArrayList<>();
            long[][] delays = new long[count][count];
            for (int i = 0; i < count; i++) {
                routers.add(world.router("r" + i));
                for (int j = 0; j < count; j++)
                    delays[i][j] = i == j ? 0 : Long.MAX_VALUE / 4;
            }
            for (int i = 0; i < 2 * count; i++) {
                int a = random.nextInt(count);
                int b = random.nextInt(count);
                if (a == b)
                    continue;
                Trunk trunk = world.join("t" + i, routers.get(a), routers.get(b));
                long there = random.nextLong(20);
                long back = random.nextLong(20);
                trunk.there().configure(LinkConfig.ofDelayNs(there));
                trunk.back().configure(LinkConfig.ofDelayNs(back));
                delays[a][b] = Math.min(delays[a][b], there);
                delays[b][a] = Math.min(delays[b][a], back);
            }
            for (int via = 0; via < count; via++) // Floyd and Warshall
                for (int i = 0; i < count; i++)
                    for (int j = 0; j < count; j++)
                        delays[i][j] = Math.min(delays[i][j], delays[i][via] + delays[via][j]);
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < count; j++) {
                    Router from = routers.get(i);
                    Router to = routers.get(j);
                    if (delays[i][j] >= Long.MAX_VALUE / 4)
                        assertThatThrownBy(() -> world.way(from, to)).hasMessageContaining("no way from");
                    else
                        assertThat(world.way(from, to).stream().mapToLong(link -> link.config().delayNs()).sum())
                                .isEqualTo(delays[i][j]);
                }
            }
        });
    }

    /** Twice a shared trunk's rate from two hosts at random times: half is dropped, and each gets half. */
    @Test
    void aSharedTrunkDropsWhatItCannotCarry() {
        Router a = simulation.router("a");
        Router b = simulation.router("b");
        Trunk trunk = join(a, b, LinkConfig.ofRate(1_000_000).withQueue(20_000));
        Node<Void, Attacker> one = host("one", a);
        Node<Void, Attacker> two = host("two", a);
        Node<Void, Attacker> to = host("to", b);
        poisson(one, to, 1_000, 20);
        poisson(two, to, 1_000, 20);
        simulation.run(21_000 * MS);
        LinkStatistics seen = trunk.there().statistics();
        // M/D/1/K with K = 20 at load 2: the trunk is busy all the time, but for less than one part in 10,000.
        assertThat(seen.packetsOut()).isCloseTo(20_000, within(60L));
        assertThat(seen.drops(DropCause.QUEUE)).isEqualTo(seen.packetsIn() - seen.packetsOut());
        assertThat(arrivalsNs).hasSize((int) seen.packetsOut());
        assertThat(simulation.statistics().packetsIn()).isEqualTo(seen.packetsIn());
    }

    /** M/D/1 (Pollaczek and Khinchine): at load r, packets wait r / (2 (1 - r)) times their own transmission on average. */
    @Test
    void packetsWaitOnATrunkAsQueueingTheorySays() {
        Router a = simulation.router("a");
        Router b = simulation.router("b");
        join(a, b, LinkConfig.ofRate(1_000_000).withDelayNs(5 * MS).withQueue(Long.MAX_VALUE));
        Node<Void, Attacker> from = host("from", a);
        Node<Void, Attacker> to = host("to", b);
        List<Long> sentNs = poisson(from, to, 700, 200);
        simulation.run(300_000 * MS);
        assertThat(arrivalsNs).hasSameSizeAs(sentNs);
        double waited = 0;
        for (int i = 0; i < sentNs.size(); i++)
            waited += arrivalsNs.get(i) - sentNs.get(i) - 6 * MS;
        waited /= sentNs.size();
        assertThat(waited / MS).isCloseTo(0.7 / (2 * 0.3), within(0.12)); // six standard errors of 200 s
    }

    /** At exponential distances. */
    private List<Long> poisson(Node<?, ?> from, Node<?, ?> to, double perSecond, int seconds) {
        SeededRandom random = simulation.random("arrivals " + from.name());
        List<Long> times = new ArrayList<>();
        double at = 0;
        while ((at += -Math.log(1 - random.nextDouble()) / perSecond) < seconds) {
            long timeNs = (long) (at * 1e9);
            times.add(timeNs);
            simulation.at(timeNs, () -> send(from, to));
        }
        return times;
    }

    @Test
    void whatHasNoWayOrNoRouterIsDroppedAndCounted() {
        Router a = simulation.router("a");
        Router island = simulation.router("island");
        Node<Void, Attacker> from = host("from", a);
        Node<Void, Attacker> far = host("far", island);
        Node<Void, Attacker> nowhere = simulation.add("nowhere", new Attacker(), simulation.newAddress(7));
        send(from, far);
        send(from, nowhere);
        send(nowhere, from);
        simulation.send(from, from.address(), simulation.newAddress(1), new byte[1]);
        simulation.runFor(MS);
        assertThat(simulation.statistics().drops(DropCause.NO_ROUTE)).isEqualTo(4);
        assertThat(simulation.inFlight()).isZero();
        assertThat(arrivalsNs).isEmpty();
    }

    @Test
    void gatesTapsPartitionsAndCapturesWorkOnTheWay() {
        Router a = simulation.router("a");
        Router b = simulation.router("b");
        Trunk trunk = join(a, b, LinkConfig.ofDelayNs(2 * MS));
        Node<Void, Attacker> good = host("good", a);
        Node<Void, Attacker> bad = host("bad", a);
        Node<Void, Attacker> to = host("to", b);
        Path refused = bad.address();
        b.gate((nowNs, datagram) -> !datagram.source().sameAddress(refused));
        List<Long> carriedNs = new ArrayList<>();
        trunk.there().capture((exitNs, datagram) -> carriedNs.add(exitNs));
        send(good, to);
        send(bad, to);
        simulation.runFor(10 * MS);
        assertThat(arrivalsNs).containsExactly(2 * MS);
        assertThat(carriedNs).containsExactly(2 * MS, 2 * MS);
        assertThat(b.refused()).isOne();
        assertThat(simulation.statistics().drops(DropCause.GATE)).isOne();

        trunk.there().tap((nowNs, datagram) -> 5 * MS);
        send(good, to); // held back, then carried
        simulation.runFor(10 * MS);
        assertThat(arrivalsNs).containsExactly(2 * MS, 17 * MS);

        trunk.there().inject(good.address(), to.address(), new byte[1]);
        simulation.runFor(10 * MS);
        assertThat(arrivalsNs).containsExactly(2 * MS, 17 * MS, 22 * MS);

        simulation.partition(List.of(to));
        send(good, to);
        simulation.runFor(10 * MS);
        assertThat(arrivalsNs).hasSize(3);
        assertThat(simulation.statistics().drops(DropCause.PARTITION)).isOne();
    }

    @Test
    void twoRoutersOfANameAndALinkToItselfAreRefused() {
        Router a = simulation.router("a");
        assertThatThrownBy(() -> simulation.router("a")).hasMessage("two routers are called a");
        assertThatThrownBy(() -> simulation.join("x", a, a)).hasMessage("a link from a to itself");
    }
}
