package org.schiltron.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/** Whose address is which: no two nodes have the same. */
final class Addresses {
    private final AddressTable routes;
    private final List<Node<?, ?>> nodes;

    Addresses(AddressTable routes, List<Node<?, ?>> nodes) {
        this.routes = routes;
        this.nodes = nodes;
    }

    /**
     * Gives a node's socket an address.
     *
     * @return its entry
     * @throws IllegalArgumentException if another node has it
     */
    int add(Path address, Node<?, ?> node, int socket) {
        checkFree(address);
        return routes.add(address, node.index() << 8 | socket);
    }

    /** @throws IllegalArgumentException if another node has the new address */
    void move(int entry, Path newAddress) {
        checkFree(newAddress);
        routes.move(entry, newAddress);
    }

    /** @throws IllegalArgumentException if a node has it */
    void checkFree(Path address) {
        int taken = routes.findExactly(address);
        if (taken != AddressTable.ABSENT)
            throw new IllegalArgumentException(address + " is taken by " + nodes.get(taken >>> 8).name());
    }

    /** Whose address that is; null for nobody's. */
    @Nullable
    Node<?, ?> owner(Path address) {
        int found = routes.find(address);
        return found == AddressTable.ABSENT ? null : nodes.get(found >>> 8);
    }
}
