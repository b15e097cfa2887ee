package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.figures.Table;
import org.schiltron.machine.SeededRandom;

class MailboxLossTest {
    @Test
    void aFullLinkPassesWhatItCarries() {
        assertThat(MailboxLoss.atLink(0.99)).isZero();
        assertThat(MailboxLoss.atLink(4)).isEqualTo(0.75);
        assertThat(MailboxLoss.even(1, 0.25)).isCloseTo(0.2, within(1e-12));
        assertThat(MailboxLoss.goal(1, 0.25)).isCloseTo(1 / 2.25, within(1e-12));
        assertThat(MailboxLoss.alone(9, 1)).isCloseTo(0.9, within(1e-12));
        // all bots at half of the mailboxes: each is offered 2 + 0.25
        assertThat(MailboxLoss.focused(1, 0.25, 50, 100)).isCloseTo(0.5 * (1 - 1 / 2.25), within(1e-12));
    }

    /** The bound that docs/PAPERS.md states for bots spread evenly. */
    @Test
    void spreadEvenlyItIsAtMostTwiceTheGoalAsLongAsMailboxesCarryWhatIsGood() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 100_000; i++) {
            double attack = Math.pow(10, 6 * random.nextDouble() - 3);
            double good = random.nextDouble();
            assertThat(MailboxLoss.even(attack, good)).as("seed %d", seed)
                    .isLessThanOrEqualTo(2 * MailboxLoss.goal(attack, good) + 1e-12);
        }
        assertThat(MailboxLoss.even(1e-3, 1)).isGreaterThan(1.99 * MailboxLoss.goal(1e-3, 1));
    }

    @Test
    void whoPicksDoesNoLessThanWhoDoesNot() {
        // with hardly any good traffic half of the mailboxes at twice their links: a quarter is lost
        assertThat(MailboxLoss.worstFocus(1, 1e-9, 1_000)).isEqualTo(500);
        assertThat(MailboxLoss.focused(1, 1e-9, 500, 1_000)).isCloseTo(0.25, within(1e-6));
        assertThat(MailboxLoss.worstFocus(30, 0.1, 1_000)).isEqualTo(1_000);
        for (double attack : new double[]{0.01, 0.3, 3})
            assertThat(MailboxLoss.focused(attack, 0.5, MailboxLoss.worstFocus(attack, 0.5, 100), 100))
                    .isGreaterThanOrEqualTo(MailboxLoss.even(attack, 0.5));
    }

    @Test
    void hitMailboxesInASetAreCountedWithoutReplacement() {
        // two of four drawn, two hit: none 1/6, one 4/6, both 1/6
        assertThat(MailboxLoss.hitInSet(4, 2, 2, 0.16)).isZero();
        assertThat(MailboxLoss.hitInSet(4, 2, 2, 0.17)).isEqualTo(1);
        assertThat(MailboxLoss.hitInSet(4, 2, 2, 0.83)).isEqualTo(1);
        assertThat(MailboxLoss.hitInSet(4, 2, 2, 0.84)).isEqualTo(2);
        assertThat(MailboxLoss.hitInSet(1_000, 1_000, 10, 0.01)).isEqualTo(10);
        assertThat(MailboxLoss.hitInSet(1_000, 5, 10, 0.95)).isZero(); // (1 - 0.005)^10 is 0.951
        assertThat(MailboxLoss.hitInSet(1_000, 5, 10, 0.99)).isEqualTo(1);
    }

    /** 100,000 bots by lot: each mailbox has a binomial number of them. */
    @Test
    void lossByLotIsThatOfTheBinomialDistribution() {
        long seed = Draws.seed();
        Table table = Goal.run(new Setup(seed, 20, 3, List.of(1), List.of(0), List.of(2), 0)).tables().getFirst();
        List<Object> row = table.rows().stream().filter(r -> r.get(0).equals(1.0) && r.get(1).equals(0.1)).findFirst()
                .orElseThrow();
        int bots = 100_000;
        double here = 1.0 / Goal.MAILBOXES;
        double log = bots * Math.log1p(-here);
        double expected = 0;
        for (int n = 0; n <= 1_000; n++) {
            expected += Math.exp(log) * MailboxLoss.atLink(n / 100.0 + 0.1);
            log += Math.log((double) (bots - n) / (n + 1)) + Math.log(here) - Math.log1p(-here);
        }
        double low = (double) row.get(6);
        double high = (double) row.get(7);
        // twice the interval: 6.6 standard deviations
        assertThat((double) row.get(5)).as("seed %d", seed).isCloseTo(expected, within(high - low));
        assertThat(high - low).isBetween(1e-5, 0.01);
    }
}
