package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class LinkModelTest {
    private static final long MS = 1_000_000;

    private static LinkModel link(LinkConfig config) {
        return new LinkModel(config, new SeededRandom(Long.getLong("schiltron.seed", 1)));
    }

    @Test
    void aDatagramTakesItsTransmissionAndTheDelay() {
        LinkModel link = link(LinkConfig.ofRate(1_000_000).withDelayNs(5 * MS));
        assertThat(link.offer(0, 1_000)).isEqualTo(6 * MS);
        assertThat(link.offer(0, 500)).isEqualTo(6 * MS + MS / 2); // behind the first
        assertThat(link.offer(10 * MS, 1_000)).isEqualTo(16 * MS); // idle again
    }

    @Test
    void anyClockOriginWillDo() {
        LinkModel link = link(LinkConfig.ofRate(1_000_000));
        assertThat(link.offer(Long.MIN_VALUE / 2, 1_000)).isEqualTo(Long.MIN_VALUE / 2 + MS);
        assertThat(link.queuedBytes(Long.MIN_VALUE / 2)).isEqualTo(1_000);
    }

    @Test
    void fractionsOfNanosecondsAddUp() {
        LinkModel link = link(LinkConfig.ofRate(3_000_000_000L).withQueue(Long.MAX_VALUE)); // 1/3 ns a byte
        long exitNs = 0;
        for (int i = 0; i < 3_000; i++)
            exitNs = link.offer(0, 100);
        assertThat(exitNs).isEqualTo(100_000);
    }

    @Test
    void theQueueHoldsItsBytesAndDropsTheTail() {
        LinkModel link = link(LinkConfig.ofRate(1_000_000).withQueue(3_000));
        for (int i = 0; i < 3; i++)
            assertThat(LinkModel.isDropped(link.offer(0, 1_000))).isFalse();
        assertThat(link.offer(0, 1_000)).isEqualTo(LinkModel.DROPPED_QUEUE);
        assertThat(link.queuedBytes(0)).isEqualTo(3_000);
        assertThat(link.queuedBytes(MS)).isEqualTo(2_000);
        assertThat(link.offer(MS, 1_000)).isEqualTo(4 * MS);
        assertThat(link.offer(MS, 1)).isEqualTo(LinkModel.DROPPED_QUEUE);
        assertThat(link.statistics().drops(DropCause.QUEUE)).isEqualTo(2);
        assertThat(link.statistics().packetsOut()).isEqualTo(4);
    }

    @Test
    void anIdleLinkTakesADatagramLongerThanItsQueue() {
        LinkModel link = link(LinkConfig.ofRate(1_000_000).withQueue(0));
        assertThat(link.offer(0, 1_000)).isEqualTo(MS);
        assertThat(link.offer(0, 1)).isEqualTo(LinkModel.DROPPED_QUEUE);
        assertThat(link.offer(MS, 1_000)).isEqualTo(2 * MS);
    }

    @Test
    void anOverloadedLinkLetsThroughItsRateExactly() {
        Seeds.each(20, (seed, random) -> {
            long rate = 10_000 + random.nextLong(10_000_000);
            LinkModel link = new LinkModel(LinkConfig.ofRate(rate), random);
            long nowNs = 0;
            long lastNs = 0;
            long bytes = 0;
            for (int i = 0; i < 20_000; i++) {
                int length = 40 + random.nextInt(1_400);
                long exitNs = link.offer(nowNs, length);
                if (!LinkModel.isDropped(exitNs)) {
                    assertThat(exitNs).isGreaterThanOrEqualTo(lastNs);
                    lastNs = exitNs;
                    bytes += length;
                }
                nowNs += random.nextLong(2 * 100_000_000_000L / rate); // 100 bytes' time on average
            }
            assertThat(bytes / (lastNs * 1e-9)).isCloseTo((double) rate, within(rate * 0.001));
        });
    }

    @Test
    void faultsHappenAsOftenAsSaid() {
        LinkModel link = link(LinkConfig.PERFECT.withLoss(0.1).withDuplicate(0.05).withCorrupt(0.02).withReorder(0.2,
                10 * MS));
        long duplicates = 0;
        long corruptions = 0;
        for (int i = 0; i < 100_000; i++) {
            link.offer(i, 100);
            duplicates += link.duplicateNs() == LinkModel.NO_DUPLICATE ? 0 : 1;
            corruptions += link.isCorrupted() ? 1 : 0;
        }
        LinkStatistics seen = link.statistics();
        assertThat(seen.drops(DropCause.LOSS)).isCloseTo(10_000L, within(500L));
        assertThat(duplicates).isCloseTo(4_500L, within(300L)).isEqualTo(seen.duplicates());
        assertThat(corruptions).isCloseTo(1_800L, within(200L)).isEqualTo(seen.corruptions());
        assertThat(seen.reorderings()).isCloseTo(18_000L, within(700L));
        assertThat(seen.packetsIn() + seen.duplicates()).isEqualTo(seen.packetsOut() + seen.drops());
    }

    @Test
    void burstsAreAsLongAndAsFrequentAsSaid() {
        LinkModel link = link(LinkConfig.PERFECT.withBurstLoss(new LinkConfig.BurstLoss(0.01, 0.1, 1)));
        int lost = 0;
        int bursts = 0;
        boolean before = false;
        for (int i = 0; i < 200_000; i++) {
            boolean now = link.offer(i, 100) == LinkModel.DROPPED_LOSS;
            lost += now ? 1 : 0;
            bursts += now && !before ? 1 : 0;
            before = now;
        }
        assertThat(lost / 200_000.0).isCloseTo(1 / 11.0, within(0.01)); // enter / (enter + leave)
        assertThat((double) lost / bursts).isCloseTo(10, within(1.0));
    }

    @Test
    void jitterKeepsTheOrderAndReorderingDoesNot() {
        assertThat(overtakings(LinkConfig.PERFECT.withJitterNs(10 * MS))).isZero();
        assertThat(overtakings(LinkConfig.PERFECT.withReorder(0.1, 10 * MS))).isPositive();
    }

    private static int overtakings(LinkConfig config) {
        LinkModel link = link(config);
        int overtakings = 0;
        long beforeNs = 0;
        for (int i = 0; i < 1_000; i++) {
            long exitNs = link.offer(i * MS, 100);
            assertThat(exitNs).isBetween(i * MS, (i + 20) * MS);
            if (exitNs < beforeNs)
                overtakings++;
            beforeNs = exitNs;
        }
        return overtakings;
    }

    @Test
    void whatIsTooLongOrDownDoesNotPass() {
        LinkModel link = link(LinkConfig.PERFECT.withMtu(1_280));
        assertThat(link.offer(0, 1_281)).isEqualTo(LinkModel.DROPPED_MTU);
        assertThat(link.offer(0, 1_280)).isZero();
        link.configure(LinkConfig.PERFECT.withUp(false));
        assertThat(link.offer(1, 100)).isEqualTo(LinkModel.DROPPED_DOWN);
    }

    @Test
    void corruptionChangesTheBytesAndStaysInside() {
        Seeds.each(200, (seed, random) -> {
            LinkModel link = new LinkModel(LinkConfig.PERFECT, random);
            byte[] original = random.bytes(3 + random.nextInt(100));
            byte[] changed = original.clone();
            int length = link.corrupt(MemorySegment.ofArray(changed), 1, changed.length - 2);
            assertThat(length).isBetween(0, changed.length - 2);
            assertThat(changed[0]).isEqualTo(original[0]);
            assertThat(changed[changed.length - 1]).isEqualTo(original[changed.length - 1]);
            if (length == changed.length - 2)
                assertThat(bitsDifferent(original, changed)).isBetween(0, 3);
            else
                assertThat(changed).isEqualTo(original);
        });
    }

    private static int bitsDifferent(byte[] a, byte[] b) {
        int bits = 0;
        for (int i = 0; i < a.length; i++)
            bits += Integer.bitCount((a[i] ^ b[i]) & 0xff);
        return bits;
    }

    @Test
    void aConfigurationSaysWhatIsWrongWithIt() {
        assertThatThrownBy(() -> LinkConfig.PERFECT.withLoss(1.5)).hasMessage(
                "lossProbability: 1.5 is not a probability (0-1)");
        assertThatThrownBy(() -> LinkConfig.PERFECT.withDelayNs(-1)).hasMessage("delayNs: -1 is negative");
        assertThatThrownBy(() -> LinkConfig.PERFECT.withMtu(10)).hasMessage("mtuBytes: 10 is less than 68");
    }

    @Test
    void aBusyLinkLosesNoNanosecondToRounding() {
        Seeds.each(200, (seed, random) -> {
            long rate = 1 + random.nextLong(1L << random.nextInt(30)); // a byte takes 1 ns or more
            LinkModel link = new LinkModel(
                    LinkConfig.PERFECT.withRate(rate).withQueue(Long.MAX_VALUE).withMtu(70_000), random);
            long bytes = 0;
            for (int i = 0; i < 100; i++) {
                int length = 1 + random.nextInt(65_535);
                bytes += length;
                assertThat(link.offer(0, length)).isEqualTo(bytes * 1_000_000_000L / rate);
            }
        });
    }
}
