package org.schiltron.proof;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's cryptography over byte arrays, for protocols of other modules too. Everything a JDK must have is taken to be
 * there.
 */
public final class Primitives {
    /** Bytes of an X25519 key, private or public, and of what two of them agree on. */
    public static final int KEY = 32;
    static final int HASH = 32;

    private static final byte[] BASEPOINT = littleEndian(BigInteger.valueOf(9));

    private Primitives() {
    }

    /** Of the concatenated parts. */
    public static byte[] sha256(byte[]... parts) {
        return digest("SHA-256", parts);
    }

    static byte[] sha512(byte[] data) {
        return digest("SHA-512", data);
    }

    /** HMAC-SHA-256 (RFC 2104) of the concatenated parts. */
    public static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts)
                mac.update(part);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * HKDF-Expand (RFC 5869, section 2.3) with SHA-256.
     *
     * @param label  the info, as UTF-8
     * @param length 1 to 8,160
     */
    public static byte[] expand(byte[] prk, String label, int length) {
        if (length < 1 || length > 255 * HASH)
            throw new IllegalArgumentException("HKDF gives 1 to 8160 bytes, not " + length);
        byte[] info = label.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[length];
        byte[] block = {};
        for (int at = 0, counter = 1; at < length; at += HASH, counter++) {
            block = hmac(prk, block, info, new byte[]{(byte) counter});
            System.arraycopy(block, 0, out, at, Math.min(HASH, length - at));
        }
        return out;
    }

    /** @param scalar 32 bytes, clamped here (RFC 7748, section 5) */
    public static PrivateKey x25519Private(byte[] scalar) {
        try {
            return KeyFactory.getInstance("X25519")
                    .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] x25519Public(PrivateKey key) {
        byte[] u = x25519(key, BASEPOINT);
        if (u == null)
            throw new IllegalStateException("the base point has a large order");
        return u;
    }

    /** The shared secret (RFC 7748, section 6.1), or null if it is all zero: the peer's point has a small order. */
    public static byte @Nullable [] x25519(PrivateKey key, byte[] peer) {
        try {
            byte[] masked = peer.clone();
            masked[KEY - 1] &= 0x7f;
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(key);
            agreement.doPhase(KeyFactory.getInstance("X25519")
                    .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, fromLittleEndian(masked))), true);
            byte[] secret = agreement.generateSecret();
            return Arrays.equals(secret, new byte[KEY]) ? null : secret;
        } catch (InvalidKeyException e) {
            return null; // this is how the JDK says "small order"
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static BigInteger fromLittleEndian(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++)
            reversed[i] = bytes[bytes.length - 1 - i];
        return new BigInteger(1, reversed);
    }

    /** 32 bytes; {@code value} below 2^256. */
    static byte[] littleEndian(BigInteger value) {
        byte[] big = value.toByteArray();
        byte[] out = new byte[KEY];
        for (int i = 0; i < Math.min(KEY, big.length); i++)
            out[i] = big[big.length - 1 - i];
        return out;
    }

    private static byte[] digest(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts)
                digest.update(part);
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
