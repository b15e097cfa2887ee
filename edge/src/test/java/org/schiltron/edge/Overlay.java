package org.schiltron.edge;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;

/** Nodes with keys for tests: n0, n1, ... */
final class Overlay {
    final List<Identity> identities = new ArrayList<>();
    final NodeList list;

    private Overlay(List<Node> nodes, List<Identity> identities) {
        list = new NodeList(nodes);
        this.identities.addAll(identities);
    }

    /** All roles for each. */
    static Overlay of(int count) {
        return of(count, EnumSet.allOf(NodeRole.class));
    }

    static Overlay of(int count, Set<NodeRole> roles) {
        List<Node> nodes = new ArrayList<>();
        List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] seed = new byte[32];
            seed[0] = (byte) i;
            seed[1] = (byte) (i >> 8);
            identities.add(Identity.ofSeed(seed));
            nodes.add(node(i, identities.get(i), roles));
        }
        return new Overlay(nodes, identities);
    }

    static Node node(int i, Identity identity, Set<NodeRole> roles) {
        return new Node("n" + i, new HostPort("192.0.2." + (i & 0xff), 1_000 + i), identity.publicKey(), roles);
    }

    Node node(int i) {
        return list.nodes().get(i);
    }

    Identity identity(int i) {
        return identities.get(i);
    }

    Identity identity(Node node) {
        return identities.get(list.nodes().indexOf(Objects.requireNonNull(node)));
    }
}
