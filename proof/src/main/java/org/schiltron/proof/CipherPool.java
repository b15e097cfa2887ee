package org.schiltron.proof;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The cipher objects that the {@link PacketCipher}s of one thread share: a JDK cipher keeps about 650 bytes, and a
 * process keeps thousands of sessions of which few are busy. Each packet cipher is assigned one of the pool's in turn; a
 * cipher that stays with the same key keeps the key's schedule, which costs half a packet to make. Not for use by more
 * than one thread.
 */
public final class CipherPool {
    private final @Nullable Cipher[] ciphers; // made when first assigned: a client needs two
    private int assigned;

    /** @param size how many, 1 to 65,536; about as many as there are packet ciphers busy at a time */
    public CipherPool(int size) {
        if (size < 1 || size > 65_536)
            throw new IllegalArgumentException("a pool of " + size);
        ciphers = new @Nullable Cipher[size];
    }

    Cipher next() {
        Cipher cipher = ciphers[assigned];
        if (cipher == null)
            cipher = make();
        ciphers[assigned] = cipher;
        assigned = (assigned + 1) % ciphers.length;
        return cipher;
    }

    private static Cipher make() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
