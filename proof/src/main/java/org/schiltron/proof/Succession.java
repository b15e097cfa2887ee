package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.wire.Wire;

/**
 * A service's word that it goes on under another key. Both keys sign, so that no service can name a stranger's key as its
 * own next. Whoever has the old key can name a successor: it is for keys that are given up, not for keys that are stolen.
 *
 * <pre>
 *   0 "schisuc1" (8)
 *   8 old service key (32)
 *  40 new service key (32)
 *  72 issued (8)             seconds since 1970
 *  80 signature (64)         of all before it, by the old key
 * 144 signature (64)         of the same, by the new key
 * </pre>
 */
public final class Succession {
    public static final int BYTES = 208;

    private static final SignedForm FORM = new SignedForm("a succession", 0x7363_6869_7375_6331L, "succession"); // "schisuc1"
    private static final int SIGNED = BYTES - 2 * SignedForm.SIGNATURE;

    private final byte[] encoded;
    private final PublicKey from;
    private final PublicKey to;

    private Succession(byte[] encoded) {
        this.encoded = encoded;
        from = FORM.key(encoded, 8, "old");
        to = FORM.key(encoded, 40, "new");
        FORM.checkTime(issuedEpochSeconds());
        if (from.equals(to))
            throw new IllegalArgumentException("a succession names another key, this the same");
    }

    public static Succession sign(Identity from, Identity to, long issuedEpochSeconds) {
        byte[] bytes = FORM.begin(BYTES);
        MemorySegment s = MemorySegment.ofArray(bytes);
        Wire.putBytes(s, 8, from.publicKey().bytes());
        Wire.putBytes(s, 40, to.publicKey().bytes());
        Wire.putLong(s, 72, issuedEpochSeconds);
        SignedForm.sign(from, bytes, SIGNED, SIGNED);
        SignedForm.sign(to, bytes, SIGNED, SIGNED + SignedForm.SIGNATURE);
        return new Succession(bytes);
    }

    /** @throws IllegalArgumentException that says what is malformed; the signatures are for {@link #check} */
    public static Succession decode(byte[] bytes, int offset) {
        return new Succession(FORM.take(bytes, offset, BYTES));
    }

    /** Reads {@link #text}. */
    public static Succession parse(String text) {
        return decode(FORM.parse(text, BYTES), 0);
    }

    /** Whether a line is meant to be one. */
    public static boolean isText(String text) {
        return FORM.isText(text);
    }

    public byte[] encode() {
        return encoded.clone();
    }

    /** {@code schiltron-succession-1-} and 338 characters. No secret. */
    public String text() {
        return FORM.text(encoded);
    }

    /** Null if both keys signed it and it is issued by now, else why not. */
    public @Nullable String check(long nowEpochSeconds) {
        if (nowEpochSeconds < issuedEpochSeconds() - SignedForm.SKEW_SECONDS)
            return "the succession is not valid before " + SignedForm.time(issuedEpochSeconds());
        if (!SignedForm.verify(from, encoded, SIGNED, SIGNED))
            return "the succession was not signed by the old key";
        if (!SignedForm.verify(to, encoded, SIGNED, SIGNED + SignedForm.SIGNATURE))
            return "the succession was not signed by the new key";
        return null;
    }

    /** The key that is given up. */
    public PublicKey from() {
        return from;
    }

    /** The key that takes its place. */
    public PublicKey to() {
        return to;
    }

    public long issuedEpochSeconds() {
        return Wire.getLong(MemorySegment.ofArray(encoded), 72);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Succession s && Arrays.equals(s.encoded, encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "succession from " + from + " to " + to;
    }
}
