package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.schiltron.wire.Wire;

/**
 * What a service gives a client it knows, so that its hellos are served before those with puzzles: the service's word
 * that this client key may come in. Worth nothing without the client's secret key, which signs the mailbox's challenge.
 * Dixon et al., "Phalanx" (2008), section 3.4.2.
 *
 * <pre>
 *  0 "schitok1" (8)
 *  8 service id (16)      the first 16 bytes of SHA-256 of the service's key
 * 24 client key (32)      Ed25519
 * 56 serial (8)           unlike any other of this service, 0 or more; what revocation names
 * 64 expires (8)          seconds since 1970
 * 72 rate (2)             connections a minute, 0: what the mailbox takes as default
 * 74 reserved, zero (6)
 * 80 signature (64)       of all before it, by the service's key or a delegate's that may issue tokens
 * </pre>
 *
 * Decoding looks at the form alone, which costs no curve arithmetic: a mailbox under a flood of forged tokens first
 * checks what is cheap.
 */
public final class Token {
    public static final int BYTES = 144;
    public static final int MAX_RATE = 0xffff;

    private static final SignedForm FORM = new SignedForm("a token", 0x7363_6869_746f_6b31L, "token"); // "schitok1"
    private static final int SIGNED = BYTES - SignedForm.SIGNATURE;

    private final byte[] encoded;

    private Token(byte[] encoded) {
        this.encoded = encoded;
        FORM.checkReserved(encoded, 74, SIGNED);
        FORM.checkTime(expiresEpochSeconds());
        if (serial() < 0)
            throw new IllegalArgumentException("a token's serial number is not negative");
    }

    /**
     * @param issuer              the service, or its delegate for tokens
     * @param serial              0 or more; drawn at random it does not tell that two tokens were issued together
     * @param connectionsPerMinute 0 to 65,535; 0: the mailbox's default
     */
    public static Token issue(Identity issuer, PublicKey service, PublicKey client, long serial,
            long expiresEpochSeconds, int connectionsPerMinute) {
        if (connectionsPerMinute < 0 || connectionsPerMinute > MAX_RATE)
            throw new IllegalArgumentException(connectionsPerMinute + " connections a minute is not one of 0-65535");
        byte[] bytes = FORM.begin(BYTES);
        MemorySegment s = MemorySegment.ofArray(bytes);
        Wire.putLong(s, 8, service.idHigh());
        Wire.putLong(s, 16, service.idLow());
        Wire.putBytes(s, 24, client.bytes());
        Wire.putLong(s, 56, serial);
        Wire.putLong(s, 64, expiresEpochSeconds);
        Wire.putU16(s, 72, connectionsPerMinute);
        SignedForm.sign(issuer, bytes, SIGNED, SIGNED);
        return new Token(bytes);
    }

    /**
     * The 144 bytes at {@code offset}; what follows is not looked at.
     *
     * @throws IllegalArgumentException that says what is malformed; the signature is for {@link #signedBy}
     */
    public static Token decode(byte[] bytes, int offset) {
        return new Token(FORM.take(bytes, offset, BYTES));
    }

    /** Reads {@link #text}. */
    public static Token parse(String text) {
        return decode(FORM.parse(text, BYTES), 0);
    }

    public byte[] encode() {
        return encoded.clone();
    }

    /** {@code schiltron-token-1-} and 236 characters. */
    public String text() {
        return FORM.text(encoded);
    }

    /** Whether {@code issuer} signed it and its client has a key that is one. About a millisecond. */
    public boolean signedBy(PublicKey issuer) {
        try {
            client();
        } catch (IllegalArgumentException e) {
            return false;
        }
        return SignedForm.verify(issuer, encoded, SIGNED, SIGNED);
    }

    public boolean isFor(PublicKey service) {
        return serviceIdHigh() == service.idHigh() && serviceIdLow() == service.idLow();
    }

    public boolean isExpired(long nowEpochSeconds) {
        return nowEpochSeconds >= expiresEpochSeconds();
    }

    /** The first half of the service's id. */
    public long serviceIdHigh() {
        return field(8);
    }

    public long serviceIdLow() {
        return field(16);
    }

    /**
     * Who may use it.
     *
     * @throws IllegalArgumentException if that is no key, which {@link #signedBy} has found before
     */
    public PublicKey client() {
        return FORM.key(encoded, 24, "client");
    }

    /** 0 or more. */
    public long serial() {
        return field(56);
    }

    public long expiresEpochSeconds() {
        return field(64);
    }

    /** 0: the mailbox's default. */
    public int connectionsPerMinute() {
        return Wire.getU16(MemorySegment.ofArray(encoded), 72);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Token t && Arrays.equals(t.encoded, encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    /** The number alone: who reads a log needs no token. */
    @Override
    public String toString() {
        return "token " + serial();
    }

    private long field(int at) {
        return Wire.getLong(MemorySegment.ofArray(encoded), at);
    }
}
