package org.schiltron.overlays;

/** What a search by halves takes, computed. */
final class Halving {
    private Halving() {
    }

    static double log2(double value) {
        return StrictMath.log(value) / StrictMath.log(2);
    }

    /** Some keys are found after so many rounds, the others after one more. */
    static int fewest(int keys) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(keys);
    }

    /** The share of keys that take one more. */
    private static double slower(int keys) {
        return 2 * (1 - (double) (1 << fewest(keys)) / keys);
    }

    /** Rounds in the mean, all keys being as likely. */
    static double mean(int keys) {
        return fewest(keys) + slower(keys);
    }

    /** The same where only {@code atOnce} keys at a time have an effect: those are tried first, group by group. */
    static double mean(int keys, int atOnce) {
        double rounds = 0;
        double there = 1; // the chance that the key is not in an earlier group
        int left = keys;
        while (left / 2 > atOnce) {
            rounds += there * (1 + (double) atOnce / left * mean(atOnce));
            there *= 1 - (double) atOnce / left;
            left -= atOnce;
        }
        return rounds + there * mean(left);
    }

    /**
     * The chance that a first search ends on a key that stays valid for a whole round more, where a key lives {@code life}
     * rounds. The last change before that end, which comes at a time drawn evenly, must fall so early that the new key is
     * among the half (quarter, ...) that the rounds before have left.
     */
    static double firstSearch(int keys, double life) {
        double slower = slower(keys);
        return (1 - slower) * afterRounds(fewest(keys), life) + slower * afterRounds(fewest(keys) + 1, life);
    }

    private static double afterRounds(int rounds, double life) {
        if (life == FloodingGame.FOR_EVER)
            return 1;
        double chance = Math.max(0, 1 - (rounds + 1) / life);
        double from = Math.max(0, rounds + 1 - life);
        // A change counts for the round it falls into when it falls into its first half: it is the longer part that is seen.
        for (int before = 0; before <= rounds; before++) {
            double begin = Math.max(from, before - 0.5);
            double end = Math.min(rounds, before + 0.5);
            if (begin < end)
                chance += (end - begin) / life * StrictMath.pow(0.5, before);
        }
        return chance;
    }

    /**
     * With each round seen wrong with a chance of {@code noise}, no attacker needs fewer rounds than this in the mean (Shannon:
     * a round tells him 1 - H(noise) bits at most).
     */
    static double leastWithNoise(int keys, double noise) {
        double unknown = noise == 0 ? 0 : -noise * log2(noise) - (1 - noise) * log2(1 - noise);
        return log2(keys) / (1 - unknown);
    }
}
