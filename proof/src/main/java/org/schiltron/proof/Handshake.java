package org.schiltron.proof;

import java.security.PrivateKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;

/**
 * Noise_IK_25519_AESGCM_SHA256 (The Noise Protocol Framework, revision 34, section 7.5): the initiator knows the
 * responder's key, the responder learns the initiator's, both are authenticated, in one round trip.
 *
 * <pre>
 * -> e, es, s, ss      32 + 48 + payload + 16 bytes
 * <- e, ee, se         32 + payload + 16 bytes
 * </pre>
 *
 * What the payloads are worth (section 7.7): the first has source property 1 (the initiator is authenticated, but who
 * has the responder's key can impersonate anyone to it, and it can be replayed) and destination property 2 (secret from
 * all but who gets the responder's key later). From the second on, secrecy is forward and everything is fresh. Who gets
 * the responder's key can read the initiator's identity in recorded first messages.
 *
 * <p>A message that is malformed or not authentic is answered with null and changes nothing, so that forgeries cannot
 * end a handshake under way. Reading a forged first message costs the responder one scalar multiplication, an authentic
 * one two. Nothing is shared between handshakes: one that is not wanted is dropped.
 */
public final class Handshake {
    /** Bytes of a first message beside its payload. */
    public static final int FIRST_OVERHEAD = 96;
    /** Bytes of a second message beside its payload. */
    public static final int SECOND_OVERHEAD = 48;

    private static final String NAME = "Noise_IK_25519_AESGCM_SHA256";
    private static final int KEY = Primitives.KEY;
    private static final int SEALED_KEY = KEY + NoiseState.TAG;
    private static final int MAX_MESSAGE = 65_535; // section 3

    private final boolean initiator;
    private final PrivateKey localStatic;
    private final byte[] localStaticPublic;
    private final RandomSource random;
    private NoiseState state = new NoiseState(NAME);
    private int messages;
    private @Nullable PrivateKey localEphemeral;
    private byte @Nullable [] remoteStatic;
    private byte @Nullable [] remoteEphemeral;

    /** With bare X25519 keys. */
    Handshake(PrivateKey localStatic, byte[] localStaticPublic, byte @Nullable [] remoteStatic, byte[] prologue,
            RandomSource random) {
        this.initiator = remoteStatic != null;
        this.localStatic = localStatic;
        this.localStaticPublic = localStaticPublic;
        this.remoteStatic = remoteStatic;
        this.random = random;
        state.mixHash(prologue);
        state.mixHash(remoteStatic != null ? remoteStatic : localStaticPublic); // the pattern's pre-message "<- s"
    }

    /** @param prologue what both must agree on, hashed in */
    public static Handshake initiator(Identity local, PublicKey remote, byte[] prologue, RandomSource random) {
        return new Handshake(local.agreement(), local.publicKey().x25519(), remote.x25519(), prologue, random);
    }

    public static Handshake responder(Identity local, byte[] prologue, RandomSource random) {
        return new Handshake(local.agreement(), local.publicKey().x25519(), null, prologue, random);
    }

    /**
     * The next message of this side.
     *
     * @throws IllegalStateException if it is the other side's turn
     */
    public byte[] write(byte[] payload) {
        if (messages != (initiator ? 0 : 1))
            throw new IllegalStateException("not this side's turn");
        if (payload.length > MAX_MESSAGE - FIRST_OVERHEAD)
            throw new IllegalArgumentException("a payload of " + payload.length + " bytes");
        PrivateKey ephemeral = Primitives.x25519Private(random.bytes(KEY));
        byte[] e = Primitives.x25519Public(ephemeral);
        state.mixHash(e);
        byte[] s = {};
        if (initiator) {
            mixDh(state, ephemeral, remoteStatic); // es
            s = state.encryptAndHash(localStaticPublic);
            mixDh(state, localStatic, remoteStatic); // ss
        } else {
            mixDh(state, ephemeral, remoteEphemeral); // ee
            mixDh(state, ephemeral, remoteStatic); // se
        }
        byte[] sealed = state.encryptAndHash(payload);
        byte[] message = Arrays.copyOf(e, KEY + s.length + sealed.length);
        System.arraycopy(s, 0, message, KEY, s.length);
        System.arraycopy(sealed, 0, message, KEY + s.length, sealed.length);
        localEphemeral = ephemeral;
        messages++;
        return message;
    }

    /**
     * Reads the other side's next message.
     *
     * @return its payload, or null if it is malformed, not authentic or out of turn
     */
    public byte @Nullable [] read(byte[] message) {
        if (messages != (initiator ? 1 : 0) || message.length > MAX_MESSAGE
                || message.length < (initiator ? SECOND_OVERHEAD : FIRST_OVERHEAD))
            return null;
        return initiator ? readSecond(message) : readFirst(message);
    }

    private byte @Nullable [] readFirst(byte[] message) {
        NoiseState next = state.copy();
        byte[] e = Arrays.copyOf(message, KEY);
        next.mixHash(e);
        if (!mixDh(next, localStatic, e)) // es
            return null;
        byte[] s = next.decryptAndHash(Arrays.copyOfRange(message, KEY, KEY + SEALED_KEY));
        if (s == null || !mixDh(next, localStatic, s)) // ss
            return null;
        byte[] payload = next.decryptAndHash(Arrays.copyOfRange(message, KEY + SEALED_KEY, message.length));
        if (payload == null)
            return null;
        remoteEphemeral = e;
        remoteStatic = s;
        state = next;
        messages++;
        return payload;
    }

    private byte @Nullable [] readSecond(byte[] message) {
        NoiseState next = state.copy();
        byte[] e = Arrays.copyOf(message, KEY);
        next.mixHash(e);
        if (localEphemeral == null || !mixDh(next, localEphemeral, e) || !mixDh(next, localStatic, e)) // ee, se
            return null;
        byte[] payload = next.decryptAndHash(Arrays.copyOfRange(message, KEY, message.length));
        if (payload == null)
            return null;
        state = next;
        messages++;
        return payload;
    }

    /**
     * The other side's X25519 key, 32 bytes: known to the initiator from the start, to the responder after it read the
     * first message.
     */
    public byte[] remoteX25519() {
        if (remoteStatic == null)
            throw new IllegalStateException("the first message has not been read");
        return remoteStatic.clone();
    }

    /** Whether both messages have passed. */
    public boolean finished() {
        return messages == 2;
    }

    /**
     * A secret that both sides derive alike and nobody else: HKDF-Expand of HMAC-SHA-256(chaining key, handshake hash).
     *
     * @param label  different labels give independent secrets
     * @param length 1 to 8,160 bytes
     */
    public byte[] secret(String label, int length) {
        return Primitives.expand(finishedState().exporter(), label, length);
    }

    /** The handshake hash, 32 bytes, public: names this handshake and everything said in it (section 11.2). */
    public byte[] hash() {
        return finishedState().hash();
    }

    /** Noise's own transport keys, which Schiltron does not use; the published vectors do. */
    byte[][] split() {
        return finishedState().split();
    }

    private NoiseState finishedState() {
        if (!finished())
            throw new IllegalStateException("the handshake is not finished");
        return state;
    }

    /** False if the peer's point has a small order, which would make the secret the same for everyone. */
    private static boolean mixDh(NoiseState into, PrivateKey key, byte @Nullable [] peer) {
        if (peer == null)
            return false;
        byte[] shared = Primitives.x25519(key, peer);
        if (shared == null)
            return false;
        into.mixKey(shared);
        return true;
    }
}
