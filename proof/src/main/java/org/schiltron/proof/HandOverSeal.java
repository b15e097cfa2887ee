package org.schiltron.proof;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.schiltron.machine.RandomSource;

/**
 * What a service's end hands over to itself on another machine, sealed so that only the holder of its key makes or reads
 * it. It holds the keys of all sessions, so it is good for {@value #GOOD_SECONDS} seconds, and is to be used once.
 *
 * <pre>
 *  0 "schimov1" (8)
 *  8 key of the service's end (32)
 * 40 made (8)              seconds since 1970
 * 48 nonce (12)            random
 * 60 AES-256-GCM of the sessions and its tag (16), the 48 bytes before the nonce as associated data; the key is the
 *    static secret of the service's end with itself, label "schiltron hand-over"
 * </pre>
 *
 * As text: {@code schiltron-hand-over-1-} and base64 without padding.
 */
public final class HandOverSeal {
    /** After that the sessions have ended, at their clients. */
    public static final long GOOD_SECONDS = 600;

    private static final String PREFIX = "schiltron-hand-over-1-";
    private static final long MAGIC = 0x7363_6869_6d6f_7631L; // "schimov1"
    private static final int HEAD = 48;
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int SKEW_SECONDS = 60;

    private HandOverSeal() {
    }

    public static String seal(Identity key, long nowEpochSeconds, byte[] sessions, RandomSource random) {
        byte[] head = ByteBuffer.allocate(HEAD).putLong(MAGIC).put(key.publicKey().bytes()).putLong(nowEpochSeconds)
                .array();
        byte[] nonce = random.bytes(NONCE);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, head, nonce).doFinal(sessions);
            byte[] all = ByteBuffer.allocate(HEAD + NONCE + sealed.length).put(head).put(nonce).put(sealed).array();
            return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalArgumentException with the reason, if {@code key} did not seal that lately */
    public static byte[] open(Identity key, long nowEpochSeconds, String text) {
        if (!text.startsWith(PREFIX))
            throw new IllegalArgumentException("no hand-over: it does not begin with " + PREFIX);
        byte[] all = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        if (all.length < HEAD + NONCE + TAG)
            throw new IllegalArgumentException("the hand-over is cut off");
        ByteBuffer in = ByteBuffer.wrap(all);
        byte[] by = new byte[Primitives.KEY];
        if (in.getLong() != MAGIC)
            throw new IllegalArgumentException("no hand-over");
        in.get(by);
        if (!Arrays.equals(by, key.publicKey().bytes()))
            throw new IllegalArgumentException("the hand-over was made with another key than this");
        byte[] opened;
        try {
            byte[] head = Arrays.copyOf(all, HEAD);
            byte[] nonce = Arrays.copyOfRange(all, HEAD, HEAD + NONCE);
            opened = cipher(Cipher.DECRYPT_MODE, key, head, nonce).doFinal(all, HEAD + NONCE,
                    all.length - HEAD - NONCE);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the hand-over is damaged", e);
        }
        long age = nowEpochSeconds - in.getLong();
        if (age < -SKEW_SECONDS)
            throw new IllegalArgumentException("the hand-over was made " + -age + " s from now: set the clocks right");
        if (age > GOOD_SECONDS)
            throw new IllegalArgumentException("the hand-over was made " + age + " s ago, and is good for "
                    + GOOD_SECONDS + ": its sessions have ended");
        return opened;
    }

    private static Cipher cipher(int mode, Identity key, byte[] head, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] secret = key.staticSecret(key.publicKey(), "schiltron hand-over", 32);
        cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(head);
        return cipher;
    }
}
