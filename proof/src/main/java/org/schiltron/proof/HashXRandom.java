package org.schiltron.proof;

/**
 * The pseudorandom stream a HashX program is drawn from: SipHash-1-3 of a counter under a 256-bit key. Bytes and 32-bit
 * numbers are each taken from a word of their own, highest first; both draw their words from the one counter.
 */
final class HashXRandom {
    private long k0;
    private long k1;
    private long k2;
    private long k3;
    private long counter;
    private long bytes;
    private int bytesLeft;
    private long ints;
    private int intsLeft;

    /** Starts the stream of the key in {@code key[0..4)}. */
    void restart(long[] key) {
        k0 = key[0];
        k1 = key[1];
        k2 = key[2];
        k3 = key[3];
        counter = 0;
        bytesLeft = 0;
        intsLeft = 0;
    }

    /** 0 to 255. */
    int nextByte() {
        if (bytesLeft == 0) {
            bytes = nextWord();
            bytesLeft = 8;
        }
        bytesLeft--;
        return (int) (bytes >>> 8 * bytesLeft) & 0xff;
    }

    /** All 32 bits. */
    int nextInt() {
        if (intsLeft == 0) {
            ints = nextWord();
            intsLeft = 2;
        }
        intsLeft--;
        return (int) (ints >>> 32 * intsLeft);
    }

    /** SipHash-1-3 of the counter, its state taken as it is from the key, without a length in the last word. */
    private long nextWord() {
        long input = counter++;
        long v0 = k0;
        long v1 = k1;
        long v2 = k2;
        long v3 = k3 ^ input;
        for (int round = 0; round < 4; round++) {
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
            if (round == 0) {
                v0 ^= input;
                v2 ^= 0xff;
            }
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
