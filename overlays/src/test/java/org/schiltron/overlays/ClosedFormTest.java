package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosedFormTest {
    private static final int NODES = 7;

    /** Every set of attacked nodes against every way of giving out three roles. */
    @Test
    void isTheShareOfAllAttacksAndAllWaysOfGivingOutRoles() {
        for (int perRole = 1; perRole <= NODES / 3; perRole++) {
            List<Integer> roles = sets(perRole);
            long[] attacks = new long[NODES + 1];
            long[] cutOff = new long[NODES + 1];
            long[] cutOffApart = new long[NODES + 1];
            long ways = 0;
            long waysApart = 0;
            for (int access : roles) {
                for (int beacon : roles) {
                    for (int servlet : roles) {
                        boolean apart = (access & beacon) == 0 && ((access | beacon) & servlet) == 0;
                        ways++;
                        waysApart += apart ? 1 : 0;
                        for (int attacked = 0; attacked < 1 << NODES; attacked++) {
                            boolean cut = (access & ~attacked) == 0 || (beacon & ~attacked) == 0
                                    || (servlet & ~attacked) == 0;
                            int size = Integer.bitCount(attacked);
                            cutOff[size] += cut ? 1 : 0;
                            cutOffApart[size] += cut && apart ? 1 : 0;
                        }
                    }
                }
            }
            for (int attacked = 0; attacked < 1 << NODES; attacked++)
                attacks[Integer.bitCount(attacked)]++;
            for (int n = 0; n <= NODES; n++) {
                assertThat(ClosedForm.shared(NODES, perRole, n)).as("%d a role, %d attacked", perRole, n)
                        .isCloseTo((double) cutOff[n] / (ways * attacks[n]), within(1e-12));
                assertThat(ClosedForm.apart(NODES, perRole, n)).as("%d a role apart, %d attacked", perRole, n)
                        .isCloseTo((double) cutOffApart[n] / (waysApart * attacks[n]), within(1e-12));
            }
        }
    }

    private static List<Integer> sets(int size) {
        List<Integer> sets = new ArrayList<>();
        for (int set = 0; set < 1 << NODES; set++)
            if (Integer.bitCount(set) == size)
                sets.add(set);
        return sets;
    }

    @Test
    void keepsItsDigitsWhereChancesAreTiny() {
        // 20 of 10,000 attacked, ten a role: 3 C(20, 10) / C(10,000, 10)
        assertThat(ClosedForm.shared(10_000, 10, 20)).isCloseTo(3 * 184_756 / 2.7433550775912826e33,
                within(1e-41));
        assertThat(ClosedForm.shared(10_000, 10, 9)).isZero();
        assertThat(ClosedForm.shared(10_000, 10, 10_000)).isEqualTo(1);
        assertThat(ClosedForm.shared(100_000, 33_333, 99_999)).isBetween(0.0, 1.0);
    }

    @Test
    void theFewestNodesForAChanceAreTheFewest() {
        for (double chance : new double[]{1e-6, 1e-4, 0.5, 0.99, 1}) {
            int needed = ClosedForm.needed(10_000, 10, chance);
            assertThat(ClosedForm.shared(10_000, 10, needed)).isGreaterThanOrEqualTo(chance);
            assertThat(ClosedForm.shared(10_000, 10, needed - 1)).isLessThan(chance);
        }
    }
}
