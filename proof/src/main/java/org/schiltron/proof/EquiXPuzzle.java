package org.schiltron.proof;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A puzzle that is memory-bound: for a target T of 32 bytes or more, find a nonce of 8 bytes and an {@link EquiX} solution of the challenge
 * T || nonce. Its effort is the number of lowest bits in which SHA-256(last 32 bytes of T || solution) and T agree: a
 * solution of b bits takes 2^b solutions on average, whatever has been tried before, and two come of a nonce. The rest of T
 * and the nonce need not be in that hash, since the solution is of both; left out of it, a claim costs one block to read.
 *
 * <p>The effort is checked first, by one hash ({@link #bits}), what it stands for after ({@link #verify}), a hundred times as
 * dear. Whoever forges b bits has found them in 2^b hashes of whatever they liked to call a solution, so a check is not
 * for free; it is still dear enough that it belongs into a budget.
 *
 * <p>For one thread; as large as an {@link EquiX} that never solves. Nothing is allocated per check.
 */
public final class EquiXPuzzle {
    public static final int NONCE_BYTES = 8;
    /** Of nonce and solution. */
    public static final int CREDENTIAL_BYTES = NONCE_BYTES + EquiX.SOLUTION_BYTES;
    /** No solution counts for more. */
    public static final int MAX_BITS = 63;

    private static final int COVERED = 32; // bytes of the target, before the solution in what is hashed

    private final EquiX equiX = new EquiX();
    private final MessageDigest digest = HashPuzzle.sha256();
    private final byte[] input = new byte[COVERED + EquiX.SOLUTION_BYTES];
    private byte[] challenge = {};
    private final byte[] hash = new byte[32];

    /**
     * The effort that a solution claims, 0 to {@value #MAX_BITS} bits; nothing is said of whether it is one. 0 for one that is
     * not {@value EquiX#SOLUTION_BYTES} bytes long.
     */
    public int bits(byte[] target, byte[] solution) {
        if (solution.length != EquiX.SOLUTION_BYTES)
            return 0;
        cover(target);
        return bits(target, solution, 0);
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
        if (challenge.length != target.length + NONCE_BYTES)
            challenge = new byte[target.length + NONCE_BYTES];
        System.arraycopy(target, 0, challenge, 0, target.length);
        HashPuzzle.WORD.set(challenge, target.length, nonce);
    }

    private void cover(byte[] target) {
        System.arraycopy(target, target.length - COVERED, input, 0, COVERED);
    }

    private int bits(byte[] target, byte[] solutions, int at) {
        System.arraycopy(solutions, at, input, COVERED, EquiX.SOLUTION_BYTES);
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
            puzzle.cover(target);
            int before = bestBits;
            for (int i = 0; i < nonces; i++, next++) {
                int solutions = puzzle.solve(target, next, found);
                trials += solutions;
                for (int at = 0; at < solutions * EquiX.SOLUTION_BYTES; at += EquiX.SOLUTION_BYTES) {
                    int bits = puzzle.bits(target, found, at);
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
