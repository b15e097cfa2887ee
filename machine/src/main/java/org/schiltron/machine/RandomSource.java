package org.schiltron.machine;

/**
 * Injected randomness. The host's draws from the operating system; the simulator's from the run's seed. Ids, keys,
 * jitter and choices all come from here, so that a seed decides everything.
 */
public interface RandomSource {
    long nextLong();

    /** Fills the whole array. */
    default void fill(byte[] target) {
        long word = 0;
        for (int i = 0; i < target.length; i++) {
            if ((i & 7) == 0)
                word = nextLong();
            target[i] = (byte) word;
            word >>>= 8;
        }
    }

    /** {@code length} fresh bytes. */
    default byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        fill(bytes);
        return bytes;
    }

    /** Uniform in [0, bound), bound at least 1 (bias below 2^-32). */
    default int nextInt(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** Uniform in [0, bound), bound at least 1. */
    default long nextLong(long bound) {
        return Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** Uniform in [0, 1). */
    default double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }
}
