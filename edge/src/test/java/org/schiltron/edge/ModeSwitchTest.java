package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class ModeSwitchTest {
    private static final long SAMPLE = 100_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final ModeThresholds T = ModeThresholds.DEFAULT;

    private final RandomSource random = Draws.random();
    private final ModeSwitch mode = new ModeSwitch(T);
    private final List<Long> switchedNs = new ArrayList<>();
    private long nowNs = 123_456_789L;

    /** Samples every 100 ms. */
    private void run(long ns, DoubleSupplier utilisation, double loss) {
        for (long end = nowNs + ns; nowNs < end;) {
            nowNs += SAMPLE;
            mode.onSample(nowNs, utilisation.getAsDouble(), loss);
            for (ModeEvent event = mode.pollEvent(); event != null; event = mode.pollEvent())
                if (event instanceof ModeEvent.Switched)
                    switchedNs.add(nowNs);
        }
    }

    private void run(long ns, double utilisation) {
        run(ns, () -> utilisation, 0);
    }

    @Test
    void aFloodIsAnsweredWithinASecond() {
        for (long phase = 0; phase < SAMPLE; phase += SAMPLE / 10) {
            ModeSwitch fresh = new ModeSwitch(T);
            long floodNs = 10 * SECOND + phase;
            long secureNs = 0;
            for (long at = SAMPLE; at < 20 * SECOND && secureNs == 0; at += SAMPLE) {
                double share = Math.clamp((at - floodNs) / (double) SAMPLE, 0, 1); // of the sample that is flooded
                fresh.onSample(at, 0.3 + share * 0.7, 0);
                if (fresh.mode() == ServiceMode.SECURE)
                    secureNs = at;
            }
            assertThat(secureNs - floodNs).as("phase %d", phase).isBetween(1L, SECOND);
        }
    }

    @Test
    void lossAloneIsEnough() {
        run(5 * SECOND, () -> 0.5, 0.2);
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
    }

    @Test
    void aShortPeakIsNot() {
        for (int i = 0; i < 100; i++) {
            run(3 * SAMPLE, 1);
            run(7 * SAMPLE, 0.3);
        }
        assertThat(switchedNs).isEmpty();
    }

    @Test
    void aFloodInBurstsIs() {
        for (int i = 0; i < 5; i++) {
            run(3 * SAMPLE, 1);
            run(2 * SAMPLE, 0.3);
        }
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
    }

    @Test
    void itGoesBackWhenItHasBeenCalmForLongEnough() {
        run(SECOND, 1);
        run(T.downNs() - SECOND, 0.3);
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
        run(SAMPLE, 0.7); // between the levels: not calm
        run(T.downNs() - SECOND, 0.3);
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
        run(2 * SECOND, 0.3);
        assertThat(mode.mode()).isEqualTo(ServiceMode.NORMAL);
        assertThat(switchedNs).hasSize(2);
    }

    /** Swings of any period and shape between 0.9 and 1.1 of either level, for an hour each. */
    @Test
    void noLoadAroundALevelMakesItFlap() {
        for (double level : new double[]{T.utilisationUp(), T.utilisationDown()})
            for (int shape = 0; shape < 3; shape++)
                for (double periodS : new double[]{0.2, 0.7, 1, 3, 10, 60, 130, 600}) {
                    for (ServiceMode start : ServiceMode.values()) {
                        ModeSwitch fresh = new ModeSwitch(T);
                        fresh.hold(start);
                        fresh.release();
                        long before = fresh.switches();
                        int form = shape;
                        for (long at = 0; at < 3_600 * SECOND; at += SAMPLE) {
                            double turn = at / 1e9 / periodS % 1;
                            double swing = switch (form) {
                                case 0 -> Math.sin(2 * Math.PI * turn);
                                case 1 -> turn < 0.5 ? 1 : -1;
                                default -> 2 * random.nextDouble() - 1;
                            };
                            fresh.onSample(at, level * (1 + 0.1 * swing), 0);
                        }
                        assertThat(fresh.switches() - before)
                                .as("level %s, shape %d, period %s s, from %s", level, shape, periodS, start)
                                .isLessThanOrEqualTo(1);
                    }
                }
    }

    @Test
    void whoWaitsForNormalModeSwitchesItEverMoreRarely() {
        for (int i = 0; i < 200; i++)
            run(60 * SECOND, mode.mode() == ServiceMode.NORMAL ? 1 : 0.1); // floods what is open, rests when it closes
        long first = switchedNs.get(2) - switchedNs.get(0);
        int last = switchedNs.size() - 1;
        assertThat(switchedNs.get(last) - switchedNs.get(last - 2)).isGreaterThan(5 * first);
        assertThat(switchedNs.size()).isLessThan(20);
        assertThat(mode.downNs()).isLessThanOrEqualTo(T.mostDownNs());
    }

    @Test
    void andItForgetsInTime() {
        for (int i = 0; i < 20; i++)
            run(60 * SECOND, mode.mode() == ServiceMode.NORMAL ? 1 : 0.1);
        assertThat(mode.downNs()).isGreaterThan(2 * T.downNs());
        run(24 * 3_600 * SECOND, 0.1);
        assertThat(mode.mode()).isEqualTo(ServiceMode.NORMAL);
        assertThat(mode.downNs()).isEqualTo(T.downNs());
    }

    @Test
    void aPersonsWordHoldsUntilItIsTakenBack() {
        mode.hold(ServiceMode.SECURE);
        assertThat(mode.pollEvent()).isEqualTo(new ModeEvent.Held(ServiceMode.SECURE));
        assertThat(mode.pollEvent()).isEqualTo(new ModeEvent.Switched(ServiceMode.SECURE, true, "by hand"));
        run(600 * SECOND, 0);
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
        mode.hold(ServiceMode.NORMAL);
        run(600 * SECOND, 1);
        assertThat(mode.mode()).isEqualTo(ServiceMode.NORMAL);
        mode.release();
        mode.release();
        assertThat(mode.pollEvent()).isEqualTo(new ModeEvent.Released());
        assertThat(mode.pollEvent()).isNull();
        run(SECOND, 1);
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
        assertThat(mode.isHeld()).isFalse();
    }

    @Test
    void theReasonIsASentence() {
        nowNs = 0;
        for (int i = 0; i <= 5; i++)
            mode.onSample(nowNs += SAMPLE, 7, 0.125);
        ModeEvent.Switched switched = (ModeEvent.Switched) mode.pollEvent();
        assertThat(switched).isNotNull();
        assertThat(String.valueOf(switched)).contains("100 % of the access link in use, 12.5 % lost, for 0.4 s");
    }

    @Test
    void samplesThatAreNoNumbersAndClocksThatJumpDoNothing() {
        for (double bad : new double[]{Double.NaN, -1, Double.NEGATIVE_INFINITY}) {
            mode.onSample(nowNs += SAMPLE, bad, 0);
            mode.onSample(nowNs += SAMPLE, 0.1, bad);
        }
        assertThat(mode.badSamples()).isEqualTo(6);
        mode.onSample(nowNs, 0.1, 0);
        mode.onSample(nowNs += 3_600 * SECOND, 1, 0);
        assertThat(mode.mode()).as("one sample after an hour").isEqualTo(ServiceMode.NORMAL);
        mode.onSample(nowNs - 3_600 * SECOND, 1, 0);
        assertThat(mode.mode()).isEqualTo(ServiceMode.NORMAL);
        mode.onSample(nowNs, Double.POSITIVE_INFINITY, 0);
        assertThat(mode.mode()).isEqualTo(ServiceMode.SECURE);
    }

    @Test
    void absurdThresholdsAreRefused() {
        assertThatThrownBy(() -> new ModeThresholds(0, 0, 0.1, 0, 0, 0, 0)).hasMessageContaining("utilisation-up");
        assertThatThrownBy(() -> new ModeThresholds(1.1, 0, 0.1, 0, 0, 0, 0)).hasMessageContaining("utilisation-up");
        assertThatThrownBy(() -> new ModeThresholds(Double.NaN, 0, 0.1, 0, 0, 0, 0))
                .hasMessageContaining("utilisation-up");
        assertThatThrownBy(() -> new ModeThresholds(0.9, 0.8, 0.1, 0, 0, 0, 0))
                .hasMessageContaining("is not 0 to 0.8 of utilisation-up (0.9)");
        assertThatThrownBy(() -> new ModeThresholds(0.9, 0.5, 0.1, 0.09, 0, 0, 0)).hasMessageContaining("loss-down");
        assertThatThrownBy(() -> new ModeThresholds(0.9, 0.5, 0.1, 0, 11 * SECOND, 0, 0))
                .hasMessageContaining("0-10 s");
        assertThatThrownBy(() -> new ModeThresholds(0.9, 0.5, 0.1, 0, SECOND, 0, 0)).hasMessageContaining("in order");
    }
}
