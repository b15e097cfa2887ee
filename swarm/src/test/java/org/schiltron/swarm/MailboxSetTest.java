package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.NonceSequence;

/** Phalanx, sections 3.2.1 and 3.5: a nonce picks the mailbox, by weight, and both ends pick alike. */
class MailboxSetTest {
    private static final int DRAWS = 200_000;

    private static int[] draw(MailboxSet set, byte[] secret) {
        NonceSequence nonces = NonceSequence.ofSecret(secret);
        int[] counts = new int[MailboxDirectory.MAX_SIZE];
        long[] block = new long[200];
        for (int i = 0; i < DRAWS; i += 100) {
            nonces.generate(i, 100, block, 0);
            for (int j = 0; j < 100; j++)
                counts[set.pick(block[2 * j])]++;
        }
        return counts;
    }

    @Test
    void eachMailboxIsPickedByItsShareOfTheWeight() {
        long seed = Long.getLong("schiltron.seed", 5);
        SeededRandom random = new SeededRandom(seed);
        for (int round = 0; round < 6; round++) {
            int size = round == 0 ? 1 : 1 + random.nextInt(MailboxSet.MAX_SIZE);
            int[] members = new int[size];
            int[] weights = new int[size];
            double sum = 0;
            for (int i = 0; i < size; i++) {
                members[i] = 60 * i + random.nextInt(60);
                weights[i] = 1 + random.nextInt(255) / (1 + random.nextInt(3) * 50);
                sum += weights[i];
            }
            int[] counts = draw(new MailboxSet(members, weights), random.bytes(32));
            int drawn = 0;
            for (int i = 0; i < size; i++) {
                double expected = DRAWS * weights[i] / sum;
                assertThat((double) counts[members[i]]).as("seed %d, round %d, mailbox %d of weight %d", seed, round,
                        members[i], weights[i]).isCloseTo(expected, within(6 * Math.sqrt(expected) + 1));
                drawn += counts[members[i]];
            }
            assertThat(drawn).as("no mailbox outside the set").isEqualTo(DRAWS);
        }
    }

    @Test
    void theBordersOfTheDrawFallOnTheFirstAndTheLast() {
        MailboxSet set = new MailboxSet(new int[]{7, 3, 9}, new int[]{1, 254, 1});
        assertThat(set.pick(0)).isEqualTo(7);
        assertThat(set.pick(-1)).isEqualTo(9);
        assertThat(set.pick((1L << 32) / 256 << 32)).isEqualTo(3); // the first beyond 1/256
        assertThat(set.pick(((1L << 32) / 256 << 32) - 1)).isEqualTo(7);
    }

    @Test
    void aSetThatWasProposedPicksAlikeAtBothEnds() {
        MailboxSet set = new MailboxSet(new int[]{4_095, 0, 17, 3}, new int[]{8, 255, 90, 1});
        byte[] frame = new SetChange(3, 70, set).encode();
        SetChange there = Objects.requireNonNull(
                SetChange.read(new FrameReader().over(frame, 1, frame.length - 1)));
        SeededRandom random = new SeededRandom(6);
        for (int i = 0; i < 10_000; i++) {
            long nonce = random.nextLong();
            assertThat(there.set().pick(nonce)).isEqualTo(set.pick(nonce));
        }
    }

    @Test
    void aSetIsNeverEmptyNorOfWeightNothing() {
        assertThatThrownBy(() -> new MailboxSet(new int[0], new int[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MailboxSet(new int[]{1}, new int[]{0}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MailboxSet(new int[]{1}, new int[]{256}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MailboxSet.even(new int[65])).isInstanceOf(IllegalArgumentException.class);
    }
}
