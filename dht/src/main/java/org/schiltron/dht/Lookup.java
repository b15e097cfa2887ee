package org.schiltron.dht;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.PublicKey;

/**
 * What libtorrent's own walk towards one item brings to light: it asks nearer and nearer nodes and keeps what they say to
 * itself, but shows the packets. Taken from these are each node's write token, since libtorrent puts only what it signs
 * itself, and each item, since libtorrent drops those wrongly signed without a word. An answer counts only if it comes
 * from where a question of this walk went, with that question's transaction id.
 */
final class Lookup {
    private static final int ID = 20;
    /** Far more than a walk asks; past it answers are not looked at. */
    private static final int MAX_ASKED = 4_096;
    private static final int MAX_TOKEN_BYTES = 128;
    /** libtorrent asks another node in place of one silent for a second. */
    private static final long QUIET_NS = 2_500_000_000L;

    /** A node that has answered, and would take an item. */
    record Near(byte[] id, InetSocketAddress address, byte[] token) {
    }

    private record Question(InetSocketAddress node, String transaction) {
    }

    private final PublicKey key;
    private final byte[] salt;
    private final byte[] target;
    private final Set<Question> open = new HashSet<>();
    private final Map<InetSocketAddress, Near> near = new HashMap<>();
    private final Set<InetSocketAddress> answered = new HashSet<>();
    private final Set<InetSocketAddress> refused = new HashSet<>();
    private @Nullable MutableItem best;
    private boolean walked;
    private boolean knewItsWay;
    private long lastAnswerNs;

    Lookup(PublicKey key, byte[] salt) {
        this.key = key;
        this.salt = salt.clone();
        target = MutableItem.target(key, salt);
    }

    byte[] salt() {
        return salt.clone();
    }

    boolean isFor(byte[] otherKey, byte[] otherSalt) {
        return Arrays.equals(key.bytes(), otherKey) && Arrays.equals(salt, otherSalt);
    }

    /** A packet of ours to {@code node}. */
    void sent(InetSocketAddress node, Map<?, ?> packet) {
        if (packet.get("q") instanceof byte[] method && text(method).equals("get")
                && packet.get("a") instanceof Map<?, ?> arguments && arguments.get("target") instanceof byte[] asked
                && Arrays.equals(asked, target) && packet.get("t") instanceof byte[] transaction
                && open.size() < MAX_ASKED)
            open.add(new Question(node, text(transaction)));
    }

    /** A packet from {@code node}. */
    void received(InetSocketAddress node, Map<?, ?> packet, long nowNs) {
        if (!(packet.get("t") instanceof byte[] transaction) || !open.remove(new Question(node, text(transaction)))
                || !(packet.get("y") instanceof byte[] type) || !text(type).equals("r")
                || !(packet.get("r") instanceof Map<?, ?> answer))
            return;
        if (answered.add(node))
            lastAnswerNs = nowNs;
        if (answer.get("token") instanceof byte[] token && token.length <= MAX_TOKEN_BYTES
                && answer.get("id") instanceof byte[] id && id.length == ID)
            near.put(node, new Near(id, node, token));
        if (answer.containsKey("v") && !offer(answer))
            refused.add(node);
    }

    private boolean offer(Map<?, ?> answer) {
        if (!(answer.get("v") instanceof byte[] value) || !(answer.get("sig") instanceof byte[] signature)
                || !(answer.get("seq") instanceof Long sequence) || !(answer.get("k") instanceof byte[] owner)
                || !Arrays.equals(owner, key.bytes()))
            return false;
        try {
            return offer(new MutableItem(key, salt, sequence, value, signature));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Takes it if the key has signed it; false if not. */
    boolean offer(MutableItem item) {
        MutableItem current = best;
        if (current != null && Arrays.equals(current.signature(), item.signature())
                && Arrays.equals(current.value(), item.value()) && current.sequence() == item.sequence())
            return true;
        if (!item.isSigned())
            return false;
        if (current == null || item.sequence() > current.sequence())
            best = item;
        return true;
    }

    /**
     * Begins, or begins again.
     *
     * @param knowsItsWay whether libtorrent has joined the DHT, so that the walk is a whole one
     */
    void begin(boolean knowsItsWay) {
        walked = false;
        knewItsWay = knowsItsWay;
    }

    /** libtorrent says that all nodes nearest to the item have answered, or will not. */
    void walked() {
        walked = true;
    }

    /** Whether this walk is over, be it a whole one or not. */
    boolean isWalked() {
        return walked;
    }

    /**
     * Whether there is no more to expect: a whole walk is over, or any that has found the item; or a walk waits for nodes that
     * are gone, for which libtorrent allows itself many seconds.
     */
    boolean isSettled(long nowNs, boolean joined) {
        if (answered.isEmpty())
            return false;
        return walked && (best != null || knewItsWay)
                || nowNs - lastAnswerNs > QUIET_NS && (best != null || joined && knewItsWay);
    }

    @Nullable
    MutableItem best() {
        return best;
    }

    int answered() {
        return answered.size();
    }

    int refused() {
        return refused.size();
    }

    /** The nodes nearest to the item, of one address family: the DHTs of both are two (BEP 32). */
    List<Near> nearest(boolean ipv4, int most) {
        return near.values().stream().filter(n -> n.address.getAddress() instanceof Inet4Address == ipv4)
                .sorted(Comparator.comparing(n -> distance(n.id), Arrays::compareUnsigned)).limit(most).toList();
    }

    private byte[] distance(byte[] id) {
        byte[] distance = new byte[ID];
        for (int i = 0; i < ID; i++)
            distance[i] = (byte) (id[i] ^ target[i]);
        return distance;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
