package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A service leaves first-contact gets at a mailbox: each admits one hello that the service did not ask for. They carry
 * the nonces themselves, since the mailbox must show one to the ring. Signed by the service, or by whom it delegated.
 *
 * <pre>
 *  0 header (8)          tag: comes back with the hello; not signed, a ring node puts its customer's number there
 *  8 cookie (8)          binds all of it to the sender's address
 * 16 service id (16)     first half of SHA-256 of the service's public key
 * 32 lifetime (2)        how long the mailbox is to keep these, in units of 4 ms
 * 34 nonces (1)          n, 1..40
 * 35 kinds (1)           proofs the service takes, see {@link Hello}: bit k for kind k
 * 36 token share (1)     of nonces that tokens may take before others, in percent
 * 37 delegations (1)     d, 0 or 1
 * 38 revoked tokens (1)  r, 0..16
 * 39 reserved (1)
 * 40 nonce (16) x n
 *    mailbox: address (16), port (2), as the service and its clients know it
 *    reserved (6)
 *    number (8)          above that of the poster's last
 *    registration (8)    the solution of a puzzle, for a mailbox that does not know the poster
 *    service's public key (32)
 *    serial of a revoked token (8) x r
 *    delegation (160) x d
 *    signature (64)      of everything from the cookie on
 * </pre>
 */
public final class Post {
    public static final int NONCES = 40;
    public static final int MAX_NONCES = 40;
    public static final int MAX_REVOKED = 16;
    public static final int SIGNATURE = 64;
    public static final int SIGNED_FROM = 8;
    private static final int KEY = 32;
    public static final int DELEGATION = 160;
    /** What lies between the nonces and the serials of revoked tokens. */
    public static final int TAIL = 18 + 6 + 8 + 8 + KEY;

    private Post() {
    }

    /** Writes all but the nonces, the revoked serials, the delegation and the signature; returns the whole length. */
    public static int write(MemorySegment s, long at, int tag, long cookie, long serviceHigh, long serviceLow,
            int lifetimeMs, int count, int kinds, int tokenSharePercent, boolean delegated, int revoked) {
        Wire.header(s, at, Wire.POST, 0, 0, tag);
        Wire.putLong(s, at + 8, cookie);
        Wire.putLong(s, at + 16, serviceHigh);
        Wire.putLong(s, at + 24, serviceLow);
        Wire.putU16(s, at + 32, lifetimeMs >> 2);
        Wire.putU8(s, at + 34, count);
        Wire.putU8(s, at + 35, kinds);
        Wire.putU8(s, at + 36, tokenSharePercent);
        Wire.putU8(s, at + 37, delegated ? 1 : 0);
        Wire.putU8(s, at + 38, revoked);
        Wire.putU8(s, at + 39, 0);
        return length(count, revoked, delegated ? 1 : 0);
    }

    private static int length(int count, int revoked, int delegations) {
        return NONCES + count * Wire.NONCE + TAIL + 8 * revoked + DELEGATION * delegations + SIGNATURE;
    }

    public static boolean wellFormed(MemorySegment s, long at, int length) {
        if (length < length(1, 0, 0))
            return false;
        int count = count(s, at);
        int delegations = Wire.getU8(s, at + 37);
        return count >= 1 && count <= MAX_NONCES && delegations <= 1 && revoked(s, at) <= MAX_REVOKED
                && tokenSharePercent(s, at) <= 100 && length == length(count, revoked(s, at), delegations);
    }

    /** Where the mailbox's address stands. */
    private static long tail(MemorySegment s, long at) {
        return at + NONCES + (long) count(s, at) * Wire.NONCE;
    }

    public static void putNonce(MemorySegment s, long at, int index, long nonceHigh, long nonceLow) {
        Wire.putLong(s, at + NONCES + 16L * index, nonceHigh);
        Wire.putLong(s, at + NONCES + 16L * index + 8, nonceLow);
    }

    /** After {@link #write}. */
    public static void putTail(MemorySegment s, long at, long addressHigh, long addressLow, int port, long number,
            long registration, byte[] serviceKey) {
        long tail = tail(s, at);
        Wire.putLong(s, tail, addressHigh);
        Wire.putLong(s, tail + 8, addressLow);
        Wire.putU16(s, tail + 16, port);
        Wire.putU16(s, tail + 18, 0);
        Wire.putInt(s, tail + 20, 0);
        Wire.putLong(s, tail + 24, number);
        Wire.putLong(s, tail + 32, registration);
        Wire.putBytes(s, tail + 40, serviceKey);
    }

    public static void putRevoked(MemorySegment s, long at, int index, long serial) {
        Wire.putLong(s, tail(s, at) + TAIL + 8L * index, serial);
    }

    public static void putDelegation(MemorySegment s, long at, byte[] delegation) {
        Wire.putBytes(s, tail(s, at) + TAIL + 8L * revoked(s, at), delegation);
    }

    /** What the signature covers, of a well-formed message. */
    public static byte[] signed(MemorySegment s, long at, int length) {
        return Wire.getBytes(s, at + SIGNED_FROM, length - SIGNATURE - SIGNED_FROM);
    }

    public static void putSignature(MemorySegment s, long at, int length, byte[] signature) {
        Wire.putBytes(s, at + length - SIGNATURE, signature);
    }

    public static byte[] signature(MemorySegment s, long at, int length) {
        return Wire.getBytes(s, at + length - SIGNATURE, SIGNATURE);
    }

    public static int count(MemorySegment s, long at) {
        return Wire.getU8(s, at + 34);
    }

    public static int kinds(MemorySegment s, long at) {
        return Wire.getU8(s, at + 35);
    }

    public static int tokenSharePercent(MemorySegment s, long at) {
        return Wire.getU8(s, at + 36);
    }

    public static int revoked(MemorySegment s, long at) {
        return Wire.getU8(s, at + 38);
    }

    public static long revoked(MemorySegment s, long at, int index) {
        return Wire.getLong(s, tail(s, at) + TAIL + 8L * index);
    }

    /** The delegation of a well-formed message, empty if there is none. */
    public static byte[] delegation(MemorySegment s, long at) {
        int bytes = DELEGATION * Wire.getU8(s, at + 37);
        return Wire.getBytes(s, tail(s, at) + TAIL + 8L * revoked(s, at), bytes);
    }

    public static long mailboxHigh(MemorySegment s, long at) {
        return Wire.getLong(s, tail(s, at));
    }

    public static long mailboxLow(MemorySegment s, long at) {
        return Wire.getLong(s, tail(s, at) + 8);
    }

    public static int mailboxPort(MemorySegment s, long at) {
        return Wire.getU16(s, tail(s, at) + 16);
    }

    public static long number(MemorySegment s, long at) {
        return Wire.getLong(s, tail(s, at) + 24);
    }

    public static long registration(MemorySegment s, long at) {
        return Wire.getLong(s, tail(s, at) + 32);
    }

    public static byte[] serviceKey(MemorySegment s, long at) {
        return Wire.getBytes(s, tail(s, at) + 40, KEY);
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long serviceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }

    public static long serviceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }

    public static int lifetimeMs(MemorySegment s, long at) {
        return Wire.getU16(s, at + 32) << 2;
    }

    public static long nonceHigh(MemorySegment s, long at, int index) {
        return Wire.getLong(s, at + NONCES + 16L * index);
    }

    public static long nonceLow(MemorySegment s, long at, int index) {
        return Wire.getLong(s, at + NONCES + 16L * index + 8);
    }
}
