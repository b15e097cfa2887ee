package org.schiltron.machine;

/**
 * Repeatable randomness for simulations and tests: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014). Not for keys outside a simulation.
 */
public final class SeededRandom implements RandomSource {
    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    public SeededRandom(long seed) {
        state = seed;
    }

    /** An independent stream, so that one consumer's draws do not shift another's. */
    public SeededRandom split() {
        return new SeededRandom(nextLong() * GAMMA);
    }

    @Override
    public long nextLong() {
        state += GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
