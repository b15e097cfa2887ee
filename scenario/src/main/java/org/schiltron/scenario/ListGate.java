package org.schiltron.scenario;

import org.schiltron.sim.Datagram;

/** An access list. It looks at the source that stands in the packet, so who can write another's address into it passes, as with a real one. */
final class ListGate extends RowGate {
    private final boolean allows;
    private final AddressSet to;
    private final AddressSet from;

    /** @param allows whether of what goes to {@code to} only what comes from {@code from} passes, or all but that */
    ListGate(String word, boolean allows, AddressSet to, AddressSet from) {
        super(word);
        this.allows = allows;
        this.to = to;
        this.from = from;
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        if (!to.contains(datagram.destination()) || from.contains(datagram.source()) == allows)
            return true;
        return refuse(allows ? "not_listed" : "listed");
    }
}
