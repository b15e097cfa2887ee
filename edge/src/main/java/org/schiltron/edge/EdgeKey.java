package org.schiltron.edge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret with which the edges of an operator sign what they hand to clients (HMAC-SHA-256, RFC 2104), so that any
 * of them knows it again. A key that was replaced still checks for as long as it is listed. Each use has a purpose,
 * which is part of what is signed: a token is no cookie.
 */
public final class EdgeKey {
    public static final int MIN_BYTES = 16;

    private final List<SecretKeySpec> keys = new ArrayList<>();

    /**
     * @param current  signs and checks; 16 bytes or more, drawn at random
     * @param replaced check only
     */
    public EdgeKey(byte[] current, byte[]... replaced) {
        add(current);
        for (byte[] key : replaced)
            add(key);
    }

    private void add(byte[] key) {
        if (key.length < MIN_BYTES)
            throw new IllegalArgumentException("an edge's key has at least " + MIN_BYTES + " bytes, not " + key.length);
        keys.add(new SecretKeySpec(key, "HmacSHA256"));
    }

    /** 32 bytes, of the current key. */
    byte[] mac(String purpose, byte[]... parts) {
        return mac(keys.getFirst(), purpose, parts);
    }

    /** Whether any key gives this; takes as long whichever does, and whatever differs. */
    boolean isMac(byte[] claimed, String purpose, byte[]... parts) {
        boolean is = false;
        for (SecretKeySpec key : keys)
            is |= MessageDigest.isEqual(mac(key, purpose, parts), claimed);
        return is;
    }

    private static byte[] mac(SecretKeySpec key, String purpose, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            update(mac, purpose.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts)
                update(mac, part);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With its length before it, so that no two rows of parts are the same bytes. */
    private static void update(Mac mac, byte[] part) {
        mac.update(new byte[]{(byte) (part.length >>> 24), (byte) (part.length >>> 16), (byte) (part.length >>> 8),
                (byte) part.length});
        mac.update(part);
    }
}
