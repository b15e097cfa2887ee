package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.wire.Wire;

/**
 * A mailbox's word about itself, for whoever keeps a swarm list. It proves that the same key speaks, not that the mailbox
 * is there or any good: the keeper of the list finds that out.
 *
 * <pre>
 *  0 "schimbx1" (8)
 *  8 mailbox key (32)
 * 40 address (16)         IPv6 or IPv4-mapped
 * 56 port (2)             not 0
 * 58 operator (2)         who runs it, a number that the keeper of the list gives; 0: not stated
 * 60 link (4)             Mbit/s, 1 or more
 * 64 expires (8)          seconds since 1970
 * 72 signature (64)       of all before it, by the mailbox's key
 * </pre>
 */
public final class MailboxDescriptor {
    public static final int BYTES = 136;

    private static final SignedForm FORM = new SignedForm("a mailbox descriptor", 0x7363_6869_6d62_7831L, "mailbox"); // "schimbx1"
    private static final int SIGNED = BYTES - SignedForm.SIGNATURE;

    private final byte[] encoded;
    private final PublicKey mailbox;

    private MailboxDescriptor(byte[] encoded) {
        this.encoded = encoded;
        mailbox = FORM.key(encoded, 8, "mailbox");
        FORM.checkTime(expiresEpochSeconds());
        if (address().port() == 0)
            throw new IllegalArgumentException("the mailbox descriptor has no port");
        if (linkMbitPerSecond() < 1)
            throw new IllegalArgumentException("the mailbox descriptor's link has no rate");
    }

    /**
     * @param operator          0 to 65,535
     * @param linkMbitPerSecond 1 or more
     */
    public static MailboxDescriptor sign(Identity mailbox, Path address, int operator, int linkMbitPerSecond,
            long expiresEpochSeconds) {
        byte[] bytes = FORM.begin(BYTES);
        MemorySegment s = MemorySegment.ofArray(bytes);
        Wire.putBytes(s, 8, mailbox.publicKey().bytes());
        Wire.putAddress(s, 40, address);
        Wire.putU16(s, 58, new SwarmList.Entry(address, operator).operator());
        Wire.putInt(s, 60, linkMbitPerSecond);
        Wire.putLong(s, 64, expiresEpochSeconds);
        SignedForm.sign(mailbox, bytes, SIGNED, SIGNED);
        return new MailboxDescriptor(bytes);
    }

    /** @throws IllegalArgumentException that says what is malformed; the signature is for {@link #check} */
    public static MailboxDescriptor decode(byte[] bytes, int offset) {
        return new MailboxDescriptor(FORM.take(bytes, offset, BYTES));
    }

    /** Reads {@link #text}. */
    public static MailboxDescriptor parse(String text) {
        return decode(FORM.parse(text, BYTES), 0);
    }

    /** Whether a line is meant to be one. */
    public static boolean isText(String text) {
        return FORM.isText(text);
    }

    public byte[] encode() {
        return encoded.clone();
    }

    /** {@code schiltron-mailbox-1-} and 223 characters. */
    public String text() {
        return FORM.text(encoded);
    }

    /** Null if the mailbox signed it and it has not expired, else why not. */
    public @Nullable String check(long nowEpochSeconds) {
        if (nowEpochSeconds >= expiresEpochSeconds())
            return "the mailbox descriptor expired at " + SignedForm.time(expiresEpochSeconds());
        return SignedForm.verify(mailbox, encoded, SIGNED, SIGNED)
                ? null
                : "the mailbox descriptor was not signed by the mailbox";
    }

    /** As it stands in a swarm list. */
    public SwarmList.Entry entry() {
        return new SwarmList.Entry(address(), Wire.getU16(MemorySegment.ofArray(encoded), 58));
    }

    public PublicKey mailbox() {
        return mailbox;
    }

    public Path address() {
        Path address = new Path();
        Wire.getAddress(MemorySegment.ofArray(encoded), 40, 0, address);
        return address;
    }

    public int linkMbitPerSecond() {
        return Wire.getInt(MemorySegment.ofArray(encoded), 60);
    }

    public long expiresEpochSeconds() {
        return Wire.getLong(MemorySegment.ofArray(encoded), 64);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MailboxDescriptor d && Arrays.equals(d.encoded, encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "mailbox " + address() + " of key " + mailbox;
    }
}
