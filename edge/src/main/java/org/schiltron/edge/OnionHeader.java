package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Primitives;

/**
 * The way of a {@link Route#MIX} leg in layers (Mayday, section 3.5, after Chaum's mixes): each node takes one off and
 * learns where the rest goes. The size is the same whatever the number of hops left, so a node knows neither how far it is
 * from either end nor, from the bytes, that two headers are of one leg. After Sphinx (Danezis and Goldberg, 2009), with an
 * ephemeral key for each hop in the place of a blinded one, and random padding at the last.
 *
 * <pre>
 *   0 type 2 (1)
 *   1 ephemeral key of the ingress for this hop (32)
 *  33 MAC of key and blocks (16)
 *  49 5 blocks of 80, enciphered (400)                                       449
 *
 * block     0 next node (16)   16 its key (32)   48 its MAC (16)   64 expires, seconds since 1970 (4)
 *          68 1 for a hop, 2 at the end (1)   69 zero (11)                    80
 * </pre>
 *
 * A node deciphers the blocks followed by one of zeros: its own comes first, and the other 400 bytes are the next header's,
 * whose last block is then what its key makes of zeros. The ingress computes these beforehand (the filler), so that the
 * MAC of each hop covers every byte that the hop sees.
 */
final class OnionHeader {
    static final byte TYPE = 2;
    static final int HOPS = 5;
    static final int LENGTH = 449;
    /** How long after it was made a header is good, and how wrong clocks may be, in seconds. */
    static final int GOOD_SECONDS = 60;
    static final int SKEW_SECONDS = 30;

    private static final int KEY_AT = 1;
    private static final int MAC_AT = KEY_AT + Primitives.KEY;
    private static final int BLOCKS_AT = MAC_AT + OnionKeys.MAC;
    private static final int BLOCK = 80;
    private static final int BLOCKS = HOPS * BLOCK;
    private static final byte ONWARD = 1;
    private static final byte END = 2;

    static {
        assert BLOCKS_AT + BLOCKS == LENGTH && LENGTH <= Trunk.MAX_HEADER;
    }

    private OnionHeader() {
    }

    /** What the ingress keeps of one hop until the reply. */
    record Hop(Node node, PrivateKey ephemeral, byte[] ephemeralPublic, OnionKeys keys) {
    }

    record Built(byte[] header, List<Hop> hops) {
    }

    /** @param way 1 to {@link #HOPS} nodes, the egress last */
    static Built build(List<Node> way, long epochSeconds, RandomSource random) {
        if (way.isEmpty() || way.size() > HOPS)
            throw new IllegalArgumentException("a way of " + way.size() + " nodes is not one of 1-" + HOPS);
        List<Hop> hops = new ArrayList<>();
        for (Node node : way)
            hops.add(hop(node, random));
        int last = hops.size() - 1;
        byte[] filler = {};
        for (Hop hop : hops.subList(0, last))
            filler = fill(hop, filler);
        byte[] blocks = random.bytes(BLOCKS);
        System.arraycopy(block(null, null, new byte[OnionKeys.MAC], epochSeconds), 0, blocks, 0, BLOCK);
        OnionKeys.crypt(hops.get(last).keys.stream("blocks"), blocks, 0, BLOCKS);
        System.arraycopy(filler, 0, blocks, BLOCKS - filler.length, filler.length);
        for (int i = last - 1; i >= 0; i--) {
            Hop next = hops.get(i + 1);
            byte[] mac = next.keys.mac(next.ephemeralPublic, blocks);
            byte[] outer = Arrays.copyOf(block(next.node.id(), next.ephemeralPublic, mac, epochSeconds), BLOCKS);
            System.arraycopy(blocks, 0, outer, BLOCK, BLOCKS - BLOCK);
            OnionKeys.crypt(hops.get(i).keys.stream("blocks"), outer, 0, BLOCKS);
            blocks = outer;
        }
        Hop first = hops.getFirst();
        return new Built(assemble(first.ephemeralPublic, first.keys.mac(first.ephemeralPublic, blocks), blocks), hops);
    }

    private static Hop hop(Node node, RandomSource random) {
        PrivateKey ephemeral = Primitives.x25519Private(random.bytes(Primitives.KEY));
        byte[] ephemeralPublic = Primitives.x25519Public(ephemeral);
        byte[] key = node.key().x25519();
        byte[] shared = Objects.requireNonNull(Primitives.x25519(ephemeral, key), "a node's key has a large order");
        return new Hop(node, ephemeral, ephemeralPublic, OnionKeys.header(shared, ephemeralPublic, key));
    }

    /** What the last bytes of the blocks will be after this hop, given what they are before it. */
    private static byte[] fill(Hop hop, byte[] before) {
        byte[] seen = new byte[BLOCKS + BLOCK];
        System.arraycopy(before, 0, seen, BLOCKS - before.length, before.length);
        OnionKeys.crypt(hop.keys.stream("blocks"), seen, 0, seen.length);
        return Arrays.copyOfRange(seen, BLOCKS - before.length, seen.length);
    }

    private static byte[] block(@Nullable NodeId next, byte @Nullable [] key, byte[] mac, long epochSeconds) {
        ByteBuffer to = ByteBuffer.allocate(BLOCK);
        if (next != null && key != null) {
            next.write(to);
            to.put(key).put(mac);
        }
        to.position(64).putInt((int) (epochSeconds + GOOD_SECONDS)).put(next == null ? END : ONWARD);
        return to.array();
    }

    private static byte[] assemble(byte[] key, byte[] mac, byte[] blocks) {
        return ByteBuffer.allocate(LENGTH).put(TYPE).put(key).put(mac).put(blocks).array();
    }

    /** One layer taken off, or why not. */
    sealed interface Peeled {
    }

    /**
     * @param next   null at the end of the way
     * @param header for it; empty at the end
     */
    record Layer(@Nullable NodeId next, byte[] header, byte[] ephemeral, OnionKeys keys) implements Peeled {
    }

    record Refused(OnionFault fault) implements Peeled {
    }

    static Peeled peel(Identity self, byte[] header, long epochSeconds, OnionReplays replays) {
        if (header.length != LENGTH || header[0] != TYPE)
            return new Refused(OnionFault.BAD_LENGTH);
        byte[] ephemeral = Arrays.copyOfRange(header, KEY_AT, MAC_AT);
        byte[] shared = self.agree(ephemeral);
        if (shared == null)
            return new Refused(OnionFault.NOT_AUTHENTIC);
        OnionKeys keys = OnionKeys.header(shared, ephemeral, self.publicKey().x25519());
        byte[] seen = Arrays.copyOfRange(header, BLOCKS_AT, LENGTH);
        if (!MessageDigest.isEqual(keys.mac(ephemeral, seen), Arrays.copyOfRange(header, MAC_AT, BLOCKS_AT)))
            return new Refused(OnionFault.NOT_AUTHENTIC);
        seen = Arrays.copyOf(seen, BLOCKS + BLOCK);
        OnionKeys.crypt(keys.stream("blocks"), seen, 0, seen.length);
        ByteBuffer block = ByteBuffer.wrap(seen, 0, BLOCK);
        NodeId next = NodeId.read(block);
        byte[] nextKey = new byte[Primitives.KEY];
        byte[] nextMac = new byte[OnionKeys.MAC];
        block.get(nextKey).get(nextMac);
        OnionFault fault = check(block, keys, epochSeconds, replays);
        if (fault != null)
            return new Refused(fault);
        if (seen[68] == END)
            return new Layer(null, new byte[0], ephemeral, keys);
        byte[] blocks = Arrays.copyOfRange(seen, BLOCK, seen.length);
        return new Layer(next, assemble(nextKey, nextMac, blocks), ephemeral, keys);
    }

    private static @Nullable OnionFault check(ByteBuffer rest, OnionKeys keys, long epochSeconds,
            OnionReplays replays) {
        long expires = rest.getInt() & 0xffff_ffffL;
        byte kind = rest.get();
        boolean zero = true;
        while (rest.hasRemaining())
            zero &= rest.get() == 0;
        if (!zero || kind != ONWARD && kind != END)
            return OnionFault.BAD_BLOCK;
        if (expires < epochSeconds - SKEW_SECONDS)
            return OnionFault.EXPIRED;
        if (expires > epochSeconds + GOOD_SECONDS + SKEW_SECONDS)
            return OnionFault.EARLY;
        return replays.add(keys.key("replay", 16), epochSeconds);
    }
}
