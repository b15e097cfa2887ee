package org.schiltron.proof;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;

/**
 * A key pair: one 32-byte seed gives an Ed25519 key to sign with and an X25519 key for the handshake, which share their
 * scalar and their point (as libsodium's crypto_sign_ed25519_sk_to_curve25519). One name then stands for both, and a
 * delegation signed with one need not name the other. That this joint use is safe where the shared secret is hashed, as
 * Noise does, is argued in Thormarker, "On using the same key pair for Ed25519 and an X25519 based KEM" (ePrint 2021/509).
 *
 * <p>Making one costs about two milliseconds: control rate.
 */
public final class Identity {
    private final byte[] seed;
    private final PrivateKey signing;
    private final PrivateKey agreement;
    private final PublicKey publicKey;

    private Identity(byte[] seed) {
        this.seed = seed;
        try {
            signing = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        byte[] scalar = Arrays.copyOf(Primitives.sha512(seed), Primitives.KEY);
        scalar[0] &= (byte) 0xf8;
        scalar[31] = (byte) (scalar[31] & 0x7f | 0x40);
        agreement = Primitives.x25519Private(scalar);
        // The JDK derives no public key from a private one. Agreement with the base point gives it up to the sign of
        // x; the sign is the one under which our own signature verifies.
        byte[] u = Primitives.x25519Public(agreement);
        PublicKey even = PublicKey.ofMontgomery(u, false);
        publicKey = even.verify(u, sign(u)) ? even : PublicKey.ofMontgomery(u, true);
    }

    public static Identity generate(RandomSource random) {
        return new Identity(random.bytes(Primitives.KEY));
    }

    /** @param seed 32 secret bytes */
    public static Identity ofSeed(byte[] seed) {
        if (seed.length != Primitives.KEY)
            throw new IllegalArgumentException("a secret key has 32 bytes, this has " + seed.length);
        return new Identity(seed.clone());
    }

    /** The secret. Nowhere but to a key file. */
    public byte[] seed() {
        return seed.clone();
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /** An Ed25519 signature, 64 bytes; the same for the same message. */
    public byte[] sign(byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(signing);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A secret that this identity and the holder of another share, the same for ever: HKDF-Expand of the hash of their
     * agreement. For what needs no forward secrecy.
     *
     * @param length 1 to 8,160 bytes
     */
    public byte[] staticSecret(PublicKey remote, String label, int length) {
        byte[] shared = Primitives.x25519(agreement, remote.x25519());
        if (shared == null)
            throw new IllegalStateException("a public key has a large order");
        return Primitives.expand(Primitives.sha256(shared), label, length);
    }

    /** What this identity and the holder of a bare X25519 key share; null if that key has a small order. To be hashed. */
    public byte @Nullable [] agree(byte[] x25519) {
        return Primitives.x25519(agreement, x25519);
    }

    /** The X25519 private key. */
    PrivateKey agreement() {
        return agreement;
    }

    @Override
    public String toString() {
        return "secret key of " + publicKey.text();
    }
}
