package org.schiltron.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * A sequence with random access: nonce i is AES-128 of i (as a 16-byte big-endian number) under a key derived from the
 * secret. AES is a permutation, so no two nonces of a sequence are alike; it is a pseudorandom one, so nobody without
 * the key predicts any from the others. Generated up to 32 at a time, which the hardware does side by side.
 */
public final class KeyedSequence implements NonceSequence {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int BATCH = 32;

    private final Cipher aes;
    // Two, because the JDK copies what it enciphers in place.
    private final byte[] indices = new byte[16 * BATCH];
    private final byte[] nonces = new byte[16 * BATCH];

    /** @param secret 16 to 64 bytes */
    public KeyedSequence(byte[] secret) {
        if (secret.length < 16 || secret.length > 64)
            throw new IllegalArgumentException("a secret of " + secret.length + " bytes");
        byte[] key = Primitives.expand(secret, "schiltron nonces", 16);
        try {
            aes = Cipher.getInstance("AES/ECB/NoPadding");
            aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void generate(long first, int count, long[] into, int offset) {
        if (first < 0)
            throw new IllegalArgumentException("index " + first);
        for (int done = 0; done < count;) {
            int batch = Math.min(BATCH, count - done);
            for (int i = 0; i < batch; i++) {
                LONG.set(indices, 16 * i + 8, first + done + i);
            }
            try {
                aes.update(indices, 0, 16 * batch, nonces, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            int at = offset + 2 * done;
            for (int i = 0; i < 2 * batch; i++)
                into[at + i] = (long) LONG.get(nonces, 8 * i);
            done += batch;
        }
    }
}
