package org.schiltron.sim;

/** {@link Simulation#reversePath}. */
final class ReversePath implements Router.Gate {
    private final Network network;
    private final Router at;

    ReversePath(Network network, Router at) {
        this.network = network;
        this.at = at;
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        Link by = datagram.arrivedBy();
        if (by == null)
            return false;
        Node<?, ?> owner = network.addresses().owner(datagram.source());
        if (!by.isTrunk())
            return owner != null && owner == by.node();
        int from = owner == null ? network.routing().owner(datagram.source()) : owner.router();
        return from != Node.NOWHERE && from != at.index()
                && network.routing().next(at.index(), from) == Routing.reverse(by.trunk());
    }
}
