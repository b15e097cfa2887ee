package org.schiltron.proof;

import java.util.Arrays;

/**
 * A HashX program: 512 integer instructions over eight 64-bit registers, drawn at random so that they keep the three
 * execution ports of an Ivy Bridge core busy for 192 cycles (tevador, <em>HashX</em>, 2020). A drawn program that
 * misses that mark is refused: about one seed in 10,000.
 *
 * <p>The generator walks through the slots of the front end, three a cycle. What may stand in a slot follows from its
 * place in a pattern of 36 slots: every third is a multiplication (two of the twelve give the upper half of the product),
 * one begins a loop and one ends it, the rest are simple. An instruction is issued in the first cycle in which a
 * port it can use is free; its operands are drawn from the registers that are ready then. Where none will do, the draw
 * is repeated once with fewer rules, and then the front end stalls for a cycle. Both the rules and the order in which random
 * numbers are used up decide the program, so both are as in the reference, even where they do nothing for the quality.
 *
 * <p>Reused, for one thread; about 6 kB. A draw is bounded by the 192 cycles and by a random stream that no input can
 * steer past BLAKE2b.
 */
final class HashXProgram {
    static final int REGISTERS = 8;
    /** Instructions of a program that counts. */
    static final int LENGTH = 512;

    // d is the instruction's first register, s its second, c its constant
    /** d = upper half of the unsigned product d * s. */
    static final int UMULH = 0;
    /** d = upper half of the signed product d * s. */
    static final int SMULH = 1;
    /** d *= s. */
    static final int MUL = 2;
    /** d -= s. */
    static final int SUB = 3;
    /** d ^= s. */
    static final int XOR = 4;
    /** d += s << c, c from 0 to 3. */
    static final int ADD_SHIFTED = 5;
    /** d rotated right by c, 1 to 63. */
    static final int ROTATE = 6;
    /** d += c, sign-extended, not 0. */
    static final int ADD_CONSTANT = 7;
    /** d ^= c, sign-extended, not 0. */
    static final int XOR_CONSTANT = 8;
    /** Begins a loop. */
    static final int TARGET = 9;
    /** Back to behind the latest TARGET if no bit of c is set in the latest upper product; at most once in a run. */
    static final int BRANCH = 10;

    private static final int CYCLES = 192;
    private static final int MULTIPLICATIONS = 192;
    /** The cycle in which the last register must be ready. */
    private static final int LAST_RESULT = 194;
    private static final int SLOTS_PER_CYCLE = 3;
    private static final int PATTERN = 36;
    private static final int BRANCH_BITS = 4;
    /** A register that x86 cannot encode as a base without displacement. */
    private static final int NO_SHIFTED_SUM = 5;

    // ports in the order they are tried: the one that multiplies last
    private static final int P5 = 1;
    private static final int P0 = 2;
    private static final int P1 = 4;
    private static final int ANY = P5 | P0 | P1;
    /** By instruction: the ports it can use, and those of its second half, which must be issued in the same cycle. */
    private static final int[] PORTS = {P1, P1, P1, ANY, ANY, P0 | P1, P5 | P0, ANY, ANY, ANY, ANY};
    private static final int[] SECOND_PORTS = {P5, P5, 0, 0, 0, 0, 0, 0, 0, ANY, ANY};
    private static final int[] LATENCY = {4, 4, 3, 1, 1, 1, 1, 1, 1, 1, 1};
    /** Additions and subtractions of a register count as one kind in the rules against what could be simplified. */
    private static final int[] KIND = {UMULH, SMULH, MUL, ADD_SHIFTED, XOR, ADD_SHIFTED, ROTATE, ADD_CONSTANT,
            XOR_CONSTANT, TARGET, BRANCH};
    /** Drawn by three bits in a simple slot; by the lower two of them, without a second register, when repeated. */
    private static final int[] SIMPLE = {ROTATE, XOR_CONSTANT, ADD_CONSTANT, ADD_CONSTANT, SUB, XOR, XOR_CONSTANT,
            ADD_SHIFTED};
    private static final int NONE = -1;

    final byte[] operation = new byte[LENGTH];
    /** First registers; 0 where there is none. */
    final byte[] first = new byte[LENGTH];
    /** Second registers; 0 where there is none. */
    final byte[] second = new byte[LENGTH];
    final int[] constant = new int[LENGTH];

    private final HashXRandom random = new HashXRandom();
    /** Ports in use by cycle. */
    private final byte[] used = new byte[CYCLES];
    private final int[] readyAt = new int[REGISTERS];
    /** What wrote each register last: its kind and what it wrote with. */
    private final int[] writerKind = new int[REGISTERS];
    private final int[] writerOperand = new int[REGISTERS];
    private int slot;
    private int length;
    private int multiplications;

    /**
     * Draws the program of a key. False if it misses the mark: then what is held is no program.
     *
     * @param key its first four words
     */
    boolean draw(long[] key) {
        random.restart(key);
        Arrays.fill(used, (byte) 0);
        Arrays.fill(readyAt, 0);
        Arrays.fill(writerKind, NONE);
        Arrays.fill(writerOperand, NONE);
        slot = 0;
        length = 0;
        multiplications = 0;
        int previousKind = NONE;
        boolean repeated = false;
        while (length < LENGTH) {
            int op = drawOperation(previousKind, repeated);
            previousKind = KIND[op];
            int c = drawConstant(op);
            int operand = op <= SMULH ? random.nextInt() : NONE;
            int cycle = issueCycle(op);
            if (cycle < 0)
                return false;
            if (drawRegisters(op, operand, cycle, repeated)) {
                issue(op, cycle);
                operation[length] = (byte) op;
                constant[length++] = c;
                slot += SECOND_PORTS[op] == 0 ? 1 : 2;
                repeated = false;
            } else if (repeated) {
                slot += SLOTS_PER_CYCLE;
                repeated = false;
            } else {
                repeated = true;
            }
        }
        int last = 0;
        for (int ready : readyAt)
            last = Math.max(last, ready);
        return multiplications == MULTIPLICATIONS && last == LAST_RESULT;
    }

    private int drawOperation(int previousKind, boolean repeated) {
        int place = slot % PATTERN;
        if (place == 12 || place == 24)
            return (random.nextByte() & 1) == 0 ? SMULH : UMULH;
        if (place % 3 == 0)
            return MUL;
        if (place == 1)
            return TARGET;
        if (place == 19)
            return BRANCH;
        int op;
        do {
            op = SIMPLE[random.nextByte() & (repeated ? 3 : 7)];
        } while (KIND[op] == previousKind);
        return op;
    }

    private int drawConstant(int op) {
        int c = 0;
        switch (op) {
            case ADD_SHIFTED -> c = random.nextInt() & 3;
            case ROTATE -> {
                while (c == 0)
                    c = random.nextInt() & 63;
            }
            case ADD_CONSTANT, XOR_CONSTANT -> {
                while (c == 0)
                    c = random.nextInt();
            }
            case BRANCH -> {
                while (Integer.bitCount(c) < BRANCH_BITS)
                    c |= 1 << random.nextByte() % 32;
            }
            default -> {
            }
        }
        return c;
    }

    /** The first cycle, from that of the slot, in which the instruction can be issued; -1 for none. */
    private int issueCycle(int op) {
        int ports = PORTS[op];
        int seconds = SECOND_PORTS[op];
        for (int cycle = slot / SLOTS_PER_CYCLE; cycle < used.length; cycle++) {
            // the halves are looked at each on its own: two that can use any port need one free one here
            if ((ports & ~used[cycle]) != 0 && (seconds == 0 || (seconds & ~used[cycle]) != 0))
                return cycle;
        }
        return -1;
    }

    private void issue(int op, int cycle) {
        used[cycle] |= (byte) Integer.lowestOneBit(PORTS[op] & ~used[cycle]);
        // and the second takes a port in a later cycle where the first took the last free one
        for (int at = cycle; SECOND_PORTS[op] != 0 && at < used.length; at++) {
            int free = SECOND_PORTS[op] & ~used[at];
            if (free != 0) {
                used[at] |= (byte) Integer.lowestOneBit(free);
                break;
            }
        }
        if (op <= MUL)
            multiplications++;
    }

    /**
     * Draws the registers of instruction {@link #length} and notes the write. False if none will do.
     *
     * @param operand what an upper product is told apart by; others by their second register or not at all
     */
    private boolean drawRegisters(int op, int operand, int cycle, boolean repeated) {
        first[length] = 0;
        second[length] = 0;
        if (op >= TARGET)
            return true;
        int ready = 0;
        for (int r = 0; r < REGISTERS; r++) {
            if (readyAt[r] <= cycle)
                ready |= 1 << r;
        }
        int with = operand;
        int targets = ready;
        if (op <= ADD_SHIFTED) {
            if (ready == 0)
                return false;
            boolean forced = op == ADD_SHIFTED && Integer.bitCount(ready) == 2 && (ready & 1 << NO_SHIFTED_SUM) != 0;
            int s = forced ? NO_SHIFTED_SUM : oneOf(ready);
            second[length] = (byte) s;
            if (op >= MUL) {
                with = s;
                targets &= ~(1 << s);
            }
        }
        if (op == ADD_SHIFTED)
            targets &= ~(1 << NO_SHIFTED_SUM);
        for (int r = 0; r < REGISTERS; r++) {
            boolean same = writerKind[r] == KIND[op] && writerOperand[r] == with;
            boolean product = op == MUL && writerKind[r] == MUL && !repeated;
            if (same || product)
                targets &= ~(1 << r);
        }
        if (targets == 0)
            return false;
        int d = oneOf(targets);
        first[length] = (byte) d;
        readyAt[d] = cycle + LATENCY[op];
        writerKind[d] = KIND[op];
        writerOperand[d] = with;
        return true;
    }

    /** One of the registers of a set that is not empty; no random number is used up where there is but one. */
    private int oneOf(int set) {
        int count = Integer.bitCount(set);
        int skip = count == 1 ? 0 : Integer.remainderUnsigned(random.nextInt(), count);
        for (; skip > 0; skip--)
            set &= set - 1;
        return Integer.numberOfTrailingZeros(set);
    }
}
