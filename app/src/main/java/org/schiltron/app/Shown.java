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
import org.schiltron.enforce.WordWriter;
import org.schiltron.filter.Action;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.filter.SecondaryKey;
import org.schiltron.relay.LegAddress;

/**
 * What packets of an egress show to the ring at a time (Mayday, section 3.4): as far as sockets can, and a secondary key
 * that nftables writes ({@link EdgeWords}).
 *
 * @param changing    the parts that time may change; null if there are none
 * @param sourcePorts the whole range: a port is one connection at a time, so time does not narrow it; null where the
 *                    port does not matter
 * @param service     the addresses it is about, at the ring; none for those that it says itself
 * @param word        where the key stands; null if there is none
 */
record Shown(@Nullable Authenticator changing, @Nullable PortRange sourcePorts, List<IpAddress> service,
        @Nullable SecondaryKey word) {
    /** Where no ring asks for anything. */
    static final Shown NOTHING = new Shown(null, null, List.of(), null);
    private static final List<Integer> TCP = List.of(6);
    private static final List<Integer> TCP_AND_UDP = List.of(6, 17);

    static Shown of(@Nullable AuthenticatorFile file, long epochMs) {
        return file == null ? NOTHING : file.at(epochMs);
    }

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

    /** What has to be written into the packets of a leg; null if nothing. */
    WordWriter.@Nullable Sending sending(LegAddress leg) {
        Authenticator parts = changing;
        return word == null || parts == null || parts.key() == null
                ? null
                : new WordWriter.Sending(leg.local(),
                        leg.bindsPort()
                                ? new org.schiltron.filter.PortRange(leg.firstPort(), leg.lastPort())
                                : null,
                        leg.remote(), word, parts.key());
    }

    /** Whether its key holds at every address of the service, and does not go with one. */
    boolean holdsEverywhere() {
        return changing != null && changing.destination() == null && changing.destinationPort() == 0;
    }

    /** The rules by which a ring lets such packets pass; their names begin with {@code name}. */
    List<Rule> rules(String name) {
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
        SecondaryKey place = word;
        Integer key = parts == null ? null : parts.key();
        if (place == null || key == null)
            return List.of(new Rule(name, 0, new Action.Allow(), from, to, byPort ? TCP_AND_UDP : List.of(), sources,
                    ports, List.of()));
        List<Rule> rules = new ArrayList<>();
        for (boolean ipv4 : new boolean[]{true, false}) { // the key of each stands elsewhere
            List<Prefix> family = to.stream().filter(prefix -> prefix.isIpv4() == ipv4).toList();
            if (!family.isEmpty())
                rules.add(new Rule(name + (ipv4 ? "" : " IPv6"), 0, new Action.Allow(), from, family,
                        place.isOfTcp() ? TCP : TCP_AND_UDP, sources, ports,
                        place.words(key, ipv4)));
        }
        return rules;
    }

    private static Prefix host(IpAddress address) {
        return new Prefix(address.high(), address.low(), 128);
    }
}
