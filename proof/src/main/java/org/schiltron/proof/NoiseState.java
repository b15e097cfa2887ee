package org.schiltron.proof;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The SymmetricState of the Noise Protocol Framework, revision 34, section 5.2, with AES-256-GCM and SHA-256 (sections
 * 12.3 and 12.5), and the CipherState it holds.
 */
final class NoiseState {
    static final int TAG = 16;

    private byte[] chainingKey;
    private byte[] hash;
    private byte[] key = {}; // empty until the first mixKey
    private long nonce;

    NoiseState(String protocolName) {
        byte[] name = protocolName.getBytes(StandardCharsets.US_ASCII);
        hash = name.length <= Primitives.HASH ? Arrays.copyOf(name, Primitives.HASH) : Primitives.sha256(name);
        chainingKey = hash;
    }

    private NoiseState(NoiseState other) {
        chainingKey = other.chainingKey;
        hash = other.hash;
        key = other.key;
        nonce = other.nonce;
    }

    /** An independent state, so that a message that turns out to be forged leaves no trace. */
    NoiseState copy() {
        return new NoiseState(this);
    }

    void mixHash(byte[] data) {
        hash = Primitives.sha256(hash, data);
    }

    void mixKey(byte[] input) {
        byte[] temporary = Primitives.hmac(chainingKey, input);
        chainingKey = Primitives.hmac(temporary, new byte[]{1});
        key = Primitives.hmac(temporary, chainingKey, new byte[]{2});
        nonce = 0;
    }

    byte[] encryptAndHash(byte[] plain) {
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, nonce, hash, plain);
        if (sealed == null)
            throw new IllegalStateException("encryption failed");
        nonce++;
        mixHash(sealed);
        return sealed;
    }

    /** Null if not authentic. */
    byte @Nullable [] decryptAndHash(byte[] sealed) {
        byte[] plain = crypt(Cipher.DECRYPT_MODE, key, nonce, hash, sealed);
        if (plain == null)
            return null;
        nonce++;
        mixHash(sealed);
        return plain;
    }

    /** The two transport keys, of the initiator and of the responder (section 5.2, Split). */
    byte[][] split() {
        byte[] temporary = Primitives.hmac(chainingKey);
        byte[] first = Primitives.hmac(temporary, new byte[]{1});
        return new byte[][]{first, Primitives.hmac(temporary, first, new byte[]{2})};
    }

    byte[] hash() {
        return hash.clone();
    }

    /** A pseudorandom key bound to everything both sides said; split's is keyed alike, but over an empty message. */
    byte[] exporter() {
        return Primitives.hmac(chainingKey, hash);
    }

    static byte @Nullable [] crypt(int mode, byte[] key, long nonce, byte[] associated, byte[] input) {
        byte[] iv = new byte[12]; // section 12.3: 32 bits of zeros, then n in big-endian order
        for (int i = 0; i < 8; i++)
            iv[4 + i] = (byte) (nonce >>> (56 - 8 * i));
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, iv));
            cipher.updateAAD(associated);
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }
}
