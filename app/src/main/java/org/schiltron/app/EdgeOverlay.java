package org.schiltron.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.Route;
import org.schiltron.edge.RouteSettings;
import org.schiltron.edge.TrunkConfig;
import org.schiltron.host.Addresses;
import org.schiltron.proof.PublicKey;
import org.schiltron.relay.DatagramDialer;
import org.schiltron.relay.LegDialer;
import org.schiltron.relay.TcpDialer;
import org.schiltron.relay.UdpDialer;
import org.schiltron.relay.routes.EgressService;
import org.schiltron.relay.routes.NodeFile;
import org.schiltron.relay.routes.RouteCounters;
import org.schiltron.relay.routes.RouteDatagramDialer;
import org.schiltron.relay.routes.RouteDialer;
import org.schiltron.relay.routes.RouteNode;
import org.schiltron.relay.routes.RouteNodeConfig;
import tools.jackson.databind.node.ObjectNode;

/** This edge among the other nodes, if there are any: the way to each service. */
final class EdgeOverlay implements AutoCloseable {
    private final @Nullable RouteNode node;

    private EdgeOverlay(@Nullable RouteNode node) {
        this.node = node;
    }

    static EdgeOverlay open(Settings settings, EdgeParts parts, long epochMs) {
        Path file = settings.file(EdgeSettings.NODES);
        if (file == null) {
            parts.services().stream().filter(service -> service.route().isIndirect()).findFirst()
                    .ifPresent(service -> {
                        throw new Failure(Exit.USAGE, "service " + service.name()
                                + " goes over other nodes: give --nodes FILE");
                    });
            if (!parts.egresses().isEmpty())
                throw new Failure(Exit.USAGE, "an egress serves other nodes: give --nodes FILE");
            return new EdgeOverlay(null);
        }
        Path key = settings.file(EdgeSettings.NODE_KEY);
        if (key == null)
            throw new Failure(Exit.USAGE, "--nodes needs --node-key FILE, this node's secret key");
        try {
            return new EdgeOverlay(RouteNode.start(new RouteNodeConfig(KeyFiles.read(key), read(file),
                    UdpSettings.resolve(settings.address(EdgeSettings.TRUNKS)),
                    new TrunkConfig(settings.integer(EdgeSettings.CELLS), TrunkConfig.MAX_CELLS_PER_SECOND,
                            TrunkConfig.DEFAULT.streams()),
                    RouteSettings.DEFAULT, egresses(parts.egresses(), epochMs))));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, String.valueOf(e.getMessage()), e);
        }
    }

    static NodeList read(Path file) {
        try {
            return NodeFile.read(file);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private static Map<String, EgressService> egresses(List<EdgeEgress> list, long epochMs) {
        Map<String, EgressService> services = new LinkedHashMap<>();
        for (EdgeEgress egress : list)
            services.put(egress.name(), egress.at(null, Shown.of(egress.shown(), epochMs)));
        return services;
    }

    /** Opens legs to a service, by the route of the mode there is. */
    ModeDialer dialer(EdgeService service) {
        EdgeRoute route = service.route();
        LegDialer normal = dialer(route.normal(), route.landing());
        Route secure = route.secure();
        return new ModeDialer(normal, secure == null ? normal : dialer(secure, route.landing()));
    }

    private LegDialer dialer(Route route, @Nullable PublicKey landing) {
        if (route == Route.PROXIMITY)
            return new TcpDialer(TcpDialer.SOCKET_BYTES);
        return landing == null ? RouteDialer.plain(needed(), route) : RouteDialer.resumable(needed(), route, landing);
    }

    DatagramDialer datagrams(EdgeService service) {
        Route route = service.route().normal();
        return route == Route.PROXIMITY ? new UdpDialer() : new RouteDatagramDialer(needed(), route);
    }

    private RouteNode needed() {
        return Objects.requireNonNull(node, "checked when it was opened");
    }

    /** As an egress: dials with this from now on. */
    void change(String service, EgressService to, Duration overlap) {
        needed().changeAuthenticator(service, to, overlap);
    }

    /** A line for people; null without other nodes. */
    @Nullable
    String line() {
        RouteNode running = node;
        return running == null
                ? null
                : "node: " + running.self() + " at " + Addresses.toText(running.address());
    }

    void report(ObjectNode status) {
        RouteNode running = node;
        if (running == null)
            return;
        RouteCounters counters = running.counters();
        status.putObject("node").put("name", running.self().name()).put("trunks", counters.trunksOpen())
                .put("streams", counters.streamsOpen()).put("hops", counters.hopsOpen())
                .put("legs", counters.legsOpen()).put("egressLegs", counters.egressLegsOpen())
                .put("carriersResumed", counters.carriersResumed()).put("waysFailed", counters.waysFailed());
    }

    @Override
    public void close() {
        if (node != null)
            node.close();
    }
}
