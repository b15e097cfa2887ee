package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateAdviceTest {
    private final RateAdvice advice = new RateAdvice(500, 50);
    private long nowNs;

    /** A second of a sender that sends {@code share} of what is advertised, of which {@code loss} is lost everywhere. */
    private void second(double share, double loss, long rttMs) {
        for (int tick = 0; tick < 10; tick++) {
            int arrive = (int) (advice.rate() * share * (1 - loss) / 10);
            for (int i = 0; i < arrive; i++)
                advice.onPacket();
            nowNs += RateAdvice.TICK_NS;
            advice.tick(nowNs, 10_000, loss, rttMs * 1_000_000, 40_000_000);
        }
    }

    @Test
    void growsWhileAllThatIsAskedForArrives() {
        second(1, 0, 40);
        second(1, 0, 40);
        assertThat(advice.rate()).isGreaterThan(5_000);
    }

    @Test
    void aThinFlowOnABadLinkIsNotPunished() {
        for (int i = 0; i < 5; i++)
            second(0.05, 0.2, 40);
        assertThat(advice.rate()).isEqualTo(500);
    }

    @Test
    void randomLossWithoutAQueueIsNoReasonToBackOff() {
        for (int i = 0; i < 5; i++)
            second(1, 0.1, 45);
        assertThat(advice.rate()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void lossWithASwollenRoundTripBringsItDownToTheFloorAndNoFurther() {
        for (int i = 0; i < 20; i++)
            second(1, 0.2, 400);
        assertThat(advice.rate()).isEqualTo(50);
    }

    @Test
    void heavyLossBringsItDownWhateverTheRoundTripSays() {
        for (int i = 0; i < 5; i++)
            second(1, 0.6, 40);
        assertThat(advice.rate()).isLessThan(200);
    }
}
