package org.schiltron.edge;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of an overlay, the same list at all of them: from it each computes who is whose beacon, and whom to let in.
 * At most {@value #MAX_NODES}; some 300 bytes each. Immutable.
 */
public final class NodeList {
    public static final int MAX_NODES = 4_096;

    private final List<Node> nodes;
    private final TreeMap<String, Node> byName = new TreeMap<>();
    private final TreeMap<NodeId, Node> byId = new TreeMap<>();
    private final TreeMap<byte[], Node> byAgreement = new TreeMap<>(Arrays::compareUnsigned);

    /** @throws IllegalArgumentException that says what is wrong */
    public NodeList(List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
        if (nodes.size() > MAX_NODES)
            throw new IllegalArgumentException("at most 4096 nodes, not " + nodes.size());
        for (Node node : nodes) {
            if (byName.put(node.name(), node) != null)
                throw new IllegalArgumentException("two nodes are named " + node.name());
            // A key and its negative are two signing keys, but one for agreement.
            Node same = byAgreement.put(node.key().x25519(), node);
            if (same != null)
                throw new IllegalArgumentException(same + " and " + node + " have the same key");
            byId.put(node.id(), node);
        }
        if (nodes.stream().map(Node::address).distinct().count() < nodes.size())
            throw new IllegalArgumentException("two nodes have the same address");
    }

    /** In the order given. */
    public List<Node> nodes() {
        return nodes;
    }

    public @Nullable Node byName(String name) {
        return byName.get(name);
    }

    public @Nullable Node byId(NodeId id) {
        return byId.get(id);
    }

    /** The node with this X25519 key, which is what a handshake shows. */
    public @Nullable Node byX25519(byte[] key) {
        return byAgreement.get(key);
    }

    public List<Node> with(NodeRole role) {
        return nodes.stream().filter(node -> node.is(role)).toList();
    }
}
