package org.schiltron.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authenticator;
import org.schiltron.edge.IpAddress;
import org.schiltron.edge.PortRange;
import org.schiltron.filter.Action;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.relay.LegAddress;

/**
 * What packets of an egress show to the ring at a time (Mayday, section 3.4), as far as sockets can.
 *
 * @param changing    the parts that time may change; null if there are none
 * @param sourcePorts the whole range: a port is one connection at a time, so time does not narrow it; null where the
 *                    port does not matter
 * @param service     the addresses it is about, at the ring; none for those that it says itself
 */
record Shown(@Nullable Authenticator changing, @Nullable PortRange sourcePorts, List<IpAddress> service) {
    /** Where no ring asks for anything. */
    static final Shown NOTHING = new Shown(null, null, List.of());
    private static final List<Integer> TCP_AND_UDP = List.of(6, 17);

    /**
     * Where legs are bound and connected to.
     *
     * @param backend what the authenticator does not say
     */
    LegAddress leg(InetSocketAddress backend) {
        IpAddress source = changing == null ? null : changing.source();
        IpAddress to = changing == null ? null : changing.destination();
        int port = changing == null ? 0 : changing.destinationPort();
        InetSocketAddress remote = new InetSocketAddress(to == null ? backend.getAddress() : address(to),
                port == 0 ? backend.getPort() : port);
        return new LegAddress(source == null ? null : address(source), sourcePorts == null ? 0 : sourcePorts.first(),
                sourcePorts == null ? 0 : sourcePorts.last(), remote);
    }

    private static InetAddress address(IpAddress of) {
        try {
            return InetAddress.getByAddress(of.bytes());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes", e);
        }
    }

    /** The rule by which a ring lets such packets pass. */
    Rule rule(String name) {
        List<Prefix> from = new ArrayList<>();
        List<Prefix> to = new ArrayList<>();
        List<org.schiltron.filter.PortRange> sources = new ArrayList<>();
        List<org.schiltron.filter.PortRange> ports = new ArrayList<>();
        if (sourcePorts != null)
            sources.add(new org.schiltron.filter.PortRange(sourcePorts.first(), sourcePorts.last()));
        Authenticator parts = changing;
        if (parts != null) {
            if (parts.source() != null)
                from.add(host(parts.source()));
            if (parts.destination() != null)
                to.add(host(parts.destination()));
            if (parts.destinationPort() != 0)
                ports.add(new org.schiltron.filter.PortRange(parts.destinationPort(), parts.destinationPort()));
        }
        if (to.isEmpty())
            service.forEach(address -> to.add(host(address)));
        boolean byPort = !sources.isEmpty() || !ports.isEmpty();
        return new Rule(name, 0, new Action.Allow(), from, to, byPort ? TCP_AND_UDP : List.of(), sources, ports,
                List.of());
    }

    private static Prefix host(IpAddress address) {
        return new Prefix(address.high(), address.low(), 128);
    }
}
