package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Primitives;

/**
 * How carriers begin; after that come {@link TrunkRecords}. Offsets in bytes, numbers in network byte order.
 *
 * <pre>
 * ingress to landing
 * START     0 type 1 (1)   1 version 1 (1)   2 length of what follows (2)   4 Noise IK message 1
 *           payload: 0 leg (16)   16 {@link LegAsk}
 * RESUME    0 type 3 (1)   1 version 1 (1)   2 zero (2)   4 leg (16)   20 number of the carrier (4), from 2 up
 *           24 received (8)   32 taken (8)   40 proof (16)
 *
 * landing to ingress
 * STARTED   0 type 2 (1)   1 zero (3)   4 Noise IK message 2 (48)
 * RESUMED   0 type 4 (1)   1 zero (3)
 * REFUSED   0 type 5 (1)   1 reason (1)   2 zero (2)
 * </pre>
 *
 * Noise's prologue is {@code schiltron leg 1} and the four bytes before its first message. The leg's secret is
 * secret("schiltron leg", 32) of the handshake. The proof is the first 16 bytes of HMAC-SHA-256 of the 40 bytes before it
 * under HKDF-Expand(secret, "schiltron leg resume", 32). A carrier's two keys are HKDF-Expand(secret, "schiltron leg
 * carrier N up" or "... down", 32), N its number; since numbers only rise, no key is used twice.
 */
final class LegHeads {
    static final byte START = 1;
    static final byte STARTED = 2;
    static final byte RESUME = 3;
    static final byte RESUMED = 4;
    static final byte REFUSED = 5;
    static final byte VERSION = 1;

    static final int HEAD = 4;
    static final int MIN_START = Handshake.FIRST_OVERHEAD + LegId.LENGTH;
    static final int MAX_START = MIN_START + LegAsk.MAX_LENGTH;
    static final int STARTED_LENGTH = HEAD + Handshake.SECOND_OVERHEAD;
    static final int RESUME_LENGTH = 56;

    private static final int PROOF_AT = 40;
    private static final int PROOF = 16;
    private static final byte[] PROLOGUE = "schiltron leg 1".getBytes(US_ASCII);

    private LegHeads() {
    }

    static byte[] startHead(int length) {
        return ByteBuffer.allocate(HEAD).put(START).put(VERSION).putShort((short) length).array();
    }

    static byte[] prologue(byte[] head) {
        return ByteBuffer.allocate(PROLOGUE.length + HEAD).put(PROLOGUE).put(head, 0, HEAD).array();
    }

    static byte[] refused(CarrierEnd reason) {
        return new byte[]{REFUSED, (byte) reason.code(), 0, 0};
    }

    static byte[] legSecret(Handshake finished) {
        return finished.secret("schiltron leg", 32);
    }

    static byte[] resume(byte[] secret, LegId leg, int number, long received, long taken) {
        ByteBuffer to = ByteBuffer.allocate(RESUME_LENGTH).put(RESUME).put(VERSION).putShort((short) 0);
        leg.write(to);
        to.putInt(number).putLong(received).putLong(taken);
        return to.put(proof(secret, to.array())).array();
    }

    /** Whether the proof in a RESUME is of that secret. */
    static boolean proves(byte[] secret, byte[] resume) {
        return MessageDigest.isEqual(proof(secret, resume),
                Arrays.copyOfRange(resume, PROOF_AT, PROOF_AT + PROOF));
    }

    private static byte[] proof(byte[] secret, byte[] resume) {
        byte[] key = Primitives.expand(secret, "schiltron leg resume", 32);
        return Arrays.copyOf(Primitives.hmac(key, Arrays.copyOf(resume, PROOF_AT)), PROOF);
    }

    static TrunkRecords records(byte[] secret, int number, boolean client, CipherPool pool) {
        byte[] up = Primitives.expand(secret, "schiltron leg carrier " + number + " up", 32);
        byte[] down = Primitives.expand(secret, "schiltron leg carrier " + number + " down", 32);
        return new TrunkRecords(false, client ? up : down, client ? down : up, pool);
    }
}
