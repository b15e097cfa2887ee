package org.schiltron.proof;

/**
 * The secret sequence of nonces of one direction of a session (Phalanx, section 3.2.1). What it must give: without the
 * secret nobody predicts the next nonce, and no two are equal.
 */
public interface NonceSequence {
    /**
     * Writes the nonces of {@code count} consecutive indices.
     *
     * @param first index of the first, at least 0
     * @param into  receives two longs a nonce, high word first, from {@code offset} on
     */
    void generate(long first, int count, long[] into, int offset);

    /**
     * The default, by measurement (docs/decisions/0002-cryptography.md).
     *
     * @param secret 16 to 64 bytes
     */
    static NonceSequence ofSecret(byte[] secret) {
        return new KeyedSequence(secret);
    }
}
