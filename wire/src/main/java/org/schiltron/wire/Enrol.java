package org.schiltron.wire;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.schiltron.machine.SipHash;

/**
 * A customer enrols at a ring node: Noise IK, message 1, under a prologue that contains the cookie, so that a copy is
 * good only from the same address and only as long as the cookie.
 *
 * <pre>
 *   0 header (8)                  tag: 0
 *   8 cookie (8)
 *  16 proof (8)                   SipHash-2-4 of all but this field, under the static proof key
 *  24 Noise IK message 1 (144)    ephemeral key (32), sealed static key (48), sealed payload (64)
 * 168
 *
 * payload
 *  0 instance (8)                 chosen at random by each process when it starts
 *  8 attempt (8)                  grows with every enrolment of that process
 * 16 customer's public key (32)
 * 48
 * </pre>
 *
 * The static proof key comes from the static keys of both ({@link #PROOF_KEY}), so the ring node, which computes it once a
 * listed customer, tells by a keyed hash whether to spend a handshake at all.
 */
public final class Enrol {
    public static final int LENGTH = 168;
    private static final int PROOF = 16;
    private static final int NOISE = 24;
    private static final int KEY_LENGTH = 32;
    public static final int PAYLOAD = 16 + KEY_LENGTH;
    /** Label of the key for the proof, of the secret that the static keys of both share. */
    public static final String PROOF_KEY = "schiltron ring proof";
    /** Label of the MAC key from customer to ring node. */
    public static final String OUT_KEY = "schiltron ring out";
    /** Label of the MAC key from ring node to customer. */
    public static final String IN_KEY = "schiltron ring in";
    private static final byte[] PROLOGUE = "schiltron enrol 1".getBytes(StandardCharsets.US_ASCII);

    private Enrol() {
    }

    /** What both sides mix into the handshake: {@code "schiltron enrol 1"} and the cookie. */
    public static byte[] prologue(long cookie) {
        return ByteBuffer.allocate(PROLOGUE.length + 8).put(PROLOGUE).putLong(cookie).array();
    }

    public static byte[] payload(long instance, long attempt, byte[] publicKey) {
        return ByteBuffer.allocate(PAYLOAD).putLong(instance).putLong(attempt).put(publicKey).array();
    }

    public static byte[] publicKey(byte[] payload) {
        return Arrays.copyOfRange(payload, 16, PAYLOAD);
    }

    public static long instance(byte[] payload) {
        return ByteBuffer.wrap(payload).getLong(0);
    }

    public static long attempt(byte[] payload) {
        return ByteBuffer.wrap(payload).getLong(8);
    }

    /** Writes the message; returns its length. */
    public static int write(MemorySegment s, long at, long cookie, byte[] noise, SipHash proofKey) {
        Wire.header(s, at, Wire.ENROL, 0, 0, 0);
        Wire.putLong(s, at + 8, cookie);
        Wire.putBytes(s, at + NOISE, noise);
        Wire.putLong(s, at + PROOF, proof(s, at, proofKey));
        return NOISE + noise.length;
    }

    /** Whether the sender has the static key that goes with this proof key. */
    public static boolean proved(MemorySegment s, long at, SipHash proofKey) {
        return Wire.getLong(s, at + PROOF) == proof(s, at, proofKey);
    }

    private static long proof(MemorySegment s, long at, SipHash key) {
        return key.hash(Wire.getLong(s, at), Wire.getLong(s, at + 8), key.hash(s, at + NOISE, LENGTH - NOISE));
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static byte[] noise(MemorySegment s, long at) {
        return Wire.getBytes(s, at + NOISE, LENGTH - NOISE);
    }
}
