package org.schiltron.proof;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;
import org.schiltron.wire.Wire;

/**
 * A public list of mailboxes, signed by whoever keeps it. Sessions name it by its hash and both ends choose the same
 * mailboxes from it by a secret that they share, so that no set is ever sent.
 *
 * <pre>
 *  0 "schiswm1" (8)
 *  8 version (8)                    a later list has a higher one
 * 16 expires (8)                    seconds since 1970
 * 24 count (2)                      1..4096
 * 26 reserved, zero (6)
 * 32 mailbox (20) x count: address (16), port (2), operator (2)
 *    signature (64)                 Ed25519, of everything before it
 * </pre>
 *
 * Which addresses may be used (only public ones, say) is for the reader to decide; no address stands twice.
 */
public final class SwarmList {
    public static final int MAX_ENTRIES = 4_096;
    /** Bytes of the longest list. */
    public static final int MAX_BYTES = 32 + 20 * MAX_ENTRIES + 64;

    private static final long MAGIC = 0x7363_6869_7377_6d31L; // "schiswm1"
    private static final int HEADER = 32;
    private static final int ENTRY = 20;
    private static final int SIGNATURE = 64;

    private final byte[] encoded;
    private final List<Entry> entries;
    private final long version;
    private final long expiresEpochSeconds;

    /**
     * A mailbox.
     *
     * @param operator who runs it, 0 to 65,535: a number that this list gives, 0 if not stated
     */
    public record Entry(Path address, int operator) {
        /** Copies the path. */
        public Entry {
            if (address.port() == 0)
                throw new IllegalArgumentException("mailbox " + address + " has no port");
            if (operator < 0 || operator > 0xffff)
                throw new IllegalArgumentException("operator " + operator + " is not one of 0-65535");
            address = new Path(0, address.addressHigh(), address.addressLow(), address.port());
        }

        /** A copy. */
        @Override
        public Path address() {
            return address.copy();
        }
    }

    private SwarmList(byte[] encoded) {
        this.encoded = encoded;
        MemorySegment s = MemorySegment.ofArray(encoded);
        int count = encoded.length < HEADER ? 0 : Wire.getU16(s, 24);
        if (encoded.length < HEADER || Wire.getLong(s, 0) != MAGIC)
            throw new IllegalArgumentException("not a swarm list, or of another format");
        if (count == 0 || count > MAX_ENTRIES)
            throw new IllegalArgumentException("a swarm list has 1 to 4096 mailboxes, not " + count);
        if (encoded.length != HEADER + ENTRY * count + SIGNATURE)
            throw new IllegalArgumentException("a swarm list of " + count + " mailboxes cannot have " + encoded.length
                    + " bytes");
        if (Wire.getU16(s, 26) != 0 || Wire.getInt(s, 28) != 0)
            throw new IllegalArgumentException("the swarm list's reserved bytes are not zero");
        version = Wire.getLong(s, 8);
        expiresEpochSeconds = Wire.getLong(s, 16);
        if (version < 0 || expiresEpochSeconds < 0)
            throw new IllegalArgumentException("the swarm list's version or time is negative");
        List<Entry> list = new ArrayList<>(count);
        Set<Path> seen = LinkedHashSet.newLinkedHashSet(count);
        for (int i = 0; i < count; i++) {
            Path address = new Path();
            Wire.getAddress(s, HEADER + (long) ENTRY * i, 0, address);
            if (!seen.add(address))
                throw new IllegalArgumentException("the swarm list names " + address + " twice");
            list.add(new Entry(address, Wire.getU16(s, HEADER + (long) ENTRY * i + 18)));
        }
        entries = List.copyOf(list);
    }

    /** Signs a list of mailboxes whose operators are not stated. */
    public static SwarmList sign(Identity keeper, long version, long expiresEpochSeconds, List<Path> mailboxes) {
        return signEntries(keeper, version, expiresEpochSeconds,
                mailboxes.stream().map(mailbox -> new Entry(mailbox, 0)).toList());
    }

    /** @param entries 1 to 4,096, no address twice */
    public static SwarmList signEntries(Identity keeper, long version, long expiresEpochSeconds,
            List<Entry> entries) {
        if (entries.size() > MAX_ENTRIES)
            throw new IllegalArgumentException("a swarm list has 1 to 4096 mailboxes, not " + entries.size());
        byte[] encoded = new byte[HEADER + ENTRY * entries.size() + SIGNATURE];
        MemorySegment s = MemorySegment.ofArray(encoded);
        Wire.putLong(s, 0, MAGIC);
        Wire.putLong(s, 8, version);
        Wire.putLong(s, 16, expiresEpochSeconds);
        Wire.putU16(s, 24, entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Wire.putAddress(s, HEADER + (long) ENTRY * i, entries.get(i).address());
            Wire.putU16(s, HEADER + (long) ENTRY * i + 18, entries.get(i).operator());
        }
        int signed = encoded.length - SIGNATURE;
        System.arraycopy(keeper.sign(Arrays.copyOf(encoded, signed)), 0, encoded, signed, SIGNATURE);
        return new SwarmList(encoded);
    }

    /** @throws IllegalArgumentException that says what is malformed; the signature is for {@link #verify} */
    public static SwarmList decode(byte[] encoded) {
        if (encoded.length > MAX_BYTES)
            throw new IllegalArgumentException("a swarm list has at most " + MAX_BYTES + " bytes, not "
                    + encoded.length);
        return new SwarmList(encoded.clone());
    }

    public byte[] encode() {
        return encoded.clone();
    }

    /** Whether {@code keeper} signed it and it has not expired. */
    public boolean verify(PublicKey keeper, long nowEpochSeconds) {
        if (nowEpochSeconds >= expiresEpochSeconds)
            return false;
        int signed = encoded.length - SIGNATURE;
        return keeper.verify(Arrays.copyOf(encoded, signed), Arrays.copyOfRange(encoded, signed, encoded.length));
    }

    /** SHA-256 of the encoded list: how it is referred to. */
    public byte[] hash() {
        return Primitives.sha256(encoded);
    }

    public long version() {
        return version;
    }

    public long expiresEpochSeconds() {
        return expiresEpochSeconds;
    }

    public List<Entry> entries() {
        return entries;
    }

    public List<Path> mailboxes() {
        return entries.stream().map(Entry::address).toList();
    }

    /**
     * Chooses mailboxes by a secret: those whose address has the highest SipHash under it (rendezvous hashing, Thaler
     * and Ravishankar, 1998). Unlike a choice by position, it changes no more than it must when the list does. Who does
     * not know the secret cannot tell which mailboxes a session uses.
     *
     * @param secret 16 to 64 bytes
     * @return {@code min(count, size)} distinct indices into {@link #mailboxes}, the highest first
     */
    public int[] subset(byte[] secret, int count) {
        if (secret.length < 16 || secret.length > 64 || count < 0)
            throw new IllegalArgumentException("a secret of " + secret.length + " bytes, " + count + " mailboxes");
        SipHash prf = SipHash.fromKey(Primitives.hmac(secret, "schiltron subset".getBytes(StandardCharsets.UTF_8)), 0);
        record Scored(long score, int index) {
        }
        List<Scored> scored = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Path address = entries.get(i).address();
            scored.add(new Scored(prf.hash(address.addressHigh(), address.addressLow(), address.port()), i));
        }
        scored.sort((a, b) -> a.score != b.score
                ? Long.compareUnsigned(b.score, a.score)
                : Integer.compare(a.index, b.index));
        return scored.stream().limit(count).mapToInt(Scored::index).toArray();
    }
}
