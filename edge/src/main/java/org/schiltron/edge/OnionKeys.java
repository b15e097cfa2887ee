package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.schiltron.proof.Primitives;

/**
 * What an ingress and one node of its way share. First of the header, from the ingress's ephemeral key for this hop and
 * the node's own; then of the leg, in which an ephemeral key of the node takes part, too: who gets the node's own key
 * later reads neither what went over the leg nor, without the ingress's, who asked.
 *
 * <pre>
 * header = HMAC("schiltron onion 1", X25519(e, N) || E || N)         e, E: the ingress's pair; N: the node's key
 * leg    = HMAC(header, X25519(y, E) || Y)                           y, Y: the node's pair
 * </pre>
 *
 * and from these HKDF-Expand with "schiltron onion " and a label.
 */
final class OnionKeys {
    static final int MAC = 16;

    private static final byte[] DOMAIN = "schiltron onion 1".getBytes(US_ASCII);

    private final byte[] secret;

    private OnionKeys(byte[] secret) {
        this.secret = secret;
    }

    /**
     * @param shared    what the ingress's ephemeral key and the node's agree on
     * @param ephemeral the ingress's, public
     */
    static OnionKeys header(byte[] shared, byte[] ephemeral, byte[] node) {
        return new OnionKeys(Primitives.hmac(DOMAIN, shared, ephemeral, node));
    }

    /** @param shared what both ephemeral keys agree on */
    OnionKeys leg(byte[] shared, byte[] nodeEphemeral) {
        return new OnionKeys(Primitives.hmac(secret, shared, nodeEphemeral));
    }

    byte[] key(String label, int length) {
        return Primitives.expand(secret, "schiltron onion " + label, length);
    }

    /** Over what is covered, 16 bytes. */
    byte[] mac(byte[]... covered) {
        return Arrays.copyOf(Primitives.hmac(key("mac", 32), covered), MAC);
    }

    /** AES-128 in counter mode from zero: each label's key is used for one stream only. */
    Cipher stream(String label) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key(label, 16), "AES"),
                    new IvParameterSpec(new byte[16]));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Enciphers or deciphers in place, going on where the stream is. */
    static void crypt(Cipher stream, byte[] bytes, int offset, int length) {
        try {
            if (stream.update(bytes, offset, length, bytes, offset) != length)
                throw new IllegalStateException("a stream cipher holds bytes back");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
