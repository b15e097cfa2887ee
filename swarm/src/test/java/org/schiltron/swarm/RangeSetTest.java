package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class RangeSetTest {
    private static final int SPACE = 200;

    @Test
    void behavesLikeASetOfNumbers() {
        long only = Long.getLong("schiltron.seed", -1);
        for (long seed = only < 0 ? 0 : only; seed < (only < 0 ? 200 : only + 1); seed++)
            compare(seed);
    }

    private static void compare(long seed) {
        SeededRandom random = new SeededRandom(seed);
        int most = 1 + random.nextInt(12);
        RangeSet set = new RangeSet(most);
        BitSet oracle = new BitSet();
        for (int step = 0; step < 300; step++) {
            int start = random.nextInt(SPACE);
            int end = Math.min(SPACE, start + random.nextInt(20));
            switch (random.nextInt(8)) {
                case 0 -> {
                    set.removeBelow(start);
                    oracle.clear(0, start);
                }
                case 1 -> {
                    if (!set.isEmpty()) {
                        oracle.clear((int) set.start(0), (int) set.end(0));
                        set.removeFirst();
                    }
                }
                case 2 -> {
                    if (!set.isEmpty()) {
                        int cut = (int) set.start(0) + random.nextInt(1 + (int) (set.end(0) - set.start(0)));
                        oracle.clear((int) set.start(0), cut);
                        set.shrinkFirst(cut);
                    }
                }
                default -> {
                    if (set.add(start, end))
                        oracle.set(start, end);
                    else
                        assertThat(set.count()).as("seed %d: refused while not full", seed).isEqualTo(most);
                }
            }
            check(seed, random, set, oracle, most);
        }
    }

    private static void check(long seed, SeededRandom random, RangeSet set, BitSet oracle, int most) {
        BitSet held = new BitSet();
        for (int i = 0; i < set.count(); i++) {
            assertThat(set.start(i)).as("seed %d", seed).isLessThan(set.end(i));
            if (i > 0)
                assertThat(set.start(i)).as("seed %d: ranges touch", seed).isGreaterThan(set.end(i - 1));
            held.set((int) set.start(i), (int) set.end(i));
        }
        assertThat(held).as("seed %d", seed).isEqualTo(oracle);
        assertThat(set.count()).isLessThanOrEqualTo(most);
        int from = random.nextInt(SPACE);
        int to = from + random.nextInt(20);
        assertThat(set.contains(from)).as("seed %d", seed).isEqualTo(oracle.get(from));
        assertThat(set.containsAll(from, to)).as("seed %d: %d-%d", seed, from, to)
                .isEqualTo(oracle.get(from, to).cardinality() == to - from);
    }
}
