package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.NonceSequence;
import org.schiltron.proof.PacketCipher;

/**
 * One end's secrets of a session: of either direction the nonces and the packets, x from client to service and y back
 * (Phalanx, section 3.2.1).
 */
final class SessionKeys {
    private static final int NONCES = 32;
    private static final int ORDER = 16;

    private final byte[] inSecret;
    private final byte[] outSecret;
    private final byte[] orderSecret;
    final NonceSequence inNonces;
    final NonceSequence outNonces;
    final PacketCipher inPackets;
    final PacketCipher outPackets;
    final int inShard;
    final int outShard;

    private SessionKeys(byte[] inSecret, byte[] outSecret, byte[] orderSecret, PacketCipher inPackets,
            PacketCipher outPackets, int inShard, int outShard) {
        this.inSecret = inSecret;
        this.outSecret = outSecret;
        this.orderSecret = orderSecret;
        this.inPackets = inPackets;
        this.outPackets = outPackets;
        this.inShard = inShard;
        this.outShard = outShard;
        inNonces = NonceSequence.ofSecret(inSecret);
        outNonces = NonceSequence.ofSecret(outSecret);
    }

    /** What the handshake gave to this end. */
    static SessionKeys of(Handshake handshake, boolean client, CipherPool pool) {
        String in = client ? "y" : "x";
        String out = client ? "x" : "y";
        byte[] shards = handshake.secret("shards", 2);
        return new SessionKeys(handshake.secret(in + " nonces", NONCES), handshake.secret(out + " nonces", NONCES),
                handshake.secret("order " + in, ORDER), new PacketCipher(handshake.secret(in + " packets", 32), pool),
                new PacketCipher(handshake.secret(out + " packets", 32), pool), shards[client ? 1 : 0] & 0xff,
                shards[client ? 0 : 1] & 0xff);
    }

    /** In which order this session goes through the swarm list. */
    SipHash order() {
        return SipHash.fromKey(orderSecret, 0);
    }

    /** With where the ciphers stand now. */
    void writeTo(HandOverWriter to) {
        to.bytes(inSecret).bytes(outSecret).bytes(orderSecret).bytes(inPackets.toBytes()).bytes(outPackets.toBytes())
                .number(inShard).number(outShard);
    }

    /** Null if malformed. */
    static @Nullable SessionKeys read(FrameReader from, CipherPool pool) {
        byte[] in = from.take(NONCES);
        byte[] out = from.take(NONCES);
        byte[] order = from.take(ORDER);
        byte[] inPackets = from.take(PacketCipher.STATE);
        byte[] outPackets = from.take(PacketCipher.STATE);
        int inShard = from.varintUpTo(255);
        int outShard = from.varintUpTo(255);
        return from.failed()
                ? null
                : new SessionKeys(in, out, order, PacketCipher.resume(inPackets, pool),
                        PacketCipher.resume(outPackets, pool), inShard, outShard);
    }
}
