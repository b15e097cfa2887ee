package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * A place where links meet: it sends each datagram on towards the node that has its destination, by the way of the least
 * delay. It has no queue and takes no time: queues and delays are the links'.
 */
public final class Router {
    /** One check of a router's row. */
    @FunctionalInterface
    public interface Gate {
        /**
         * @param datagram good until this returns
         * @return whether it may go on
         */
        boolean admits(long nowNs, Datagram datagram);
    }

    private final int index;
    private final String name;
    private final List<Gate> gates = new ArrayList<>();
    private final Datagram seen = new Datagram();
    private long forwarded;
    private long refused;

    Router(int index, String name) {
        this.index = index;
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Asked of every datagram from now on, after the gates that are here already. */
    public void gate(Gate gate) {
        gates.add(gate);
    }

    /** Datagrams that its gates let go on. */
    public long forwarded() {
        return forwarded;
    }

    /** Datagrams that a gate refused. */
    public long refused() {
        return refused;
    }

    int index() {
        return index;
    }

    boolean admits(long nowNs, PacketStore store, int packet) {
        for (int i = 0; i < gates.size(); i++) {
            seen.wrap(store, packet);
            if (!gates.get(i).admits(nowNs, seen)) {
                refused++;
                return false;
            }
        }
        forwarded++;
        return true;
    }
}
