package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class PlacementTest {
    @Test
    void sharesAreRoundedByLargestRemainderAndAddUp() {
        // Hamilton's method on a known apportionment: 26 seats.
        double[] people = {9061, 7179, 5259, 3319, 1182};
        assertThat(Placement.largestRemainder(people, 26)).containsExactly(9, 7, 5, 4, 1);
        assertThat(Placement.largestRemainder(new double[]{1, 1, 1}, 2)).containsExactly(1, 1, 0);
        assertThat(Placement.largestRemainder(new double[]{0, 5, 0}, 7)).containsExactly(0, 7, 0);
    }

    @Test
    void everyoneIsWithinOneOfItsShareAtAnyWeights() {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 500; i++) {
            double[] weights = new double[1 + random.nextInt(40)];
            for (int u = 0; u < weights.length; u++)
                weights[u] = random.nextInt(3) == 0 ? 0 : Math.pow(10, 12 * random.nextDouble());
            weights[random.nextInt(weights.length)] = 1;
            long count = random.nextLong(10_000_000);
            int[] placed = Placement.largestRemainder(weights, count);
            double sum = Placement.sum(weights);
            assertThat(Arrays.stream(placed).asLongStream().sum()).as("seed %d", seed).isEqualTo(count);
            for (int u = 0; u < weights.length; u++) {
                assertThat(Math.abs(placed[u] - weights[u] / sum * count)).isLessThan(1.001);
                if (weights[u] == 0)
                    assertThat(placed[u]).isZero();
            }
        }
    }

    @Test
    void drawsFollowTheWeightsAndTheSeed() {
        double[] weights = {0, 1, 0, 3, 0};
        int[] drawn = Placement.drawn(weights, 40_000, new SeededRandom(5));
        long third = Arrays.stream(drawn).filter(u -> u == 3).count();
        assertThat(drawn).containsOnly(1, 3);
        assertThat(third).isBetween(29_500L, 30_500L);
        assertThat(Placement.drawn(weights, 40_000, new SeededRandom(5))).isEqualTo(drawn);
    }

    @Test
    void impossibleWeightsAreRefused() {
        assertThatThrownBy(() -> Placement.sum(new double[]{0, 0})).hasMessageContaining("add up to 0");
        assertThatThrownBy(() -> Placement.sum(new double[]{1, -1})).hasMessageContaining("a weight of -1");
        assertThatThrownBy(() -> Placement.sum(new double[]{Double.NaN})).hasMessageContaining("NaN");
    }
}
