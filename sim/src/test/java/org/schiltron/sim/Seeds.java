package org.schiltron.sim;

import org.schiltron.machine.SeededRandom;

/** The seeds of a random test: printed when it fails, one only if {@code -Dschiltron.seed} names it. */
final class Seeds {
    interface Test {
        void run(long seed, SeededRandom random);
    }

    private Seeds() {
    }

    static void each(int count, Test test) {
        Long only = Long.getLong("schiltron.seed");
        for (long i = 0; i < (only == null ? count : 1); i++) {
            long seed = only == null ? i : only;
            try {
                test.run(seed, new SeededRandom(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
