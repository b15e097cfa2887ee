package org.schiltron.edge;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.PublicKey;

/**
 * A node of the overlay.
 *
 * @param name    1 to 63 of a-z, 0-9, dot and dash, the first a letter or digit
 * @param address where its trunks are accepted
 * @param roles   none for one that only relays
 */
public record Node(String name, HostPort address, PublicKey key, Set<NodeRole> roles) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    public Node {
        if (!NAME.matcher(name).matches())
            throw new IllegalArgumentException("\"" + AuthenticatorField.shorten(name)
                    + "\" is no name of a node: 1 to 63 of a-z, 0-9, . and -");
        EnumSet<NodeRole> copy = EnumSet.noneOf(NodeRole.class);
        copy.addAll(roles);
        roles = Collections.unmodifiableSet(copy);
    }

    public boolean is(NodeRole role) {
        return roles.contains(role);
    }

    public NodeId id() {
        return NodeId.of(key);
    }

    @Override
    public String toString() {
        return name;
    }
}
