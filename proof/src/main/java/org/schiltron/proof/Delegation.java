package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.wire.Wire;

/**
 * A service's word that another key may act for it, for some uses and some time, so that the service's own key can stay
 * offline. What a stolen delegate can do ends when the delegation expires.
 *
 * <pre>
 *  0 "schidel1" (8)
 *  8 service key (32)
 * 40 delegate key (32)
 * 72 not before (8)       seconds since 1970
 * 80 expires (8)          seconds since 1970
 * 88 uses (1)             1 records, 2 batches, 4 handshakes, 8 tokens; at least one
 * 89 reserved, zero (7)
 * 96 signature (64)       of all before it, by the service's key
 * </pre>
 */
public final class Delegation {
    public static final int BYTES = 160;

    private static final SignedForm FORM = new SignedForm("a delegation", 0x7363_6869_6465_6c31L, "delegation"); // "schidel1"
    private static final int ALL_USES = 15;
    private static final int SIGNED = BYTES - SignedForm.SIGNATURE;

    /** What a delegate may do. */
    public enum Use {
        /** Sign the service's records. */
        RECORDS(1),
        /** Sign batches of first contacts. */
        BATCHES(2),
        /** Answer clients' handshakes. */
        HANDSHAKES(4),
        /** Issue tokens. */
        TOKENS(8);

        private final int bit;

        Use(int bit) {
            this.bit = bit;
        }

        /** As it is written on the command line. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final byte[] encoded;
    private final PublicKey service;
    private final PublicKey delegate;

    private Delegation(byte[] encoded) {
        this.encoded = encoded;
        service = FORM.key(encoded, 8, "service");
        delegate = FORM.key(encoded, 40, "delegate");
        FORM.checkReserved(encoded, 89, SIGNED);
        FORM.checkTime(notBeforeEpochSeconds());
        FORM.checkTime(expiresEpochSeconds());
        if (notBeforeEpochSeconds() >= expiresEpochSeconds())
            throw new IllegalArgumentException("the delegation expires before it begins");
        if (encoded[88] == 0 || (encoded[88] & 0xff) > ALL_USES)
            throw new IllegalArgumentException("the delegation's uses are none, or unknown");
    }

    /** @param uses at least one */
    public static Delegation sign(Identity service, PublicKey delegate, long notBeforeEpochSeconds,
            long expiresEpochSeconds, Set<Use> uses) {
        byte[] bytes = FORM.begin(BYTES);
        MemorySegment s = MemorySegment.ofArray(bytes);
        Wire.putBytes(s, 8, service.publicKey().bytes());
        Wire.putBytes(s, 40, delegate.bytes());
        Wire.putLong(s, 72, notBeforeEpochSeconds);
        Wire.putLong(s, 80, expiresEpochSeconds);
        int bits = 0;
        for (Use use : Use.values())
            bits |= uses.contains(use) ? use.bit : 0;
        Wire.putU8(s, 88, bits);
        SignedForm.sign(service, bytes, SIGNED, SIGNED);
        return new Delegation(bytes);
    }

    /**
     * The 160 bytes at {@code offset}; what follows is not looked at.
     *
     * @throws IllegalArgumentException that says what is malformed; the signature is for {@link #check}
     */
    public static Delegation decode(byte[] bytes, int offset) {
        return new Delegation(FORM.take(bytes, offset, BYTES));
    }

    /** Reads {@link #text}. */
    public static Delegation parse(String text) {
        return decode(FORM.parse(text, BYTES), 0);
    }

    public byte[] encode() {
        return encoded.clone();
    }

    /** {@code schiltron-delegation-1-} and 261 characters. No secret. */
    public String text() {
        return FORM.text(encoded);
    }

    /** Null if {@code of} lets the delegate do that now, else why not. Verifies a signature: about a millisecond. */
    public @Nullable String check(PublicKey of, Use use, long nowEpochSeconds) {
        if (!service.equals(of))
            return "the delegation is by another service, " + service;
        if (!allows(use))
            return "the delegation is not for " + use.label();
        if (nowEpochSeconds >= expiresEpochSeconds())
            return "the delegation expired at " + SignedForm.time(expiresEpochSeconds());
        if (nowEpochSeconds < notBeforeEpochSeconds() - SignedForm.SKEW_SECONDS)
            return "the delegation is not valid before " + SignedForm.time(notBeforeEpochSeconds());
        return SignedForm.verify(service, encoded, SIGNED, SIGNED)
                ? null
                : "the delegation was not signed by the service";
    }

    /** Whether this use is among its uses, valid or not. */
    public boolean allows(Use use) {
        return (encoded[88] & use.bit) != 0;
    }

    public Set<Use> uses() {
        Set<Use> uses = EnumSet.noneOf(Use.class);
        for (Use use : Use.values()) {
            if (allows(use))
                uses.add(use);
        }
        return uses;
    }

    public PublicKey service() {
        return service;
    }

    public PublicKey delegate() {
        return delegate;
    }

    public long notBeforeEpochSeconds() {
        return Wire.getLong(MemorySegment.ofArray(encoded), 72);
    }

    public long expiresEpochSeconds() {
        return Wire.getLong(MemorySegment.ofArray(encoded), 80);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Delegation d && Arrays.equals(d.encoded, encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "delegation of " + delegate + " by " + service;
    }
}
