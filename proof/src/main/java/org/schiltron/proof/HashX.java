package org.schiltron.proof;

/**
 * HashX (tevador, 2020): a hash function of 64-bit numbers that is itself drawn from a seed, as a program of 512
 * instructions, interpreted here for one input at a time; {@link HashXLanes} does many. Its first 64 bits are what Equi-X
 * uses; all 256 are there for the published vectors.
 *
 * <p>Reused, for one thread; about 6 kB.
 */
final class HashX {
    /** "HashX v1", little-endian. */
    private static final long SALT = 0x31_76_20_58_68_73_61_48L;

    final HashXProgram program = new HashXProgram();
    /** Of the registers, the second half of the seed's digest, in the first four words; the first half is the program's. */
    final long[] keys = new long[Blake2b.WORDS];
    private final Blake2b blake = new Blake2b();
    private final long[] r = new long[HashXProgram.REGISTERS];

    /**
     * Takes up the function of a seed of any length. False for a seed that has none, about one in 10,000; what is
     * hashed then means nothing.
     */
    boolean seed(byte[] seed) {
        blake.hash(SALT, seed, keys);
        boolean drawn = program.draw(keys);
        System.arraycopy(keys, 4, keys, 0, 4);
        return drawn;
    }

    /** The first 64 bits, a little-endian word. */
    long hash(long input) {
        start(input);
        run();
        finish();
        return r[0] ^ r[4];
    }

    /** All 256 bits as four little-endian words. */
    void hash(long input, long[] digest) {
        hash(input);
        for (int i = 0; i < 4; i++)
            digest[i] = r[i] ^ r[4 + i];
    }

    /** The registers' first contents: SipHash-2-4 of the input, run on to give eight words. */
    private void start(long input) {
        long v0 = keys[0];
        long v1 = keys[1] ^ 0xee;
        long v2 = keys[2];
        long v3 = keys[3] ^ input;
        for (int round = 0; round < 10; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            if (round == 1) {
                v0 ^= input;
                v2 ^= 0xee;
            } else if (round == 5) {
                r[0] = v0;
                r[1] = v1;
                r[2] = v2;
                r[3] = v3;
                v1 ^= 0xdd;
            }
        }
        r[4] = v0;
        r[5] = v1;
        r[6] = v2;
        r[7] = v3;
    }

    /** One SipHash round over each half of the registers, against the bias to zero of products. */
    private void finish() {
        r[0] += keys[0];
        r[1] += keys[1];
        r[6] += keys[2];
        r[7] += keys[3];
        for (int i = 0; i < 8; i += 4) {
            long v0 = r[i] + r[i + 1];
            long v1 = Long.rotateLeft(r[i + 1], 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            long v2 = r[i + 2] + r[i + 3];
            long v3 = Long.rotateLeft(r[i + 3], 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            r[i] = v0;
            r[i + 1] = v1;
            r[i + 2] = v2;
            r[i + 3] = v3;
        }
    }

    private void run() {
        byte[] operation = program.operation;
        byte[] first = program.first;
        byte[] second = program.second;
        int[] constant = program.constant;
        boolean mayBranch = true;
        int target = 0;
        int product = 0;
        for (int i = 0; i < HashXProgram.LENGTH; i++) {
            int d = first[i] & 7;
            int s = second[i] & 7;
            int c = constant[i];
            switch (operation[i]) {
                case HashXProgram.UMULH -> {
                    r[d] = Math.unsignedMultiplyHigh(r[d], r[s]);
                    product = (int) r[d];
                }
                case HashXProgram.SMULH -> {
                    r[d] = Math.multiplyHigh(r[d], r[s]);
                    product = (int) r[d];
                }
                case HashXProgram.MUL -> r[d] *= r[s];
                case HashXProgram.SUB -> r[d] -= r[s];
                case HashXProgram.XOR -> r[d] ^= r[s];
                case HashXProgram.ADD_SHIFTED -> r[d] += r[s] << c;
                case HashXProgram.ROTATE -> r[d] = Long.rotateRight(r[d], c);
                case HashXProgram.ADD_CONSTANT -> r[d] += c;
                case HashXProgram.XOR_CONSTANT -> r[d] ^= c;
                case HashXProgram.TARGET -> target = i;
                default -> {
                    if (mayBranch && (product & c) == 0) {
                        mayBranch = false;
                        i = target;
                    }
                }
            }
        }
    }
}
