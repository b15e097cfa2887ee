package org.schiltron.proof;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The paper's puzzle (section 3.4.3, after Portcullis): h(a || N) = h(N) in the lowest b bits. The target T, 32 bytes, is the
 * hash h(N) of all that the solution a, 8 bytes, is for; its effort is the number of lowest bits in which SHA-256(a || T) and
 * T agree. A solution of b bits takes 2^b trials on average, whatever has been tried before.
 *
 * <p>Checking takes one hash. An object holds scratch memory and is for one thread; nothing is allocated per check.
 *
 * <p><b>What an adversary could do.</b> Graphics cards and mining hardware find solutions thousands of times faster than
 * a client's processor: {@link EquiX} is for services that expect such.
 */
public final class HashPuzzle {
    public static final int TARGET = 32;
    /** No solution counts for more. */
    public static final int MAX_BITS = 63;

    private final MessageDigest digest = sha256();
    private final byte[] input = new byte[8 + TARGET];
    private final byte[] hash = new byte[32];
    private long goal;

    /** The effort of a solution, 0 to {@value #MAX_BITS} bits. */
    public int bits(byte[] target, long solution) {
        aim(target);
        return bits(solution);
    }

    /** Begins with a target for {@link #bits(long)}. */
    void aim(byte[] target) {
        System.arraycopy(target, 0, input, 8, TARGET);
        goal = lowest(target);
    }

    int bits(long solution) {
        for (int i = 0; i < 8; i++)
            input[i] = (byte) (solution >>> 56 - 8 * i);
        digest.update(input, 0, input.length);
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        return Math.min(MAX_BITS, Long.numberOfTrailingZeros(lowest(hash) ^ goal));
    }

    /** The last eight bytes of 32, the last of all lowest. */
    static long lowest(byte[] hash) {
        long word = 0;
        for (int i = 24; i < 32; i++)
            word = word << 8 | hash[i] & 0xff;
        return word;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks for ever better solutions; for one thread. */
    public static final class Search {
        private final HashPuzzle puzzle = new HashPuzzle();
        private final byte[] target;
        private long next;
        private long trials;
        private long best;
        private int bestBits = -1;

        /** @param start where to begin; any two searches should begin far apart */
        public Search(byte[] target, long start) {
            this.target = target.clone();
            next = start;
        }

        /**
         * Tries so many more.
         *
         * @return whether the best is better than before
         */
        public boolean run(int count) {
            puzzle.aim(target);
            int before = bestBits;
            for (int i = 0; i < count; i++) {
                int bits = puzzle.bits(next);
                if (bits > bestBits) {
                    bestBits = bits;
                    best = next;
                }
                next++;
            }
            trials += count;
            return bestBits > before;
        }

        /** Of the best so far, -1 before the first trial. */
        public int bits() {
            return bestBits;
        }

        public long solution() {
            return best;
        }

        public long trials() {
            return trials;
        }
    }
}
