package org.schiltron.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The paper's puzzle (section 3.4.3, after Portcullis): h(a || N) = h(N) in the lowest b bits. What a solution a, 8 bytes, is
 * for is a target T, which ends with a hash of what it is about, and that end takes the place of h(N): a solution's effort is
 * the number of lowest bits in which SHA-256(a || T) and T agree. A solution of b bits takes 2^b trials on average, whatever
 * has been tried before; who chooses the end of T chooses what a trial has to meet, not how often one does.
 *
 * <p>Checking takes one hash, of one block. An object holds scratch memory and is for one thread; nothing is allocated per
 * check.
 *
 * <p><b>What an adversary could do.</b> Graphics cards and mining hardware find solutions thousands of times faster than
 * a client's processor: {@link EquiX} is for services that expect such.
 */
public final class HashPuzzle {
    /** Of a target, 8 to so many bytes. */
    public static final int MAX_TARGET = 47;
    /** No solution counts for more. */
    public static final int MAX_BITS = 63;

    static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final MessageDigest digest = sha256();
    private final byte[] input = new byte[8 + MAX_TARGET];
    private final byte[] hash = new byte[32];
    private int length;
    private long goal;

    /** The effort of a solution, 0 to {@value #MAX_BITS} bits. */
    public int bits(byte[] target, long solution) {
        aim(target);
        return bits(solution);
    }

    /** Begins with a target for {@link #bits(long)}. */
    void aim(byte[] target) {
        System.arraycopy(target, 0, input, 8, target.length);
        length = 8 + target.length;
        goal = lowest(target);
    }

    int bits(long solution) {
        WORD.set(input, 0, solution);
        digest.update(input, 0, length);
        try {
            digest.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
        return Math.min(MAX_BITS, Long.numberOfTrailingZeros(lowest(hash) ^ goal));
    }

    /** The last eight bytes, the last of all lowest. */
    static long lowest(byte[] hash) {
        return (long) WORD.get(hash, hash.length - 8);
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
