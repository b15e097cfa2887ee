package org.schiltron.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A client's first packet to a service, left at one of the service's contact mailboxes: bare, or with a proof of work or
 * of right that a mailbox asked for in a {@link Challenge}.
 *
 * <pre>
 *  0 header (8)
 *  8 cookie (8)
 * 16 service id (16)
 * 32 kind of proof (1)
 * 33 reserved (1)
 * 34 length of proof (2)
 * 36 proof, then the sealed hello to the end (16..)
 *
 * kind 0, bare:    nothing
 * kind 1, hash:    challenge (16), digest (16), solution (8)
 * kind 2, Equi-X:  challenge (16), digest (16), nonce (8), solution (16)
 * kind 3, token:   challenge (16), digest (16), hash solution (8), token (144), signature (64)
 * </pre>
 *
 * The digest is of the sealed hello, so that too little effort is seen without hashing all of that.
 */
public final class Hello {
    public static final int CONTENT = 32;
    public static final int PROOF = 36;
    public static final int BARE = 0;
    public static final int HASH = 1;
    public static final int EQUIX = 2;
    public static final int TOKEN = 3;
    public static final int CHALLENGE_BYTES = 16;
    public static final int EQUIX_SOLUTION = 16;
    public static final int TOKEN_BYTES = 144;
    public static final int SIGNATURE = 64;
    /** So that no {@link Challenge} is longer than the hello that it answers. */
    public static final int MIN_SEALED = 16;
    /** Of the sealed hello. */
    public static final int DIGEST = 16;
    private static final int DIGEST_AT = 4 + CHALLENGE_BYTES;
    private static final int SEED = DIGEST_AT + DIGEST;
    private static final int SHOWN = CHALLENGE_BYTES + DIGEST + 8;
    /** From the kind of proof to the end of the sealed hello: what a {@link First} carries. */
    public static final int MAX_CONTENT = Wire.MAX_BODY;

    private Hello() {
    }

    /** Writes all but the content, which follows at {@link #CONTENT}. */
    public static void write(MemorySegment s, long at, int tag, long cookie, long serviceHigh, long serviceLow) {
        Wire.header(s, at, Wire.HELLO, 0, 0, tag);
        Wire.putLong(s, at + 8, cookie);
        Wire.putLong(s, at + 16, serviceHigh);
        Wire.putLong(s, at + 24, serviceLow);
    }

    /** The length of a proof of this kind, or -1 for a kind that there is not. */
    public static int proofLength(int kind) {
        return switch (kind) {
            case BARE -> 0;
            case HASH -> SHOWN;
            case EQUIX -> SHOWN + EQUIX_SOLUTION;
            case TOKEN -> SHOWN + TOKEN_BYTES + SIGNATURE;
            default -> -1;
        };
    }

    /** Writes content at {@code at}; the proof itself follows 4 bytes later. Returns the content's length. */
    public static int writeContent(MemorySegment s, long at, int kind, byte[] sealedHello) {
        int proof = proofLength(kind);
        Wire.putU8(s, at, kind);
        Wire.putU8(s, at + 1, 0);
        Wire.putU16(s, at + 2, proof);
        Wire.putBytes(s, at + 4 + proof, sealedHello);
        return 4 + proof + sealedHello.length;
    }

    /** @param digest of the sealed hello; its first {@value #DIGEST} bytes are taken */
    public static void putChallenge(MemorySegment s, long contentAt, long high, long low, byte[] digest) {
        Wire.putLong(s, contentAt + 4, high);
        Wire.putLong(s, contentAt + 12, low);
        MemorySegment.copy(digest, 0, s, ValueLayout.JAVA_BYTE, contentAt + DIGEST_AT, DIGEST);
    }

    /** Into the first {@value #DIGEST} bytes. */
    public static void digest(MemorySegment s, long contentAt, byte[] into) {
        MemorySegment.copy(s, ValueLayout.JAVA_BYTE, contentAt + DIGEST_AT, into, 0, DIGEST);
    }

    /** The hash solution, or the nonce of kind {@link #EQUIX}. */
    public static void putSeed(MemorySegment s, long contentAt, long seed) {
        Wire.putLong(s, contentAt + SEED, seed);
    }

    /** What follows the seed: an Equi-X solution, or a token and its signature. */
    public static void putRest(MemorySegment s, long contentAt, byte[] rest) {
        Wire.putBytes(s, contentAt + SEED + 8, rest);
    }

    /** Whether content at {@code at} of {@code length} bytes is well formed. */
    public static boolean contentWellFormed(MemorySegment s, long at, int length) {
        if (length < 4 + MIN_SEALED || length > MAX_CONTENT)
            return false;
        int proof = proofLength(kind(s, at));
        return proof >= 0 && Wire.getU16(s, at + 2) == proof && 4 + proof + MIN_SEALED <= length;
    }

    public static boolean wellFormed(MemorySegment s, long at, int length) {
        return length > CONTENT && contentWellFormed(s, at + CONTENT, length - CONTENT);
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

    public static int kind(MemorySegment s, long contentAt) {
        return Wire.getU8(s, contentAt);
    }

    public static long challengeHigh(MemorySegment s, long contentAt) {
        return Wire.getLong(s, contentAt + 4);
    }

    public static long challengeLow(MemorySegment s, long contentAt) {
        return Wire.getLong(s, contentAt + 12);
    }

    public static long seed(MemorySegment s, long contentAt) {
        return Wire.getLong(s, contentAt + SEED);
    }

    public static byte[] equixSolution(MemorySegment s, long contentAt) {
        return Wire.getBytes(s, contentAt + SEED + 8, EQUIX_SOLUTION);
    }

    public static byte[] token(MemorySegment s, long contentAt) {
        return Wire.getBytes(s, contentAt + SEED + 8, TOKEN_BYTES);
    }

    /** The token's number, 56 bytes into it. */
    public static long tokenSerial(MemorySegment s, long contentAt) {
        return Wire.getLong(s, contentAt + SEED + 8 + 56);
    }

    public static byte[] tokenSignature(MemorySegment s, long contentAt) {
        return Wire.getBytes(s, contentAt + SEED + 8 + TOKEN_BYTES, SIGNATURE);
    }

    /** Where the sealed hello of well-formed content begins, from the content's own start. */
    public static int sealedOffset(MemorySegment s, long contentAt) {
        return 4 + Wire.getU16(s, contentAt + 2);
    }

    /** The sealed hello of well-formed content. */
    public static byte[] sealedHello(MemorySegment s, long contentAt, int contentLength) {
        int skip = sealedOffset(s, contentAt);
        return Wire.getBytes(s, contentAt + skip, contentLength - skip);
    }
}
