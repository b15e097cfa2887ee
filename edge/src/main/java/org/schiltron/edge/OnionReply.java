package org.schiltron.edge;

import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Primitives;

/**
 * How the nodes of a mix leg answer its header: on the way back each puts its ephemeral key before what came from the
 * next node, cuts off as much at the end, and enciphers the whole for the ingress. As long as a cell, wherever on the way.
 *
 * <pre>
 * enciphered with the header's "reply" stream of this hop
 *   0 the node's ephemeral key (32)   32 confirmation (16)   48 the next node's reply, its last 48 bytes cut off (944)
 * </pre>
 *
 * At the egress what follows is random, so no node can tell how many are behind it. The confirmation is 16 bytes that only
 * who has the node's key could derive: HKDF-Expand of the leg's keys, label "schiltron onion confirm".
 */
final class OnionReply {
    static final int LENGTH = OnionCells.CELL;

    private static final int OWN = Primitives.KEY + OnionKeys.MAC;

    private OnionReply() {
    }

    /** What a node answers with and keeps. */
    record Answer(byte[] own, OnionKeys leg) {
    }

    /** Null if the ingress's key has a small order, which its header's MAC has ruled out. */
    static @Nullable Answer answer(OnionHeader.Layer layer, RandomSource random) {
        PrivateKey ephemeral = Primitives.x25519Private(random.bytes(Primitives.KEY));
        byte[] shared = Primitives.x25519(ephemeral, layer.ephemeral());
        if (shared == null)
            return null;
        byte[] key = Primitives.x25519Public(ephemeral);
        OnionKeys leg = layer.keys().leg(shared, key);
        byte[] own = Arrays.copyOf(key, OWN);
        System.arraycopy(leg.key("confirm", OnionKeys.MAC), 0, own, Primitives.KEY, OnionKeys.MAC);
        return new Answer(own, leg);
    }

    /** @param next what came from the next node, or random bytes at the egress; {@link #LENGTH} */
    static byte[] wrap(OnionKeys header, Answer answer, byte[] next) {
        byte[] reply = Arrays.copyOf(answer.own, LENGTH);
        System.arraycopy(next, 0, reply, OWN, LENGTH - OWN);
        OnionKeys.crypt(header.stream("reply"), reply, 0, LENGTH);
        return reply;
    }

    /**
     * At the ingress: takes off one hop's layer.
     *
     * @param reply deciphered in place; then its first bytes are the next hop's reply
     * @return the leg's keys with that hop, null if it was not that node who answered
     */
    static @Nullable OnionKeys unwrap(OnionHeader.Hop hop, byte[] reply) {
        OnionKeys.crypt(hop.keys().stream("reply"), reply, 0, LENGTH);
        byte[] key = Arrays.copyOf(reply, Primitives.KEY);
        byte[] confirmation = Arrays.copyOfRange(reply, Primitives.KEY, OWN);
        byte[] shared = Primitives.x25519(hop.ephemeral(), key);
        if (shared == null)
            return null;
        OnionKeys leg = hop.keys().leg(shared, key);
        if (!MessageDigest.isEqual(leg.key("confirm", OnionKeys.MAC), confirmation))
            return null;
        System.arraycopy(reply, OWN, reply, 0, LENGTH - OWN);
        return leg;
    }
}
