package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

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

    private static final long ERROR_INTERVAL_NS = 1_000_000;

    private final int index;
    private final String name;
    private final List<Gate> gates = new ArrayList<>();
    private final Datagram seen = new Datagram();
    private final IdCounter ids = new IdCounter();
    private @Nullable Path ipv4;
    private @Nullable Path ipv6;
    private long nextErrorNs;
    private long forwarded;
    private long refused;

    Router(int index, String name) {
        this.index = index;
        this.name = name;
    }

    public String name() {
        return name;
    }

    void setAddresses(Path newIpv4, Path newIpv6) {
        ipv4 = newIpv4.copy();
        ipv6 = newIpv6.copy();
    }

    /** From which to answer now, or null: it has none, or has answered just before. */
    @Nullable
    Path answersFrom(long nowNs, boolean asIpv4) {
        if (nowNs < nextErrorNs)
            return null;
        nextErrorNs = nowNs + ERROR_INTERVAL_NS;
        return asIpv4 ? ipv4 : ipv6;
    }

    /** Of all that it says itself. */
    IdCounter ids() {
        return ids;
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

    /** @param by the link by which it came */
    boolean admits(long nowNs, PacketStore store, int packet, @Nullable Link by) {
        for (int i = 0; i < gates.size(); i++) {
            seen.wrap(store, packet);
            seen.arrivedBy(by);
            if (!gates.get(i).admits(nowNs, seen)) {
                refused++;
                return false;
            }
        }
        forwarded++;
        return true;
    }
}
