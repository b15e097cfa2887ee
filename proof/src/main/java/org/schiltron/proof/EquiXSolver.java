package org.schiltron.proof;

import java.util.Arrays;

/**
 * Finds the solutions of an Equi-X challenge by Wagner's algorithm (<em>A Generalized Birthday Problem</em>, 2002): sort the 65,536
 * hashes by their lowest 15 bits and join those whose sum ends in 15 zeros; sort and join the sums, about as many, by the
 * next 15 bits; and once more, where the last 15 must come out as zeros by luck. A sum carries the indices it
 * is made of, in the order that a solution needs: a pair in an int, a four in a long, the earlier index in the lower bits.
 *
 * <p>Reused, for one thread; 2.6 MB. Every join ends after {@value #CAPACITY} sums. A good function stays below (the mean is
 * 65,536, the deviation 256); one that many hashes collide under loses solutions to the bound, and no time.
 */
final class EquiXSolver {
    private static final int INDICES = 1 << 16;
    private static final int KEY_BITS = 15;
    private static final int KEYS = 1 << KEY_BITS;
    private static final long LAST = (1L << 2 * KEY_BITS) - 1;
    private static final int CAPACITY = INDICES + INDICES / 8;

    private final HashXLanes hashing = new HashXLanes();
    /** Hashes; later the sums of fours without the bits that are zero. */
    private final long[] hashes = new long[CAPACITY];
    private final long[] pairSums = new long[CAPACITY];
    private final int[] pairs = new int[CAPACITY];
    private final long[] fours = new long[CAPACITY];
    /** Items sorted by their lowest bits, and where each value of those begins. */
    private final int[] sorted = new int[CAPACITY];
    private final int[] begins = new int[KEYS + 1];
    private final long[] lefts = new long[EquiX.MAX_SOLUTIONS];
    private final long[] rights = new long[EquiX.MAX_SOLUTIONS];

    /** How many solutions, {@link #left} and {@link #right}, there are under a function. */
    int solve(HashX function) {
        hashing.hash(function, INDICES, hashes);
        int found = joinIndices();
        found = joinPairs(found);
        return joinFours(found);
    }

    /** The first four indices of a solution, the first of them in the lowest 16 bits. */
    long left(int solution) {
        return lefts[solution];
    }

    /** The last four. */
    long right(int solution) {
        return rights[solution];
    }

    private int joinIndices() {
        sort(hashes, INDICES);
        int count = 0;
        for (int key = 0; key <= KEYS / 2; key++) {
            int other = -key & KEYS - 1;
            for (int i = begins[key]; i < begins[key + 1]; i++) {
                int a = sorted[i];
                for (int j = other == key ? i : begins[other]; j < begins[other + 1]; j++) {
                    if (count == CAPACITY)
                        return count;
                    int b = sorted[j];
                    pairSums[count] = hashes[a] + hashes[b] >>> KEY_BITS;
                    pairs[count++] = Math.min(a, b) | Math.max(a, b) << 16;
                }
            }
        }
        return count;
    }

    private int joinPairs(int items) {
        sort(pairSums, items);
        int count = 0;
        for (int key = 0; key <= KEYS / 2; key++) {
            int other = -key & KEYS - 1;
            for (int i = begins[key]; i < begins[key + 1]; i++) {
                int a = sorted[i];
                for (int j = other == key ? i : begins[other]; j < begins[other + 1]; j++) {
                    if (count == CAPACITY)
                        return count;
                    int b = sorted[j];
                    long p = pairs[a] & 0xffff_ffffL;
                    long q = pairs[b] & 0xffff_ffffL;
                    hashes[count] = pairSums[a] + pairSums[b] >>> KEY_BITS;
                    fours[count++] = Math.min(p, q) | Math.max(p, q) << 32;
                }
            }
        }
        return count;
    }

    private int joinFours(int items) {
        sort(hashes, items);
        int looked = 0;
        int count = 0;
        for (int key = 0; key <= KEYS / 2; key++) {
            int other = -key & KEYS - 1;
            for (int i = begins[key]; i < begins[key + 1]; i++) {
                int a = sorted[i];
                for (int j = other == key ? i : begins[other]; j < begins[other + 1]; j++) {
                    if (looked++ == CAPACITY)
                        return count;
                    int b = sorted[j];
                    if ((hashes[a] + hashes[b] & LAST) == 0) {
                        boolean ordered = Long.compareUnsigned(fours[a], fours[b]) <= 0;
                        lefts[count] = fours[ordered ? a : b];
                        rights[count++] = fours[ordered ? b : a];
                        if (count == EquiX.MAX_SOLUTIONS)
                            return count;
                    }
                }
            }
        }
        return count;
    }

    /** Sorts the items 0 to {@code count - 1} by the lowest bits of their values, by counting. */
    private void sort(long[] values, int count) {
        Arrays.fill(begins, 0);
        for (int i = 0; i < count; i++)
            begins[(int) values[i] & KEYS - 1]++;
        int end = 0;
        for (int key = 0; key < KEYS; key++) {
            end += begins[key];
            begins[key] = end;
        }
        begins[KEYS] = end;
        for (int i = count - 1; i >= 0; i--)
            sorted[--begins[(int) values[i] & KEYS - 1]] = i;
    }
}
