package org.schiltron.proof;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.SecretKey;

/** The key of one epoch of a {@link PacketCipher}, erasable, unlike the JDK's SecretKeySpec. */
@SuppressWarnings("serial") // never serialised; SecretKey is Serializable by inheritance
final class EpochKey implements SecretKey {
    private static final int KEY = 16;
    private static final int IV = 12;

    private final byte[] key;
    private final byte[] iv;

    /** Bytes of {@link #writeTo}. */
    static final int LENGTH = KEY + IV;

    /** @param secret the epoch's */
    EpochKey(byte[] secret) {
        key = Primitives.expand(secret, "schiltron packet key", KEY);
        iv = Primitives.expand(secret, "schiltron packet iv", IV);
    }

    /** Reads {@link #writeTo}. */
    EpochKey(ByteBuffer from) {
        key = new byte[KEY];
        iv = new byte[IV];
        from.get(key).get(iv);
    }

    void writeTo(ByteBuffer to) {
        to.put(key).put(iv);
    }

    /** A new array: the epoch's 12 bytes, the last eight xored with the index (as TLS 1.3, RFC 8446, section 5.3). */
    byte[] iv(long index) {
        byte[] result = iv.clone();
        for (int i = 0; i < 8; i++)
            result[4 + i] ^= (byte) (index >>> (56 - 8 * i));
        return result;
    }

    void erase() {
        Arrays.fill(key, (byte) 0);
        Arrays.fill(iv, (byte) 0);
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy, which the JDK's ciphers erase. */
    @Override
    public byte[] getEncoded() {
        return key.clone();
    }

    @Override
    public String toString() {
        return "packet key";
    }
}
