package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** Disciplines against what their authors derive: RED's distances, CoDel's control law, fair shares. */
class DisciplineTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;
    private static final int LENGTH = 1_000;
    /** A datagram takes a millisecond. */
    private static final long RATE = 1_000_000;

    private final SeededRandom random = new SeededRandom(Long.getLong("schiltron.seed", 1));

    // RED

    /** Floyd and Jacobson 1993, section 7, method 2: distances between drops are uniform on 1 to 1/p. */
    @Test
    void redDropsAtEvenlySpreadDistancesWhileTheAverageHolds() {
        EarlyDrop red = new EarlyDrop(new Discipline.Red(10_000, 30_000, 0.1, 0.002), random);
        double p = 0.05; // half way
        for (int i = 0; i < 20_000; i++) // until the average is what it finds
            red.refuses(20_000, 0);
        assertThat(red.averageBytes()).isCloseTo(20_000, within(1.0));
        int[] distances = new int[22];
        int since = 0;
        int drops = 0;
        for (int i = 0; i < 200_000; i++) {
            since++;
            if (red.refuses(20_000, 0)) {
                distances[Math.min(21, since)]++;
                drops++;
                since = 0;
            }
        }
        assertThat(drops / 200_000.0).isCloseTo(2 * p / (1 + p), within(0.002));
        assertThat(distances[21]).as("further apart than 1/p").isZero();
        for (int distance = 1; distance <= 20; distance++)
            assertThat((double) distances[distance] / drops).as("drops " + distance + " apart").isCloseTo(p,
                    within(0.01));
    }

    @Test
    void redDropsNothingBelowItsLeastAndAllAtTwiceItsMost() {
        EarlyDrop red = new EarlyDrop(new Discipline.Red(10_000, 30_000, 0.1, 1), random);
        for (int i = 0; i < 1_000; i++) {
            assertThat(red.refuses(9_999, 0)).isFalse();
            assertThat(red.refuses(60_000, 0)).isTrue();
        }
        red.refuses(30_000, 0);
        red.refuses(0, 1e9);
        assertThat(red.averageBytes()).as("after a long silence").isZero();
    }

    /** Of twice the rate half is dropped: 2p / (1 + p) = 1/2, so p = 1/3, so the average stands at most (1 + (p - share) / (1 - share)). */
    @Test
    void underTwiceItsRateRedHoldsTheQueueWhereItDropsHalf() {
        LinkModel link = new LinkModel(LinkConfig.ofRate(RATE).withQueue(200_000)
                .withDiscipline(new Discipline.Red(10_000, 30_000, 0.1, 0.002)), random);
        double queued = 0;
        int drops = 0;
        for (int i = 0; i < 100_000; i++) {
            long nowNs = i * MS / 2;
            if (link.offer(nowNs, LENGTH) == LinkModel.DROPPED_EARLY && i >= 50_000)
                drops++;
            queued += i < 50_000 ? 0 : link.queuedBytes(nowNs);
        }
        assertThat(drops / 50_000.0).isCloseTo(0.5, within(0.01));
        assertThat(queued / 50_000).isCloseTo(30_000 * (1 + (1 / 3.0 - 0.1) / 0.9), within(1_500.0));
        assertThat(link.statistics().drops(DropCause.QUEUE)).as("for want of room").isZero();
        assertThat(link.statistics().drops(DropCause.EARLY)).isGreaterThan(drops);
    }

    // CoDel

    /** A link with a queue in front, driven as the documentation says, without a simulation. */
    private final class Driven {
        final LinkModel link;
        final LinkQueue queue;
        final List<Long> earlyNs = new ArrayList<>();
        final List<Long> cameNs = new ArrayList<>(); // by handle
        final List<Integer> flowOf = new ArrayList<>();
        final long[] waitedNs = new long[16]; // of the last of a flow
        final long[] sent = new long[16]; // of a flow
        final long[] longestNs = new long[16];
        long freeAtNs;
        long dropsForRoom;
        long nowNs;

        Driven(LinkConfig config) {
            link = new LinkModel(config, random);
            queue = new LinkQueue(config, random, (handle, cause) -> {
                if (cause == DropCause.EARLY)
                    earlyNs.add(nowNs);
                else
                    dropsForRoom++;
            });
        }

        void offer(long atNs, int flow) {
            drain(atNs);
            nowNs = atNs;
            cameNs.add(atNs);
            flowOf.add(flow);
            queue.offer(atNs, cameNs.size() - 1, LENGTH, flow);
            drain(atNs);
        }

        private void drain(long untilNs) {
            while (freeAtNs <= untilNs) {
                nowNs = Math.max(nowNs, freeAtNs);
                int next = queue.poll(nowNs);
                if (next == LinkQueue.NONE)
                    return;
                int flow = flowOf.get(next);
                sent[flow]++;
                waitedNs[flow] = nowNs - cameNs.get(next);
                longestNs[flow] = Math.max(longestNs[flow], waitedNs[flow]);
                freeAtNs = link.send(nowNs, LENGTH);
            }
        }
    }

    private static LinkConfig codel() {
        return LinkConfig.ofRate(RATE).withQueue(100_000_000).withDiscipline(Discipline.CoDel.DEFAULT);
    }

    /** RFC 8289, section 5.2: the next drop is interval / sqrt(count) after the one before. */
    @Test
    void codelDropsByItsControlLaw() {
        Driven driven = new Driven(codel());
        for (long nowNs = 0; nowNs < 4 * SECOND; nowNs += MS / 2)
            driven.offer(nowNs, 0);
        assertThat(driven.earlyNs).hasSizeGreaterThan(300);
        // The first datagram that has waited 5 ms comes to the head after 10; an interval later the dropping begins.
        assertThat(driven.earlyNs.getFirst()).isBetween(105 * MS, 112 * MS);
        double expectedNs = driven.earlyNs.getFirst();
        for (int count = 1; count < 300; count++) {
            expectedNs += 100 * MS / Math.sqrt(count);
            assertThat((double) driven.earlyNs.get(count)).as("drop " + count).isCloseTo(expectedNs,
                    within(1.0 * MS)); // when the link is free
        }
        assertThat(driven.dropsForRoom).isZero();
    }

    /**
     * Who does not slow down: after t seconds it drops 50 t a second, so that of half a link too much (500 a second) stand
     * 500 t - 25 t^2 datagrams in the queue: most after 10 s, 2,500; and nothing after 20.
     */
    @Test
    void codelTakesItsTimeWithAnUnresponsiveLoad() {
        Driven driven = new Driven(codel());
        long mostNs = 0;
        long overNs = 0;
        for (long nowNs = 0; nowNs < 25 * SECOND && overNs == 0; nowNs += MS * 2 / 3) {
            driven.offer(nowNs, 0);
            if (driven.queue.bytes() > mostNs / 1_000)
                mostNs = driven.queue.bytes() * 1_000;
            else if (nowNs > 10 * SECOND && driven.waitedNs[0] < 5 * MS)
                overNs = nowNs;
        }
        assertThat(mostNs / 1e9).isCloseTo(2.5, within(0.1));
        assertThat(overNs / 1e9).isCloseTo(20, within(0.5));
    }

    /** A sender that adds a datagram to its window each round trip, and halves it at a loss: as TCP does. */
    @Test
    void codelHoldsTheQueueOfAResponsiveSenderAboutItsTarget() {
        assertThat(meanWaitMs(codel())).as("with CoDel, of a target of 5 ms").isBetween(0.5, 10.0);
        assertThat(meanWaitMs(LinkConfig.ofRate(RATE).withQueue(200_000)
                .withDiscipline(new Discipline.CoDel(10 * SECOND, 10 * SECOND))))
                .as("with room for 200 ms and nothing that drops early").isGreaterThan(100);
    }

    private double meanWaitMs(LinkConfig config) {
        long roundNs = 50 * MS;
        LinkModel link = new LinkModel(config, random);
        ArrayDeque<Long> lostNs = new ArrayDeque<>();
        long[] now = {0};
        LinkQueue queue = new LinkQueue(config, random, (_, _) -> lostNs.add(now[0] + roundNs));
        ArrayDeque<Long> acksNs = new ArrayDeque<>();
        List<Long> cameNs = new ArrayList<>();
        double window = 10;
        int open = 0;
        long halvedNs = -roundNs;
        double waitedMs = 0;
        int samples = 0;
        for (; now[0] < 60 * SECOND; now[0] += MS) { // a datagram's time
            while (!acksNs.isEmpty() && acksNs.peek() <= now[0]) {
                acksNs.remove();
                open--;
                window += 1 / window;
            }
            while (!lostNs.isEmpty() && lostNs.peek() <= now[0]) {
                lostNs.remove();
                open--;
                if (now[0] - halvedNs > 2 * roundNs) {
                    window = Math.max(1, window / 2);
                    halvedNs = now[0];
                }
            }
            for (; open < (int) window; open++) {
                cameNs.add(now[0]);
                queue.offer(now[0], cameNs.size() - 1, LENGTH, 0);
            }
            int next = queue.poll(now[0]);
            if (next == LinkQueue.NONE)
                continue;
            acksNs.add(link.send(now[0], LENGTH) + roundNs);
            if (now[0] > 20 * SECOND) {
                waitedMs += (now[0] - cameNs.get(next)) / (double) MS;
                samples++;
            }
        }
        // Alone and without a queue such a sender would use three quarters.
        assertThat(samples).as("sent in 40 s, of 40,000").isGreaterThan(30_000);
        return waitedMs / samples;
    }

    @Test
    void codelLeavesAQueueAloneThatDrains() {
        Driven driven = new Driven(codel());
        for (long nowNs = 0; nowNs < 10 * SECOND; nowNs += 80 * MS) // bursts of 75 ms
            for (int i = 0; i < 75; i++)
                driven.offer(nowNs, 0);
        assertThat(driven.earlyNs).isEmpty();
        assertThat(driven.longestNs[0]).isGreaterThan(70 * MS);
    }

    // FQ-CoDel

    /** Offered 0.1, 0.4, 1 and 3 times the rate: 0.1 gets all it asks for, the others a third of the rest each. */
    @Test
    void fairQueuesGiveEqualSharesOfWhatTheSmallLeave() {
        Driven driven = new Driven(codel().withQueue(500_000).withDiscipline(Discipline.FairCoDel.DEFAULT));
        double[] offered = {0.1, 0.4, 1, 3};
        double[] owed = new double[4];
        long seconds = 60;
        for (long nowNs = 0; nowNs < seconds * SECOND; nowNs += MS / 10) {
            for (int flow = 0; flow < 4; flow++) {
                owed[flow] += offered[flow] / 10;
                if (owed[flow] >= 1) {
                    owed[flow]--;
                    driven.offer(nowNs, flow);
                }
            }
        }
        double all = seconds * 1_000.0;
        assertThat(driven.sent[0] / all).isCloseTo(0.1, within(0.002));
        for (int flow = 1; flow < 4; flow++)
            assertThat(driven.sent[flow] / all).as("share of flow " + flow).isCloseTo(0.3, within(0.01));
        // One that asks for less than its share waits for what is being sent, and a turn of the other new ones at most.
        assertThat(driven.longestNs[0]).as("longest wait of the sparse flow").isLessThan(4 * MS);
        assertThat(driven.dropsForRoom).as("from the fattest").isPositive();
    }

    @Test
    void aQueueHoldsNoMoreThanItsBounds() {
        for (Discipline discipline : List.of(Discipline.CoDel.DEFAULT, Discipline.FairCoDel.DEFAULT)) {
            Driven bytes = new Driven(codel().withQueue(50_000).withDiscipline(discipline));
            Driven packets = new Driven(codel().withDiscipline(discipline));
            for (int i = 0; i < 20_000; i++) {
                bytes.offer(0, i % 16);
                packets.offer(0, i % 16);
                assertThat(bytes.queue.bytes()).isLessThanOrEqualTo(50_000);
            }
            assertThat(bytes.queue.bytes()).isGreaterThan(50_000 - LinkQueue.BATCH * LENGTH);
            assertThat(packets.queue.bytes()).isBetween(10_000L * LENGTH, (long) LinkQueue.MAX_PACKETS * LENGTH);
            assertThat(packets.dropsForRoom).isBetween(9_759L, 9_823L);
        }
    }

    // In a network

    @Test
    void everyDatagramIsAccountedForAndASparseSenderIsHeardBesideAFlood() {
        for (boolean fair : new boolean[]{false, true}) {
            Simulation simulation = new Simulation(Long.getLong("schiltron.seed", 1));
            int[] heard = new int[2];
            Node<Void, Attacker> server = simulation.add("server",
                    new Attacker((self, nowNs, from, payload) -> heard[payload[0]]++),
                    simulation.newAddress(7));
            Node<Void, Attacker> client = simulation.add("client", new Attacker(), simulation.newAddress(8));
            Node<Void, Attacker> bot = simulation.add("bot", new Attacker(), simulation.newAddress(9));
            Router left = simulation.router("left");
            Router right = simulation.router("right");
            Trunk trunk = simulation.join("trunk", left, right);
            trunk.there()
                    .configure(LinkConfig.ofRate(RATE).withDuplicate(0.01).withLoss(0.01).withCorrupt(0)
                            .withDelayNs(3 * MS)
                            .withDiscipline(fair ? Discipline.FairCoDel.DEFAULT : new Discipline.DropTail()));
            server.attach(right).downlink()
                    .configure(LinkConfig.ofRate(2 * RATE).withDiscipline(Discipline.CoDel.DEFAULT));
            client.attach(left).uplink().configure(LinkConfig.ofRate(RATE).withDiscipline(Discipline.CoDel.DEFAULT));
            bot.attach(left);
            simulation.invariant(
                    () -> assertThat(simulation.statistics().packetsIn() + simulation.statistics().duplicates())
                            .isEqualTo(simulation.statistics().packetsOut() + simulation.statistics().drops()
                                    + simulation.inFlight()));
            for (int i = 0; i < 20_000; i++)
                simulation.at(i * MS / 4, () -> simulation.send(bot, bot.address(), server.address(), sized(1)));
            for (int i = 0; i < 100; i++)
                simulation.at(i * (50 * MS), () -> client.command(a -> a.send(server.address(), sized(0))));
            simulation.run(6 * SECOND);
            assertThat(simulation.inFlight()).isZero();
            assertThat(trunk.there().queuedBytes()).isZero();
            assertThat(heard[1]).isBetween(4_500, 5_500);
            if (fair)
                assertThat(heard[0]).isGreaterThan(95);
            else
                assertThat(heard[0]).isLessThan(60);
        }
    }

    private static byte[] sized(int first) {
        byte[] payload = new byte[LENGTH - 28];
        payload[0] = (byte) first;
        return payload;
    }

    @Test
    void anotherDisciplineHasToWaitUntilNothingElseDoes() {
        Simulation simulation = new Simulation(1);
        Node<Void, Attacker> host = simulation.add("host", new Attacker(), simulation.newAddress(8));
        host.uplink().configure(codel());
        for (int i = 0; i < 3; i++)
            host.command(a -> a.send(simulation.newAddress(1), sized(0)));
        simulation.run(MS / 2);
        assertThatThrownBy(() -> host.uplink().configure(LinkConfig.ofRate(RATE)))
                .hasMessage("another discipline while 2000 bytes wait");
        simulation.run(10 * MS);
        host.uplink().configure(LinkConfig.ofRate(RATE));
        assertThat(host.uplink().statistics().packetsOut()).isEqualTo(3);
    }
}
