package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class RoleAttackTest {
    @Test
    void drawnAttacksCutOffAsOftenAsTheClosedFormSays() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        int trials = 20_000;
        for (int nodes : new int[]{3, 12, 200}) {
            for (int perRole : new int[]{1, nodes / 6, nodes / 3}) {
                if (perRole == 0)
                    continue;
                RoleAttack attack = new RoleAttack(nodes, random.split());
                long[] shared = new long[nodes + 1];
                long[] apart = new long[nodes + 1];
                for (int i = 0; i < trials; i++) {
                    attack.next();
                    shared[attack.cutOffAt(perRole, true)]++;
                    apart[attack.cutOffAt(perRole, false)]++;
                }
                long hits = 0;
                long hitsApart = 0;
                for (int n = 0; n <= nodes; n++) {
                    hits += shared[n];
                    hitsApart += apart[n];
                    String what = nodes + " nodes, " + perRole + " a role, " + n + " attacked";
                    Draws.assertChance(hits, trials, ClosedForm.shared(nodes, perRole, n), what, seed);
                    Draws.assertChance(hitsApart, trials, ClosedForm.apart(nodes, perRole, n), what + ", apart", seed);
                }
            }
        }
    }

    @Test
    void theIntervalHoldsTheChanceNearlyAlways() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        int outside = 0;
        for (int i = 0; i < 2_000; i++) {
            double chance = 0.05 + 0.9 * random.nextDouble();
            int hits = 0;
            for (int j = 0; j < 1_000; j++)
                hits += random.nextDouble() < chance ? 1 : 0;
            outside += Interval.ofChance(hits, 1_000).contains(chance) ? 0 : 1;
        }
        // two expected
        assertThat(outside).as("seed %d", seed).isLessThan(20);
        assertThat(Interval.ofChance(0, 1_000).low()).isZero();
        assertThat(Interval.ofChance(0, 1_000).high()).isBetween(0.0107, 0.0108); // z^2 / (n + z^2)
        assertThat(Interval.ofChance(1_000, 1_000).high()).isEqualTo(1);
        assertThat(Interval.ofChance(500, 1_000).contains(0.56)).isFalse();
    }
}
