package org.schiltron.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Equi-X (tevador, 2020), the client puzzle of Tor's onion services: Equihash(60, 3) (Biryukov and Khovratovich, 2016) with sums
 * for exclusive ors, over a HashX function drawn from the challenge. A solution is eight indices of 16 bits whose
 * hashes add up to 0 modulo 2^60, in a tree that shows they were found by sorting: every pair's sum ends in 15 zero bits,
 * every four's in 30. Solving takes 65,536 hashes and about 2 MiB to sort them in; verifying takes eight hashes.
 *
 * <p>At each node of the tree the side whose last index is lower comes first, and where those are equal the indices before
 * decide; so the 16 bytes, which hold the indices in order, each little-endian, are one form of a solution only.
 *
 * <p>Reused, for one thread. An object holds 6 kB, and 2.6 MB more from the first call of {@link #solve} on.
 */
public final class EquiX {
    /** Bytes of a solution. */
    public static final int SOLUTION_BYTES = 16;
    /** What {@link #solve} finds at most; two are usual. */
    public static final int MAX_SOLUTIONS = 8;

    private static final long PAIR = (1L << 15) - 1;
    private static final long FOUR = (1L << 30) - 1;
    private static final long ALL = (1L << 60) - 1;
    private static final VarHandle LE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final HashX function = new HashX();
    private @Nullable EquiXSolver solver;

    /** What {@link #check} found, in the order in which it looks. */
    enum Verdict {
        /** The indices are not in the order of a tree. */
        ORDER,
        /** The challenge has no function. */
        CHALLENGE,
        /** A pair's or a four's sum does not end in zeros. */
        PARTIAL_SUM,
        /** The sum is not 0. */
        FINAL_SUM, OK
    }

    /**
     * Whether {@code solution} solves {@code challenge}; false for whatever else is given, of any length. Bounded work: drawing
     * the function, unless the order is wrong already, and at most eight hashes.
     */
    public boolean verify(byte[] challenge, byte[] solution) {
        return solution.length == SOLUTION_BYTES
                && check(challenge, (long) LE.get(solution, 0), (long) LE.get(solution, 8)) == Verdict.OK;
    }

    /**
     * Finds solutions of a challenge of any length and writes them to {@code into} one after the other.
     *
     * @param into at least {@link #MAX_SOLUTIONS} times {@link #SOLUTION_BYTES} long
     * @return how many, 0 to {@link #MAX_SOLUTIONS}
     */
    public int solve(byte[] challenge, byte[] into) {
        if (into.length < MAX_SOLUTIONS * SOLUTION_BYTES)
            throw new IllegalArgumentException("room for 8 solutions takes 128 bytes, not " + into.length);
        if (!function.seed(challenge))
            return 0;
        if (solver == null)
            solver = new EquiXSolver();
        int count = solver.solve(function);
        for (int i = 0; i < count; i++) {
            LE.set(into, SOLUTION_BYTES * i, solver.left(i));
            LE.set(into, SOLUTION_BYTES * i + 8, solver.right(i));
        }
        return count;
    }

    Verdict check(byte[] challenge, long left, long right) {
        if (Long.compareUnsigned(left, right) > 0 || !inOrder(left) || !inOrder(right))
            return Verdict.ORDER;
        if (!function.seed(challenge))
            return Verdict.CHALLENGE;
        long sum = 0;
        for (int four = 0; four < 2; four++) {
            long indices = four == 0 ? left : right;
            long sumOfFour = 0;
            for (int pair = 0; pair < 2; pair++) {
                long sumOfPair = function.hash(indices & 0xffff) + function.hash(indices >>> 16 & 0xffff);
                if ((sumOfPair & PAIR) != 0)
                    return Verdict.PARTIAL_SUM;
                sumOfFour += sumOfPair;
                indices >>>= 32;
            }
            if ((sumOfFour & FOUR) != 0)
                return Verdict.PARTIAL_SUM;
            sum += sumOfFour;
        }
        return (sum & ALL) == 0 ? Verdict.OK : Verdict.FINAL_SUM;
    }

    /** Whether four indices, the first the lowest 16 bits, are in the order of a tree. */
    private static boolean inOrder(long four) {
        int low = (int) four;
        int high = (int) (four >>> 32);
        return Integer.compareUnsigned(low, high) <= 0 && inOrder(low) && inOrder(high);
    }

    private static boolean inOrder(int pair) {
        return (pair & 0xffff) <= pair >>> 16;
    }
}
