package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

class FloodingGameTest {
    private static FloodingGame.Rules changing(int keys, double life) {
        return new FloodingGame.Rules(keys, keys, life, 0, 1);
    }

    @Test
    void aKeyThatStaysIsFoundAfterLog2Rounds() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        for (int log2 = 1; log2 <= 30; log2++) {
            for (int i = 0; i < 50; i++) {
                FloodingGame.Result result = new FloodingGame(FloodingGame.Rules.plain(1 << log2), random.split())
                        .untilFound(Integer.MAX_VALUE);
                assertThat(result.foundAfter()).as("2^%d keys, seed %d", log2, seed).isEqualTo(log2);
                assertThat(result.rounds()).isEqualTo(log2 + 1);
                assertThat(result.full()).isEqualTo(1);
            }
        }
        for (int keys : new int[]{3, 100, 1_000, 64_000}) {
            double sum = 0;
            int games = 5_000;
            for (int i = 0; i < games; i++) {
                int found = new FloodingGame(FloodingGame.Rules.plain(keys), random.split())
                        .untilFound(Integer.MAX_VALUE).foundAfter();
                assertThat((double) found).as("%d keys, seed %d", keys, seed)
                        .isBetween(Math.floor(Halving.log2(keys)), Math.ceil(Halving.log2(keys)));
                sum += found;
            }
            assertThat(sum / games).isCloseTo(Halving.mean(keys), within(6 * 0.5 / Math.sqrt(games)));
        }
        assertThat(Halving.mean(100)).isCloseTo(6.72, within(1e-12)); // 28 keys after 6 rounds, 72 after 7
        assertThat(Halving.mean(64)).isEqualTo(6);
    }

    @Test
    void aWeakAttackProbesGroupByGroup() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        // one key at a time: as many tries as keys come before it, the last two together
        assertThat(Halving.mean(4, 1)).isCloseTo((1 + 2 + 3 + 3) / 4.0, within(1e-12));
        assertThat(Halving.mean(64, 64)).isEqualTo(6);
        for (int atOnce : new int[]{1, 7, 100, 500}) {
            int games = 4_000;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < games; i++) {
                double found = new FloodingGame(
                        new FloodingGame.Rules(1_000, atOnce, FloodingGame.FOR_EVER, 0, 1), random.split())
                        .untilFound(Integer.MAX_VALUE).foundAfter();
                sum += found;
                squares += found * found;
            }
            double mean = sum / games;
            double deviation = Math.sqrt((squares / games - mean * mean) / games);
            assertThat(mean).as("%d at once, seed %d", atOnce, seed).isCloseTo(Halving.mean(1_000, atOnce),
                    within(6 * deviation + 0.01));
        }
    }

    @Test
    void itNeverEndsWhenKeysChangeFasterThanARound() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        for (int keys : new int[]{2, 3, 256, 64_000}) {
            for (double life : new double[]{0.1, 0.5, 0.99}) {
                for (int i = 0; i < 20; i++) {
                    FloodingGame.Result result = new FloodingGame(changing(keys, life), random.split())
                            .untilFound(2_000);
                    assertThat(result.foundAfter()).as("%d keys that live %s, seed %d", keys, life, seed)
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void itEndsWhenKeysOutliveASearch() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 200; i++) {
            FloodingGame.Result result = new FloodingGame(changing(1_024, 44), random.split()).untilFound(100);
            assertThat(result.foundAfter()).as("seed %d", seed).isBetween(10, 22);
        }
    }

    @Test
    void theFirstSearchEndsAsOftenAsComputed() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        int games = 10_000;
        for (double life : new double[]{1.5, 4, 7, 8, 9, 12, 40, 500}) {
            int first = 0;
            for (int i = 0; i < games; i++) {
                FloodingGame.Result result = new FloodingGame(changing(1 << 16, 2 * life), random.split())
                        .untilFound(17);
                first += result.foundBy() == 1 ? 1 : 0;
            }
            Draws.assertChance(first, games, Halving.firstSearch(1 << 16, 2 * life), "keys that live " + 2 * life,
                    seed);
        }
        // one change in 32 rounds: 15 of them leave the search alone, an early one helps
        assertThat(Halving.firstSearch(1 << 16, 32)).isCloseTo((15 + 1.5 - 1.5 / (1 << 16)) / 32, within(1e-12));
        assertThat(Halving.firstSearch(1 << 16, 1)).isZero();
    }

    @Test
    void whoSeesWrongIsLedAstrayAndLooksAgain() {
        long seed = Draws.seed();
        SeededRandom random = new SeededRandom(seed);
        int games = 10_000;
        int first = 0;
        int firstOfThree = 0;
        for (int i = 0; i < games; i++) {
            first += new FloodingGame(new FloodingGame.Rules(256, 256, FloodingGame.FOR_EVER, 0.1, 1), random.split())
                    .untilFound(1_000_000).foundBy() == 1 ? 1 : 0;
            firstOfThree += new FloodingGame(new FloodingGame.Rules(256, 256, FloodingGame.FOR_EVER, 0.1, 3),
                    random.split()).untilFound(1_000_000).foundBy() == 1 ? 1 : 0;
        }
        Draws.assertChance(first, games, Math.pow(0.9, 8), "one look", seed);
        Draws.assertChance(firstOfThree, games, Math.pow(1 - 3 * 0.01 * 0.9 - 0.001, 8), "three looks", seed);
        assertThat(Halving.leastWithNoise(256, 0)).isEqualTo(8);
        assertThat(Halving.leastWithNoise(256, 0.11)).isCloseTo(16, within(0.01)); // H(0.11) is a half
    }
}
