package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.wire.Wire;

/**
 * Where a service can be said hello to, in the service's own word: what a name resolves to. It may lie anywhere (a file,
 * a web server, the DNS), since its key vouches for it, and who holds it can only keep it back or hand out an older
 * one. Dixon et al., "Phalanx" (2008), section 3.6.
 *
 * <pre>
 *   0 "schirec1" (8)
 *   8 service key (32)
 *  40 version (8)              a later record has a higher one
 *  48 issued (8)               seconds since 1970
 *  56 expires (8)              seconds since 1970
 *  64 kinds (1)                of proofs of work or acquaintance taken at the door: 1 hash, 2 Equi-X, 4 tokens
 *  65 flags (1)                1 a delegation follows, 2 the name of a swarm list follows
 *  66 count (2)                of contacts, 0..64; at least one unless there is a list
 *  68 handshake key (32)       the service's own, or its delegate's
 * 100 [delegation (160)]
 *     [SHA-256 of a swarm list (32), its length in bytes (4)]
 *     contact x count          kind (1), address, port (2); address: 4 bytes if kind is 4, 16 if 6,
 *                              length (1) and name if 0
 *     signature (64)           of all before it, by the service's key, or by the delegate's if it may sign records
 * </pre>
 */
public final class ServiceRecord {
    public static final int MAX_BYTES = 8_192;
    public static final int MAX_CONTACTS = Link.MAX_CONTACTS;
    /** Most characters of a {@link #text}. */
    public static final int MAX_CHARACTERS = 13_200;

    /** Bits of {@link Content#kinds}. */
    public static final int HASH_PUZZLES = 1;
    public static final int EQUIX_PUZZLES = 2;
    public static final int TOKENS = 4;

    private static final int ALL_KINDS = 7;
    private static final int DELEGATION = 1;
    private static final int LIST = 2;
    private static final int HEADER = 100;

    private static final SignedForm FORM = new SignedForm("a record", 0x7363_6869_7265_6331L, "record"); // "schirec1"

    private final byte[] encoded;
    private final Content content;

    /**
     * What a record says.
     *
     * @param kinds        what is taken at the door, a sum of {@link #HASH_PUZZLES}, {@link #EQUIX_PUZZLES}, {@link #TOKENS}
     * @param handshakeKey the service's, or the delegate's
     * @param delegation   null if none is needed
     * @param list         more contacts; null for none
     * @param contacts     mailboxes, up to 64
     */
    public record Content(PublicKey service, long version, long issuedEpochSeconds, long expiresEpochSeconds, int kinds,
            PublicKey handshakeKey, @Nullable Delegation delegation, @Nullable ListName list, List<HostPort> contacts) {
        public Content {
            contacts = List.copyOf(contacts);
            if (version < 0)
                throw new IllegalArgumentException("a record's version is not negative");
            FORM.checkTime(issuedEpochSeconds);
            FORM.checkTime(expiresEpochSeconds);
            if (issuedEpochSeconds >= expiresEpochSeconds)
                throw new IllegalArgumentException("the record expires before it is issued");
            if (kinds < 0 || kinds > ALL_KINDS)
                throw new IllegalArgumentException("the record's kinds of proof are unknown: " + kinds);
            if (contacts.size() > MAX_CONTACTS)
                throw new IllegalArgumentException(
                        "a record names at most " + MAX_CONTACTS + " contacts, this has " + contacts.size()
                                + ": put them into a swarm list");
            if (contacts.isEmpty() && list == null)
                throw new IllegalArgumentException("a record names contacts, or a swarm list of them");
            if (delegation != null && !delegation.service().equals(service))
                throw new IllegalArgumentException("the record's delegation is another service's");
            if (!handshakeKey.equals(service) && (delegation == null || !delegation.delegate().equals(handshakeKey)
                    || !delegation.allows(Use.HANDSHAKES)))
                throw new IllegalArgumentException(
                        "the record's handshake key is neither the service's nor delegated to");
            Set<HostPort> seen = new LinkedHashSet<>();
            for (HostPort contact : contacts) {
                if (!seen.add(contact))
                    throw new IllegalArgumentException("the record names " + contact + " twice");
            }
        }
    }

    /**
     * A swarm list by what is in it.
     *
     * @param sha256 in hexadecimal, 64 characters of 0-9 and a-f
     * @param length in bytes
     */
    public record ListName(String sha256, int length) {
        public ListName {
            if (length < 1 || length > SwarmList.MAX_BYTES)
                throw new IllegalArgumentException(
                        "a swarm list has at most " + SwarmList.MAX_BYTES + " bytes, not " + length);
            if (sha256.length() != 2 * Primitives.HASH
                    || !sha256.equals(HexFormat.of().formatHex(HexFormat.of().parseHex(sha256))))
                throw new IllegalArgumentException("not a SHA-256: " + HostPort.shorten(sha256));
        }

        public static ListName of(SwarmList list) {
            byte[] bytes = list.encode();
            return new ListName(HexFormat.of().formatHex(Primitives.sha256(bytes)), bytes.length);
        }

        /** Whether these bytes are that list. */
        public boolean names(byte[] bytes) {
            return bytes.length == length && sha256.equals(HexFormat.of().formatHex(Primitives.sha256(bytes)));
        }
    }

    private ServiceRecord(byte[] encoded) {
        this.encoded = encoded;
        FORM.checkMagic(encoded);
        if (encoded.length < HEADER + SignedForm.SIGNATURE)
            throw new IllegalArgumentException("the record is cut off");
        MemorySegment s = MemorySegment.ofArray(encoded);
        int flags = Wire.getU8(s, 65);
        if (flags > (DELEGATION | LIST))
            throw new IllegalArgumentException("the record has unknown flags");
        RecordBytes in = new RecordBytes(encoded, HEADER, encoded.length - SignedForm.SIGNATURE);
        Delegation delegation = (flags & DELEGATION) == 0 ? null : Delegation.decode(in.take(Delegation.BYTES), 0);
        ListName list = (flags & LIST) == 0
                ? null
                : new ListName(HexFormat.of().formatHex(in.take(Primitives.HASH)), in.takeLength());
        List<HostPort> contacts = in.takeContacts(Wire.getU16(s, 66), MAX_CONTACTS);
        content = new Content(FORM.key(encoded, 8, "service"), Wire.getLong(s, 40), Wire.getLong(s, 48),
                Wire.getLong(s, 56), Wire.getU8(s, 64), FORM.key(encoded, 68, "handshake"), delegation, list,
                contacts);
    }

    /** @param signer the service, or the delegate of the content, who may sign records */
    public static ServiceRecord sign(Identity signer, Content content) {
        Delegation delegation = content.delegation;
        boolean delegated = delegation != null && delegation.allows(Use.RECORDS)
                && delegation.delegate().equals(signer.publicKey());
        if (!signer.publicKey().equals(content.service) && !delegated)
            throw new IllegalArgumentException("the record of " + content.service
                    + " is signed by that key, or by one it delegates records to");
        byte[] bytes = FORM.begin(MAX_BYTES);
        MemorySegment s = MemorySegment.ofArray(bytes);
        ListName list = content.list;
        Wire.putBytes(s, 8, content.service.bytes());
        Wire.putLong(s, 40, content.version);
        Wire.putLong(s, 48, content.issuedEpochSeconds);
        Wire.putLong(s, 56, content.expiresEpochSeconds);
        Wire.putU8(s, 64, content.kinds);
        Wire.putU8(s, 65, (delegation == null ? 0 : DELEGATION) | (list == null ? 0 : LIST));
        Wire.putU16(s, 66, content.contacts.size());
        Wire.putBytes(s, 68, content.handshakeKey.bytes());
        RecordBytes out = new RecordBytes(bytes, HEADER, MAX_BYTES - SignedForm.SIGNATURE);
        if (delegation != null)
            out.put(delegation.encode());
        if (list != null) {
            out.put(HexFormat.of().parseHex(list.sha256));
            out.putLength(list.length);
        }
        content.contacts.forEach(out::putContact);
        byte[] whole = Arrays.copyOf(bytes, out.at() + SignedForm.SIGNATURE);
        SignedForm.sign(signer, whole, out.at(), out.at());
        return new ServiceRecord(whole);
    }

    /** @throws IllegalArgumentException that says what is malformed; the signature is for {@link #check} */
    public static ServiceRecord decode(byte[] encoded) {
        if (encoded.length > MAX_BYTES)
            throw new IllegalArgumentException("a record has at most 8192 bytes, not " + encoded.length);
        return new ServiceRecord(encoded.clone());
    }

    /** Reads {@link #text}. */
    public static ServiceRecord parse(String text) {
        return decode(FORM.parseUpTo(text, MAX_BYTES));
    }

    /** Whether a line is meant to be one. */
    public static boolean isText(String text) {
        return FORM.isText(text);
    }

    public byte[] encode() {
        return encoded.clone();
    }

    /** {@code schiltron-record-1-} and what follows from the length. */
    public String text() {
        return FORM.text(encoded);
    }

    public Content content() {
        return content;
    }

    /** Null if it is this service's and holds now, else why not. Verifies up to three signatures. */
    public @Nullable String check(PublicKey expected, long nowEpochSeconds) {
        if (!content.service.equals(expected))
            return "the record is of another service: " + content.service + ", not " + expected;
        if (nowEpochSeconds >= content.expiresEpochSeconds)
            return "the record expired at " + SignedForm.time(content.expiresEpochSeconds);
        if (nowEpochSeconds < content.issuedEpochSeconds - SignedForm.SKEW_SECONDS)
            return "the record is not valid before " + SignedForm.time(content.issuedEpochSeconds);
        int signed = encoded.length - SignedForm.SIGNATURE;
        boolean byService = SignedForm.verify(expected, encoded, signed, signed);
        Delegation delegation = content.delegation;
        boolean byDelegate = !byService && delegation != null
                && SignedForm.verify(delegation.delegate(), encoded, signed, signed);
        if (!byService && !byDelegate)
            return "the record is not signed by its service, nor by a delegate of it";
        if (delegation != null && byDelegate) {
            String why = delegation.check(expected, Use.RECORDS, nowEpochSeconds);
            if (why != null)
                return why;
        }
        return delegation == null || content.handshakeKey.equals(expected)
                ? null
                : delegation.check(expected, Use.HANDSHAKES, nowEpochSeconds);
    }

    public boolean olderThan(long knownVersion) {
        return content.version < knownVersion;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServiceRecord r && Arrays.equals(r.encoded, encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "record " + content.version + " of " + content.service;
    }
}
