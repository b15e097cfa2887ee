package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Arrays;
import org.schiltron.wire.Wire;

/**
 * What signed objects of fixed layout have in common: eight bytes that say what they are and of which version, reserved
 * bytes that are zero, times in seconds since 1970, Ed25519 signatures at the end, and a text of their own prefix.
 */
final class SignedForm {
    static final int SIGNATURE = 64;
    /** How far two clocks may be apart before what has just been signed counts as not yet valid. */
    static final long SKEW_SECONDS = 120;
    /** The end of the year 9999: later times are mistakes, and have no usual text. */
    private static final long MAX_EPOCH_SECONDS = 253_402_300_799L;

    private final String what;
    private final long magic;
    private final String prefix;
    private final String domain;

    /**
     * @param what  with its article, for messages: "a token"
     * @param magic the first eight bytes
     * @param name  in the prefix of its text, and the domain of its checksum
     */
    SignedForm(String what, long magic, String name) {
        this.what = what;
        this.magic = magic;
        prefix = "schiltron-" + name + "-1-";
        domain = "schiltron " + name;
    }

    /** {@code length} bytes that begin with the magic. */
    byte[] begin(int length) {
        byte[] bytes = new byte[length];
        Wire.putLong(MemorySegment.ofArray(bytes), 0, magic);
        return bytes;
    }

    /** A copy of the {@code length} bytes at {@code offset}, which begin with the magic. */
    byte[] take(byte[] bytes, int offset, int length) {
        if (offset < 0 || bytes.length - offset < length)
            throw new IllegalArgumentException(
                    what + " has " + length + " bytes, not " + Math.max(0, bytes.length - offset));
        byte[] taken = Arrays.copyOfRange(bytes, offset, offset + length);
        checkMagic(taken);
        return taken;
    }

    void checkMagic(byte[] bytes) {
        if (bytes.length < 8 || Wire.getLong(MemorySegment.ofArray(bytes), 0) != magic)
            throw new IllegalArgumentException("not " + what + ", or of another format");
    }

    void checkReserved(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0)
                throw new IllegalArgumentException(what + "'s reserved bytes are zero, these are not");
        }
    }

    void checkTime(long epochSeconds) {
        if (epochSeconds < 0 || epochSeconds > MAX_EPOCH_SECONDS)
            throw new IllegalArgumentException(what + "'s times lie between 1970 and 9999, this does not");
    }

    /** The key at {@code at}. */
    PublicKey key(byte[] bytes, int at, String whose) {
        try {
            return PublicKey.of(Arrays.copyOfRange(bytes, at, at + Primitives.KEY));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + "'s " + whose + " key: " + e.getMessage(), e);
        }
    }

    String text(byte[] encoded) {
        return prefix + Base32.encodeChecked(domain, encoded);
    }

    boolean isText(String text) {
        return text.startsWith(prefix);
    }

    /** @param text without white space around it */
    byte[] parse(String text, int length) {
        checkPrefix(text);
        return Base32.decodeChecked(domain, what, text.substring(prefix.length()), length);
    }

    /** As {@link #parse}, for what has no fixed length. */
    byte[] parseUpTo(String text, int maxLength) {
        checkPrefix(text);
        int characters = text.length() - prefix.length();
        int length = (int) (characters * 5L / 8) - Base32.CHECKSUM;
        if (length < 0 || length > maxLength)
            throw new IllegalArgumentException(
                    what + " has at most " + maxLength + " bytes, this has " + Math.max(0, length));
        return Base32.decodeChecked(domain, what, text.substring(prefix.length()), length);
    }

    private void checkPrefix(String text) {
        if (!isText(text))
            throw new IllegalArgumentException("not " + what + ": it begins with \"" + HostPort.shorten(text)
                    + "\", not with " + prefix);
    }

    /** Writes the signature of all that stands before {@code signed} at {@code at}. */
    static void sign(Identity signer, byte[] bytes, int signed, int at) {
        System.arraycopy(signer.sign(Arrays.copyOf(bytes, signed)), 0, bytes, at, SIGNATURE);
    }

    static boolean verify(PublicKey signer, byte[] bytes, int signed, int at) {
        return signer.verify(Arrays.copyOf(bytes, signed), Arrays.copyOfRange(bytes, at, at + SIGNATURE));
    }

    /** For messages: {@code 2027-01-15T08:00:00Z}. */
    static String time(long epochSeconds) {
        return Instant.ofEpochSecond(epochSeconds).toString();
    }
}
