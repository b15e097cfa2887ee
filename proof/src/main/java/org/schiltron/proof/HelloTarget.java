package org.schiltron.proof;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What a proof at the door covers: the mailbox as client and service know it, the service, the challenge, and the sealed
 * hello. So no mailbox can pass off another's challenge, nor spend a client's work on a hello of its own.
 *
 * <pre>
 * P = SHA-256("schiltron first 3" || address (16) || port (2) || service's key (32)), first 15 bytes
 * D = SHA-256(sealed hello), first 16 bytes; travels with the proof
 * T = P || challenge (16) || D
 * </pre>
 *
 * T is short enough for one block of SHA-256 together with a solution of the {@link HashPuzzle}: with P known and D taken
 * at its word, too little effort costs a mailbox one block in all. Who would put another hello under a proof needs a second
 * pre-image of 128 bits; who would put another mailbox or service under it, of 120.
 *
 * <p>A token is proved by an Ed25519 signature of "schiltron token 1" || T. For one thread; nothing is allocated per target.
 */
public final class HelloTarget {
    private static final byte[] DOMAIN = "schiltron first 3".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TOKEN_DOMAIN = "schiltron token 1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REGISTER_DOMAIN = "schiltron post 1".getBytes(StandardCharsets.US_ASCII);

    /** Of T. */
    public static final int BYTES = 47;
    /** Of P. */
    public static final int PLACE = 15;
    /** Of the hashes that P and D are the beginnings of, and of what a new poster solves for. */
    public static final int HASH = 32;
    private static final int DIGEST = 16;

    private final MessageDigest digest = HashPuzzle.sha256();
    private final byte[] words = new byte[18];
    private final byte[] place = new byte[HASH];
    private final byte[] hello = new byte[HASH];

    /**
     * P.
     *
     * @param addressHigh of the mailbox, IPv6 or IPv4-mapped
     * @param key         the service's, 32 bytes
     * @param into        {@value #HASH} bytes, of which the first {@value #PLACE} are it
     */
    public void place(long addressHigh, long addressLow, int port, byte[] key, byte[] into) {
        digest.update(DOMAIN);
        mailbox(addressHigh, addressLow, port);
        digest.update(key, 0, 32);
        finish(into);
    }

    /**
     * D.
     *
     * @param sealed the sealed hello is {@code length} bytes of it from {@code at} on
     * @param into   {@value #HASH} bytes, of which the first 16 are it
     */
    public void digest(byte[] sealed, int at, int length, byte[] into) {
        digest.update(sealed, at, length);
        finish(into);
    }

    /**
     * T.
     *
     * @param ofPlace P, the first {@value #PLACE} bytes
     * @param ofHello D, the first 16 bytes
     * @param into    {@value #BYTES} bytes
     */
    public static void of(byte[] ofPlace, long challengeHigh, long challengeLow, byte[] ofHello, byte[] into) {
        System.arraycopy(ofPlace, 0, into, 0, PLACE);
        put(challengeHigh, into, PLACE);
        put(challengeLow, into, PLACE + 8);
        System.arraycopy(ofHello, 0, into, PLACE + 16, DIGEST);
    }

    /** T, from its parts. */
    public void of(long addressHigh, long addressLow, int port, byte[] key, long challengeHigh, long challengeLow,
            byte[] sealed, byte[] into) {
        place(addressHigh, addressLow, port, key, place);
        digest(sealed, 0, sealed.length, hello);
        of(place, challengeHigh, challengeLow, hello, into);
    }

    /** D of a whole sealed hello. */
    public static byte[] digest(byte[] sealed) {
        return Arrays.copyOf(Primitives.sha256(sealed), DIGEST);
    }

    /** What a new poster solves a hash puzzle for, 32 bytes: its cookie at this mailbox, for this service. */
    public void ofPost(long addressHigh, long addressLow, int port, byte[] key, long cookie, byte[] into) {
        digest.update(REGISTER_DOMAIN);
        mailbox(addressHigh, addressLow, port);
        digest.update(key, 0, 32);
        put(cookie, words, 0);
        digest.update(words, 0, 8);
        finish(into);
    }

    /** What the holder of a token signs. */
    public static byte[] signedByHolder(byte[] target) {
        byte[] message = new byte[TOKEN_DOMAIN.length + BYTES];
        System.arraycopy(TOKEN_DOMAIN, 0, message, 0, TOKEN_DOMAIN.length);
        System.arraycopy(target, 0, message, TOKEN_DOMAIN.length, BYTES);
        return message;
    }

    private void mailbox(long addressHigh, long addressLow, int port) {
        put(addressHigh, words, 0);
        put(addressLow, words, 8);
        words[16] = (byte) (port >>> 8);
        words[17] = (byte) port;
        digest.update(words, 0, 18);
    }

    private static void put(long word, byte[] into, int at) {
        HashPuzzle.WORD.set(into, at, word);
    }

    private void finish(byte[] into) {
        try {
            digest.digest(into, 0, HASH);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }
}
