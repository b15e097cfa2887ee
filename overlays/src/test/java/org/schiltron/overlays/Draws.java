package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;

/** What is drawn, and how far from what was expected it may be. */
final class Draws {
    private Draws() {
    }

    /** Another one each time, or the one of {@code -Dschiltron.seed}; printed. */
    static long seed() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("seed " + seed);
        return seed;
    }

    /** Within six standard deviations, and a few for rare events: by chance wrong less than once in a hundred million. */
    static void assertChance(long hits, long trials, double chance, String what, long seed) {
        double expected = trials * chance;
        assertThat(Math.abs(hits - expected))
                .as("%s: %d of %d, expected %.1f; seed %d", what, hits, trials, expected, seed)
                .isLessThanOrEqualTo(
                        6 * Math.sqrt(Math.max(0, expected * (1 - chance))) + (chance > 0 && chance < 1 ? 6 : 1e-6));
    }
}
