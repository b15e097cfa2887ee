package org.schiltron.proof;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/**
 * The name of a service: an Ed25519 public key (RFC 8032), 32 bytes. The same key serves for key agreement, mapped to
 * the Montgomery curve (RFC 7748, section 4.1).
 *
 * <p>Its text is 56 characters: base 32 of the key and three bytes of SHA-256("schiltron key" || key), so that one wrong
 * character is always found and a random text passes once in 16 million.
 */
public final class PublicKey {
    private static final String DOMAIN = "schiltron key";
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger D = BigInteger.valueOf(-121_665)
            .multiply(BigInteger.valueOf(121_666).modInverse(P)).mod(P);

    private final byte[] key;
    private final byte[] montgomery;
    private final long idHigh;
    private final long idLow;

    private PublicKey(byte[] key, byte[] montgomery) {
        this.key = key;
        this.montgomery = montgomery;
        byte[] hash = Primitives.sha256(key);
        idHigh = bigEndian(hash, 0);
        idLow = bigEndian(hash, 8);
    }

    /**
     * @param bytes 32
     * @throws IllegalArgumentException if they are not the canonical form of a point of large order
     */
    public static PublicKey of(byte[] bytes) {
        if (bytes.length != Primitives.KEY)
            throw new IllegalArgumentException("a public key has 32 bytes, this has " + bytes.length);
        byte[] key = bytes.clone();
        BigInteger y = y(key);
        if (y.compareTo(P) >= 0)
            throw new IllegalArgumentException("not a public key: not in canonical form");
        // x^2 = (y^2 - 1) / (d y^2 + 1), RFC 8032, section 5.1.3
        BigInteger ySquared = y.multiply(y).mod(P);
        BigInteger numerator = ySquared.subtract(BigInteger.ONE).mod(P);
        BigInteger denominator = D.multiply(ySquared).add(BigInteger.ONE).mod(P);
        BigInteger xSquared = numerator.multiply(denominator.modInverse(P)).mod(P);
        // Orders 1 and 2 have x = 0, order 4 has y = 0, order 8 has x^2 = -y^2.
        if (xSquared.signum() == 0 || y.signum() == 0 || xSquared.add(ySquared).equals(P))
            throw new IllegalArgumentException("not a public key: a point of small order");
        if (!xSquared.modPow(P.shiftRight(1), P).equals(BigInteger.ONE))
            throw new IllegalArgumentException("not a public key: no point of the curve");
        return new PublicKey(key, Primitives.littleEndian(BigInteger.ONE.add(y)
                .multiply(BigInteger.ONE.subtract(y).mod(P).modInverse(P)).mod(P)));
    }

    /** Reads {@link #text}. */
    public static PublicKey parse(String text) {
        return of(Base32.decodeChecked(DOMAIN, "a public key", text));
    }

    /** The point with this u on the Montgomery curve and this sign of x on the Edwards curve. */
    static PublicKey ofMontgomery(byte[] u, boolean xOdd) {
        BigInteger value = Primitives.fromLittleEndian(u);
        BigInteger y = value.subtract(BigInteger.ONE).multiply(value.add(BigInteger.ONE).modInverse(P)).mod(P);
        byte[] key = Primitives.littleEndian(y);
        if (xOdd)
            key[Primitives.KEY - 1] |= (byte) 0x80;
        return new PublicKey(key, u.clone());
    }

    public byte[] bytes() {
        return key.clone();
    }

    /** 56 characters of a-z and 2-7. */
    public String text() {
        return Base32.encodeChecked(DOMAIN, key);
    }

    /** u = (1 + y) / (1 - y), 32 bytes, as libsodium's crypto_sign_ed25519_pk_to_curve25519. */
    public byte[] x25519() {
        return montgomery.clone();
    }

    /** The first half of the service id: the first 16 bytes of SHA-256 of the key. */
    public long idHigh() {
        return idHigh;
    }

    public long idLow() {
        return idLow;
    }

    /** Whether {@code signature} is this key's of {@code message}; false for a signature of any wrong form. */
    public boolean verify(byte[] message, byte[] signature) {
        if (signature.length != 64)
            return false;
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new EdECPublicKeySpec(
                    NamedParameterSpec.ED25519, new EdECPoint((key[Primitives.KEY - 1] & 0x80) != 0, y(key)))));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey k && Arrays.equals(k.key, key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return text();
    }

    private static BigInteger y(byte[] key) {
        byte[] masked = key.clone();
        masked[Primitives.KEY - 1] &= 0x7f;
        return Primitives.fromLittleEndian(masked);
    }

    private static long bigEndian(byte[] bytes, int at) {
        long word = 0;
        for (int i = 0; i < 8; i++)
            word = word << 8 | bytes[at + i] & 0xff;
        return word;
    }
}
