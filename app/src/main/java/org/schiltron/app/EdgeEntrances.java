package org.schiltron.app;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Protocol;
import org.schiltron.host.Addresses;
import org.schiltron.relay.FlowLimits;
import org.schiltron.relay.Opening;
import org.schiltron.relay.TcpEntrance;
import org.schiltron.relay.TlsIdentity;
import org.schiltron.relay.UdpEntrance;
import org.schiltron.relay.openings.Door;
import org.schiltron.relay.openings.Openings;
import org.schiltron.relay.openings.QuicDoors;

/** Where clients come in: the addresses of all services, each with those that share it, told apart by name. */
final class EdgeEntrances {
    private final Map<String, Door> doors;
    private final LongSupplier epochSeconds;
    private final Executor slow;
    private final EdgeOverlay overlay;

    /**
     * @param doors   by the service's name
     * @param slow    where passwords are checked
     * @param overlay the way for datagrams
     */
    EdgeEntrances(Map<String, Door> doors, LongSupplier epochSeconds, Executor slow, EdgeOverlay overlay) {
        this.overlay = overlay;
        this.doors = doors;
        this.epochSeconds = epochSeconds;
        this.slow = slow;
    }

    List<TcpEntrance> tcp(List<EdgeService> services) {
        List<TcpEntrance> entrances = new ArrayList<>();
        byAddress(services, true).forEach((address, sharing) -> entrances
                .add(new TcpEntrance(address, tcpOpening(address, sharing), identity(address, sharing))));
        return entrances;
    }

    List<UdpEntrance> udp(List<EdgeService> services) {
        List<UdpEntrance> entrances = new ArrayList<>();
        byAddress(services, false).forEach((address, sharing) -> {
            EdgeService first = sharing.getFirst();
            Protocol verify = over(first, false);
            boolean quic = verify == Protocol.QUIC;
            if (sharing.stream().anyMatch(service -> over(service, false) != verify
                    || service.route().normal() != first.route().normal()) || sharing.size() > 1 && !quic)
                throw apart(address, "all with verify quic and the same route, and each with hosts");
            entrances.add(quic ? quic(address, sharing) : udp(address, first, verify));
        });
        return entrances;
    }

    private UdpEntrance quic(InetSocketAddress address, List<EdgeService> sharing) {
        QuicDoors opening = Openings.quic(byName(address, sharing), epochSeconds);
        return new UdpEntrance(address, opening, opening.proof(false), overlay.datagrams(sharing.getFirst()),
                FlowLimits.defaults());
    }

    private UdpEntrance udp(InetSocketAddress address, EdgeService service, @Nullable Protocol verify) {
        return new UdpEntrance(address, Openings.udp(door(service), verify, epochSeconds), Openings.proof(verify),
                overlay.datagrams(service), FlowLimits.defaults());
    }

    private static Map<InetSocketAddress, List<EdgeService>> byAddress(List<EdgeService> services, boolean tcp) {
        Map<InetSocketAddress, List<EdgeService>> sharing = new LinkedHashMap<>();
        for (EdgeService service : services)
            for (InetSocketAddress address : tcp ? service.listen() : service.udp())
                sharing.computeIfAbsent(address, _ -> new ArrayList<>()).add(service);
        return sharing;
    }

    private Opening.Factory tcpOpening(InetSocketAddress address, List<EdgeService> sharing) {
        EdgeService first = sharing.getFirst();
        for (EdgeService service : sharing)
            if (service.reading() != first.reading() || over(service, true) != over(first, true)
                    || (service.certificate() == null) != (first.certificate() == null))
                throw apart(address,
                        "all with HTTP, or all with TLS that is passed through, with the same verify, and each with hosts");
        return switch (first.reading()) {
            case HTTP -> Openings.http(byName(address, sharing), epochSeconds, slow);
            case TLS -> Openings.tls(byName(address, sharing), over(first, true) == Protocol.TLS, epochSeconds);
            case BYTES -> {
                if (sharing.size() > 1)
                    throw apart(address, "all with HTTP, or all with TLS that is passed through, and each with hosts");
                yield Openings.tcp(door(first), over(first, true), epochSeconds);
            }
        };
    }

    private static @Nullable Protocol over(EdgeService service, boolean tcp) {
        for (Protocol protocol : service.verify())
            if (tcp ? protocol.overTcp() : protocol.overUdp())
                return protocol;
        return null;
    }

    private Map<String, Door> byName(InetSocketAddress address, List<EdgeService> sharing) {
        Map<String, Door> named = new LinkedHashMap<>();
        for (EdgeService service : sharing) {
            List<String> names = service.hosts().isEmpty() ? List.of("") : service.hosts();
            for (String name : names)
                if (named.put(name, door(service)) != null)
                    throw new Failure(Exit.USAGE, Addresses.toText(address) + ": two services "
                            + (name.isEmpty() ? "without hosts" : "with the host " + name));
        }
        return named;
    }

    private Door door(EdgeService service) {
        Door door = doors.get(service.name());
        if (door == null)
            throw new IllegalArgumentException("no door for " + service.name());
        return door;
    }

    /** Ends TLS with the certificates of all services that share the address; null if none has one. */
    private static @Nullable TlsIdentity identity(InetSocketAddress address, List<EdgeService> sharing) {
        List<TlsIdentity.Pair> pairs = new ArrayList<>();
        Path authorities = sharing.getFirst().door().authorities();
        for (EdgeService service : sharing) {
            TlsIdentity.Pair pair = service.certificate();
            if (pair != null && !pairs.contains(pair))
                pairs.add(pair);
            Path theirs = service.door().authorities();
            if (authorities == null ? theirs != null : !authorities.equals(theirs))
                throw apart(address, "all with the same client-authorities");
        }
        boolean http = sharing.getFirst().reading() == EdgeService.Reading.HTTP;
        return pairs.isEmpty()
                ? null
                : new TlsIdentity(pairs, authorities, false, http ? List.of("http/1.1") : List.of());
    }

    private static Failure apart(InetSocketAddress address, String how) {
        return new Failure(Exit.USAGE, Addresses.toText(address) + ": services share this address, so they have to be "
                + how);
    }
}
