package org.schiltron.sessions;

import org.schiltron.machine.SeededRandom;

/** Draws of distributions, the same on every machine (StrictMath). */
final class Draws {
    private Draws() {
    }

    /** Of mean 0 and deviation 1 (Box and Muller 1958). */
    static double normal(SeededRandom random) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }

    /** Whose logarithm has this deviation. */
    static double lognormal(double median, double sigma, SeededRandom random) {
        return median * StrictMath.exp(sigma * normal(random));
    }

    static double exponential(double mean, SeededRandom random) {
        return -mean * StrictMath.log(1 - random.nextDouble());
    }

    /** A stream of its own for each of these. */
    static SeededRandom stream(long seed, int what, int a, int b) {
        SeededRandom of = new SeededRandom(seed);
        long mixed = of.nextLong() ^ (long) what << 48 ^ (long) a << 24 ^ b;
        return new SeededRandom(mixed).split();
    }
}
