package org.schiltron.proof;

/**
 * A HashX function over many inputs at once: each instruction runs over {@value #LANES} inputs before the next is looked at, so
 * that what it costs to interpret is shared, and in loops that the virtual machine turns into vector instructions.
 * Inputs part ways in one place only: at the end of a loop, one in 16 of those that never did runs it again. Those are moved
 * together, run, and moved back.
 *
 * <p>Compiling each program to bytecode instead takes the virtual machine longer than all hashes of a challenge take here
 * (docs/decisions/0009-puzzles.md).
 *
 * <p>Reused, for one thread; about 80 kB.
 */
final class HashXLanes {
    /** The registers of so many inputs fill 32 kB, the first-level cache of most processors. */
    static final int LANES = 512;

    /**
     * With their headers of 16 bytes, arrays of so many longs that lie one behind the other begin at the same place of a cache
     * line, and at different ones of a page: 12 % faster than arrays of 512.
     */
    private static final int PADDED = LANES + 6;

    private final long[][] lanes = new long[HashXProgram.REGISTERS][PADDED];
    private final long[] products = new long[PADDED];
    /** Not 0 for inputs that ran a loop again: a run does so at most once. */
    private final long[] branched = new long[PADDED];
    private final int[] taken = new int[LANES];
    private final long[][] again = new long[HashXProgram.REGISTERS][PADDED];
    private final long[] unused = new long[PADDED];

    /** The hashes of {@code 0} to {@code count - 1}, a multiple of {@value #LANES}. */
    void hash(HashX function, int count, long[] hashes) {
        for (int input = 0; input < count; input += LANES) {
            start(function.keys, input);
            run(function.program);
            finish(function.keys);
            System.arraycopy(lanes[0], 0, hashes, input, LANES);
        }
    }

    private void start(long[] keys, long first) {
        for (int lane = 0; lane < LANES; lane++) {
            long in = first + lane;
            lanes[0][lane] = keys[0];
            lanes[1][lane] = keys[1] ^ 0xee;
            lanes[2][lane] = keys[2];
            lanes[3][lane] = keys[3] ^ in;
            products[lane] = in;
            branched[lane] = 0;
        }
        sipRounds(2, lanes[0], lanes[1], lanes[2], lanes[3]);
        xor(lanes[0], products, LANES);
        xor(lanes[2], 0xee, LANES);
        sipRounds(4, lanes[0], lanes[1], lanes[2], lanes[3]);
        for (int i = 0; i < 4; i++)
            System.arraycopy(lanes[i], 0, lanes[4 + i], 0, LANES);
        xor(lanes[5], 0xdd, LANES);
        sipRounds(4, lanes[4], lanes[5], lanes[6], lanes[7]);
    }

    private void finish(long[] keys) {
        add(lanes[0], keys[0], LANES);
        add(lanes[1], keys[1], LANES);
        add(lanes[6], keys[2], LANES);
        add(lanes[7], keys[3], LANES);
        sipRounds(1, lanes[0], lanes[1], lanes[2], lanes[3]);
        sipRounds(1, lanes[4], lanes[5], lanes[6], lanes[7]);
        xor(lanes[0], lanes[4], LANES);
    }

    private void run(HashXProgram program) {
        int target = 0;
        for (int i = 0; i < HashXProgram.LENGTH; i++) {
            switch (program.operation[i]) {
                case HashXProgram.TARGET -> target = i;
                case HashXProgram.BRANCH -> branch(program, target, i);
                default -> step(program, i, lanes, products, LANES);
            }
        }
    }

    private void branch(HashXProgram program, int target, int end) {
        long mask = program.constant[end] & 0xffff_ffffL;
        int count = 0;
        for (int lane = 0; lane < LANES; lane++) {
            if ((products[lane] & mask | branched[lane]) == 0)
                taken[count++] = lane;
        }
        for (int j = 0; j < count; j++)
            branched[taken[j]] = 1;
        for (int i = 0; i < lanes.length; i++) {
            for (int j = 0; j < count; j++)
                again[i][j] = lanes[i][taken[j]];
        }
        for (int i = target + 1; i < end; i++)
            step(program, i, again, unused, count);
        for (int i = 0; i < lanes.length; i++) {
            for (int j = 0; j < count; j++)
                lanes[i][taken[j]] = again[i][j];
        }
    }

    private static void step(HashXProgram program, int i, long[][] lanes, long[] products, int count) {
        long[] d = lanes[program.first[i]];
        long[] s = lanes[program.second[i]];
        int c = program.constant[i];
        switch (program.operation[i]) {
            case HashXProgram.UMULH -> unsignedHigh(d, s, products, count);
            case HashXProgram.SMULH -> signedHigh(d, s, products, count);
            case HashXProgram.MUL -> multiply(d, s, count);
            case HashXProgram.SUB -> subtract(d, s, count);
            case HashXProgram.XOR -> xor(d, s, count);
            case HashXProgram.ADD_SHIFTED -> addShifted(d, s, c, count);
            case HashXProgram.ROTATE -> rotate(d, c, count);
            case HashXProgram.ADD_CONSTANT -> add(d, c, count);
            default -> xor(d, c, count);
        }
    }

    private static void unsignedHigh(long[] d, long[] s, long[] products, int count) {
        for (int i = 0; i < count; i++) {
            long product = Math.unsignedMultiplyHigh(d[i], s[i]);
            d[i] = product;
            products[i] = product;
        }
    }

    private static void signedHigh(long[] d, long[] s, long[] products, int count) {
        for (int i = 0; i < count; i++) {
            long product = Math.multiplyHigh(d[i], s[i]);
            d[i] = product;
            products[i] = product;
        }
    }

    private static void multiply(long[] d, long[] s, int count) {
        for (int i = 0; i < count; i++)
            d[i] *= s[i];
    }

    private static void subtract(long[] d, long[] s, int count) {
        for (int i = 0; i < count; i++)
            d[i] -= s[i];
    }

    private static void xor(long[] d, long[] s, int count) {
        for (int i = 0; i < count; i++)
            d[i] ^= s[i];
    }

    private static void addShifted(long[] d, long[] s, int shift, int count) {
        for (int i = 0; i < count; i++)
            d[i] += s[i] << shift;
    }

    private static void rotate(long[] d, int by, int count) {
        for (int i = 0; i < count; i++)
            d[i] = Long.rotateRight(d[i], by);
    }

    private static void add(long[] d, long constant, int count) {
        for (int i = 0; i < count; i++)
            d[i] += constant;
    }

    private static void xor(long[] d, long constant, int count) {
        for (int i = 0; i < count; i++)
            d[i] ^= constant;
    }

    private static void sipRounds(int rounds, long[] a, long[] b, long[] c, long[] d) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < LANES; i++) {
                long v0 = a[i] + b[i];
                long v1 = Long.rotateLeft(b[i], 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                long v2 = c[i] + d[i];
                long v3 = Long.rotateLeft(d[i], 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
                a[i] = v0;
                b[i] = v1;
                c[i] = v2;
                d[i] = v3;
            }
        }
    }
}
