package org.schiltron.swarm;

import org.schiltron.proof.NonceSequence;

/** A sequence's nonces sixteen at a time, since they are asked for in order and made in bulk. */
final class NonceBlock {
    private static final int SIZE = 16;

    private final NonceSequence nonces;
    private final long[] block = new long[2 * SIZE];
    private long start = -1;

    NonceBlock(NonceSequence nonces) {
        this.nonces = nonces;
    }

    /** The first eight bytes of the nonce at {@code index}. */
    long high(long index) {
        if (start < 0 || index < start || index >= start + SIZE) {
            start = index & -SIZE;
            nonces.generate(start, SIZE, block, 0);
        }
        return block[2 * (int) (index - start)];
    }

    /** The last eight of the nonce that {@link #high} was called with last. */
    long low(long index) {
        return block[2 * (int) (index - start) + 1];
    }
}
