package org.schiltron.proof;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A puzzle that is memory-bound: for a target T of 32 bytes, find a nonce of 8 bytes and an {@link EquiX} solution of the challenge
 * T || nonce. Its effort is the number of lowest bits in which SHA-256(T || nonce || solution) and T agree: a
 * solution of b bits takes 2^b solutions on average, whatever has been tried before, and two come of a nonce.
 *
 * <p>The effort is checked first, by one hash ({@link #bits}), what it stands for after ({@link #verify}), a hundred times as
 * dear. Whoever forges b bits has found them in 2^b hashes of whatever they liked to call a solution, so a check is not
 * for free; it is still dear enough that it belongs into a budget.
 *
 * <p>For one thread; as large as an {@link EquiX} that never solves. Nothing is allocated per check.
 */
public final class EquiXPuzzle {
    public static final int TARGET_BYTES = 32;
    public static final int NONCE_BYTES = 8;
    /** Of nonce and solution. */
    public static final int CREDENTIAL_BYTES = NONCE_BYTES + EquiX.SOLUTION_BYTES;
    /** No solution counts for more. */
    public static final int MAX_BITS = 63;

    private static final int SOLUTION = TARGET_BYTES + NONCE_BYTES;

    private final EquiX equiX = new EquiX();
    private final MessageDigest digest = HashPuzzle.sha256();
    private final byte[] input = new byte[SOLUTION + EquiX.SOLUTION_BYTES];
    private final byte[] challenge = new byte[SOLUTION];
    private final byte[] hash = new byte[32];

    /**
     * The effort that a solution claims, 0 to {@value #MAX_BITS} bits; nothing is said of whether it is one. 0 for one that is
     * not {@value EquiX#SOLUTION_BYTES} bytes long.
     */
    public int bits(byte[] target, long nonce, byte[] solution) {
        if (solution.length != EquiX.SOLUTION_BYTES)
            return 0;
        place(target, nonce);
        System.arraycopy(solution, 0, input, SOLUTION, EquiX.SOLUTION_BYTES);
        return bits(target);
    }

    /** Whether {@code solution} is one: {@link EquiX#verify}. */
    public boolean verify(byte[] target, long nonce, byte[] solution) {
        place(target, nonce);
        return equiX.verify(challenge, solution);
    }

    /** Solves one nonce; like {@link EquiX#solve}. */
    private int solve(byte[] target, long nonce, byte[] into) {
        place(target, nonce);
        return equiX.solve(challenge, into);
    }

    private void place(byte[] target, long nonce) {
        System.arraycopy(target, 0, challenge, 0, TARGET_BYTES);
        for (int i = 0; i < NONCE_BYTES; i++)
            challenge[TARGET_BYTES + i] = (byte) (nonce >>> 56 - 8 * i);
        System.arraycopy(challenge, 0, input, 0, SOLUTION);
    }

    private int bits(byte[] target) {
        digest.update(input, 0, input.length);
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        long goal = HashPuzzle.lowest(target);
        return Math.min(MAX_BITS, Long.numberOfTrailingZeros(HashPuzzle.lowest(hash) ^ goal));
    }

    /** Looks for ever better solutions; for one thread. 2.6 MB. */
    public static final class Search {
        private final EquiXPuzzle puzzle = new EquiXPuzzle();
        private final byte[] found = new byte[EquiX.MAX_SOLUTIONS * EquiX.SOLUTION_BYTES];
        private final byte[] target;
        private long next;
        private long trials;
        private long bestNonce;
        private byte[] best = {};
        private int bestBits = -1;

        /** @param start the first nonce; any two searches should begin far apart */
        public Search(byte[] target, long start) {
            this.target = target.clone();
            next = start;
        }

        /**
         * Tries so many more nonces, each some {@code 20 ms}.
         *
         * @return whether the best is better than before
         */
        public boolean run(int nonces) {
            int before = bestBits;
            for (int i = 0; i < nonces; i++, next++) {
                int solutions = puzzle.solve(target, next, found);
                trials += solutions;
                for (int at = 0; at < solutions * EquiX.SOLUTION_BYTES; at += EquiX.SOLUTION_BYTES) {
                    System.arraycopy(found, at, puzzle.input, SOLUTION, EquiX.SOLUTION_BYTES);
                    int bits = puzzle.bits(target);
                    if (bits > bestBits) {
                        bestBits = bits;
                        bestNonce = next;
                        best = Arrays.copyOfRange(found, at, at + EquiX.SOLUTION_BYTES);
                    }
                }
            }
            return bestBits > before;
        }

        /** Of the best so far, -1 before the first solution. */
        public int bits() {
            return bestBits;
        }

        /** Of the best so far. */
        public long nonce() {
            return bestNonce;
        }

        /** The best so far, empty before the first. */
        public byte[] solution() {
            return best.clone();
        }

        /** Solutions looked at. */
        public long trials() {
            return trials;
        }
    }
}
