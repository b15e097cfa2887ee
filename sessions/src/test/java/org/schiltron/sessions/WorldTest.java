package org.schiltron.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** The parts that the figures are made of. */
class WorldTest {
    private static final long SEED = Long.getLong("schiltron.seed", 1);
    private static final int[] TEN = IntStream.range(2, 12).toArray();

    private static RttMatrix even(int hosts, double ms) {
        double[] all = new double[hosts * hosts];
        Arrays.fill(all, ms);
        return new RttMatrix(hosts, all);
    }

    private static Probes.Outcome probed(RttMatrix rtt, double loss, int count, boolean back) {
        Overlay overlay = new Overlay(rtt, new LossModel(loss, SEED), 0, 1, TEN, SEED);
        assertThat(overlay.open()).as("seed %d", SEED).isTrue();
        return new Probes(overlay, count, back).run();
    }

    @Test
    void withoutDelayAndLossNothingIsLostAndNothingWaits() {
        Probes.Outcome outcome = probed(even(12, 0), 0, 200, true);
        assertThat(outcome.udp().loss()).isZero();
        assertThat(outcome.overlay().loss()).isZero();
        assertThat(outcome.packetLoss()).isZero();
        assertThat(outcome.packetsOut()).isGreaterThanOrEqualTo(200);
        assertThat(outcome.udp().meanMs()).isZero();
        assertThat(outcome.overlay().meanMs()).isLessThan(1);
    }

    /** Half a round trip to the mailbox and half a round trip on, there and back: twice the direct way. */
    @Test
    void whereAllAreEquallyFarTheOverlayTakesTwiceAsLong() {
        Probes.Outcome outcome = probed(even(12, 80), 0, 200, true);
        assertThat(outcome.udp().meanMs()).isCloseTo(80, within(1e-6));
        assertThat(outcome.overlay().meanMs()).isCloseTo(160, within(1.0));
        assertThat(outcome.overlay().roundTripsMs()).hasSize(200);
    }

    @Test
    void theOverlayTakesAsLongAsTheMeanOfItsWays() {
        RttMatrix rtt = GeneratedRtt.of(200, SEED);
        SeededRandom random = new SeededRandom(SEED);
        Detours detours = new Detours(rtt);
        Scene scene = new Scene(rtt, "", SEED, 0);
        Scene.Pair pair = scene.drawn(random);
        int[] ways = detours.least(pair.client(), pair.service()); // of ways by lot the slowest lose weight
        Overlay overlay = Objects.requireNonNull(scene.opened(pair, ways, 0));
        double measured = new Probes(overlay, 500, true).run().overlay().meanMs();
        assertThat(measured).as("seed %d", SEED).isCloseTo(detours.meanMs(pair.client(), pair.service(), ways),
                within(0.05 * measured));
    }

    /** What is lost by UDP is what the model says of the two hosts and the path. */
    @Test
    void udpLosesWhatTheModelSays() {
        LossModel model = new LossModel(0.05, SEED);
        double expected = 1 - (1 - model.atHost(0)) * (1 - model.onPath(0, 1)) * (1 - model.atHost(1));
        Probes.Outcome outcome = probed(even(12, 10), 0.05, 5_000, false);
        assertThat(outcome.udp().loss()).as("seed %d", SEED).isCloseTo(expected, within(0.3 * expected + 0.005));
        assertThat(outcome.packetLoss()).isBetween(0.0, 0.6);
    }

    @Test
    void burstsLoseTheirMeanAndTwoBackToBackTogether() {
        Bursts bursts = new Bursts(0.02, new SeededRandom(SEED));
        int lost = 0;
        int both = 0;
        int count = 2_000_000;
        for (int i = 0; i < count; i++) {
            boolean first = bursts.loses(i * 10_000_000L);
            boolean second = bursts.loses(i * 10_000_000L);
            lost += first ? 1 : 0;
            both += first && second ? 1 : 0;
        }
        assertThat((double) lost / count).as("seed %d", SEED).isCloseTo(0.02, within(0.003));
        assertThat((double) both / lost).as("seed %d", SEED).isCloseTo(Bursts.LOSS_IN_BURST, within(0.02));
        Bursts none = new Bursts(0, new SeededRandom(SEED));
        assertThat(IntStream.range(0, 1_000).anyMatch(i -> none.loses(i * 1_000_000_000L))).isFalse();
    }

    @Test
    void overAllPairsTheMeanLossIsTheOneGiven() {
        LossModel model = new LossModel(0.01, SEED);
        double ends = IntStream.range(0, 20_000).mapToDouble(model::atHost).average().orElse(0);
        double paths = IntStream.range(0, 20_000).mapToDouble(i -> model.onPath(i, i + 1)).average().orElse(0);
        assertThat(2 * ends + paths).as("seed %d", SEED).isCloseTo(0.01, within(0.001));
        assertThat(2 * ends / paths).as("six parts of seven at the ends").isCloseTo(6, within(0.6));
    }

    @Test
    void theMadeUpMatrixIsSpreadLikeTheMeasuredOne() {
        for (long seed = SEED; seed < SEED + 4; seed++) {
            RttMatrix rtt = GeneratedRtt.of(GeneratedRtt.HOSTS, seed);
            double[] all = new double[rtt.size() * (rtt.size() - 1) / 2];
            int count = 0;
            for (int a = 0; a < rtt.size(); a++)
                for (int b = 0; b < a; b++)
                    all[count++] = rtt.ms(a, b);
            Arrays.sort(all);
            assertThat(all[all.length / 2]).as("median, 135 ms; seed %d", seed).isBetween(115.0, 165.0);
            assertThat(all[all.length * 9 / 10]).as("90th percentile, 291 ms; seed %d", seed).isBetween(235.0, 330.0);
            assertThat(all[0]).isGreaterThan(0);
        }
    }

    /** Hosts on a line, two at each place: mailboxes between the ends come first, one at each place. */
    @Test
    void mailboxesAreThoseOfLeastDetourAtSitesOfTheirOwn() {
        int hosts = 60;
        double[] all = new double[hosts * hosts];
        for (int i = 0; i < hosts; i++)
            for (int j = 0; j < hosts; j++)
                all[i * hosts + j] = 10 * Math.abs(i / 2 - j / 2) + 0.1;
        RttMatrix rtt = new RttMatrix(hosts, all);
        Detours detours = new Detours(rtt);
        int[] least = detours.least(20, 44);
        assertThat(Arrays.stream(least).map(host -> host / 2)).hasSize(Detours.MAILBOXES).doesNotHaveDuplicates()
                .allMatch(site -> site > 10 && site < 22);
        int[] drawn = detours.drawn(20, 44, new SeededRandom(SEED));
        assertThat(Arrays.stream(drawn).map(host -> host / 2)).hasSize(Detours.MAILBOXES).doesNotHaveDuplicates()
                .doesNotContain(10, 22);
        assertThat(detours.meanMs(20, 44, drawn)).isGreaterThan(detours.meanMs(20, 44, least));
    }
}
