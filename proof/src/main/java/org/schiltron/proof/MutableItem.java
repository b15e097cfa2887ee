package org.schiltron.proof;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A mutable item of the BitTorrent Mainline DHT whose value is a string of bytes. BEP 44, "Mutable Items" and "Signature
 * Verification": the owner of the key signs salt, sequence number and value; whoever has the signature can put the item,
 * and a node that has one keeps the highest sequence number.
 *
 * @param salt      at most {@link #MAX_SALT_BYTES}; empty for none
 * @param sequence  not negative
 * @param value     what the owner says, not bencoded
 * @param signature 64 bytes, perhaps nobody's: see {@link #isSigned}
 */
public record MutableItem(PublicKey key, byte[] salt, long sequence, byte[] value, byte[] signature) {
    public static final int MAX_SALT_BYTES = 64;
    /** The bencoded value, "995:" and so on, stays below 1,000 bytes, as BEP 44 asks where it is strictest. */
    public static final int MAX_VALUE_BYTES = 995;

    public MutableItem {
        salt = salt.clone();
        value = value.clone();
        signature = signature.clone();
        if (salt.length > MAX_SALT_BYTES)
            throw new IllegalArgumentException("an item's salt has at most " + MAX_SALT_BYTES + " bytes");
        if (sequence < 0)
            throw new IllegalArgumentException("an item's sequence number is not negative");
        if (value.length > MAX_VALUE_BYTES)
            throw new IllegalArgumentException(
                    "an item's value has at most " + MAX_VALUE_BYTES + " bytes, not " + value.length);
        if (signature.length != SignedForm.SIGNATURE)
            throw new IllegalArgumentException("an item's signature has 64 bytes, not " + signature.length);
    }

    public static MutableItem sign(Identity owner, byte[] salt, long sequence, byte[] value) {
        return new MutableItem(owner.publicKey(), salt, sequence, value,
                owner.sign(signedBuffer(salt, sequence, value)));
    }

    /** Whether the owner of the key has signed it. */
    public boolean isSigned() {
        return key.verify(signedBuffer(salt, sequence, value), signature);
    }

    /** What is signed: {@code 4:salt6:foobar3:seqi1e1:v12:Hello World!}, without the salt where it is empty. */
    static byte[] signedBuffer(byte[] salt, long sequence, byte[] value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (salt.length > 0) {
            put(out, "4:salt" + salt.length + ":");
            out.writeBytes(salt);
        }
        put(out, "3:seqi" + sequence + "e1:v" + value.length + ":");
        out.writeBytes(value);
        return out.toByteArray();
    }

    /** Where in the DHT it lies: SHA-1 of key and salt, 20 bytes. */
    public static byte[] target(PublicKey key, byte[] salt) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(key.bytes());
            return sha1.digest(salt);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
