package org.schiltron.relay.routes;

import java.net.InetSocketAddress;
import java.util.Map;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.RouteSettings;
import org.schiltron.edge.TrunkConfig;
import org.schiltron.proof.Identity;

/**
 * A node of the overlay.
 *
 * @param identity its key, which stands in the list
 * @param nodes    all nodes, the same list at each
 * @param listen   where its trunks are accepted
 * @param trunk    how they are kept
 * @param settings how routes are drawn
 * @param services what it dials for, if it is an egress
 */
public record RouteNodeConfig(Identity identity, NodeList nodes, InetSocketAddress listen, TrunkConfig trunk,
        RouteSettings settings, Map<String, EgressService> services) {

    /** @throws IllegalArgumentException if the node is not on the list */
    public RouteNodeConfig {
        services = Map.copyOf(services);
        if (nodes.byX25519(identity.publicKey().x25519()) == null)
            throw new IllegalArgumentException(
                    "the list of nodes has none with the key " + identity.publicKey().text());
    }
}
