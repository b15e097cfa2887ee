package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.host.MonotonicClock;
import org.schiltron.proof.Identity;
import org.schiltron.relay.EdgeConfig;
import org.schiltron.relay.EdgeCounters;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Service;
import org.schiltron.relay.TcpDialer;
import org.schiltron.relay.TcpEntrance;
import org.schiltron.relay.UdpEntrance;
import org.schiltron.relay.openings.Door;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron edge}. */
@Command(name = "edge", description = "Takes plain clients (browsers, games, phones), checks them, and relays them to a service.", subcommands = EdgeToken.class, footer = {
        "", "Nothing is asked of clients. Nothing is dialled for one before its first words were read and checked;",
        "what each may hold and ask for is bounded. To the service its connections come from this machine:",
        "a ring before it lets pass what edges show, and nothing else (docs/EDGES.md).", "", "Examples:",
        "  schiltron edge --listen 0.0.0.0:8080 --to 192.0.2.80:80",
        "  schiltron edge --listen 0.0.0.0:8080 --to 192.0.2.80:80 --auth puzzle    browsers show a cookie",
        "  schiltron edge --listen 0.0.0.0:443 --to 192.0.2.80:443 --verify tls     passed through, checked",
        "  schiltron edge --listen 0.0.0.0:443 --certificate s.pem --certificate-key s.key --to 192.0.2.80:80 --auth token --key edge.key",
        "  schiltron edge --udp 0.0.0.0:53 --to 192.0.2.53:53 --verify dns",
        "  schiltron edge --services shop.toml --key edge.key"})
final class EdgeCommand extends RoleCommand {
    /** Checks of passwords that wait for a thread. */
    private static final int SLOW_TASKS = 256;

    private @Nullable EdgeServer edge;
    private @Nullable EdgeModes modes;
    private List<EdgeService> services = List.of();

    @Override
    List<Setting> known() {
        return EdgeSettings.ALL;
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        services = EdgeSettings.services(settings);
        Path keyFile = settings.file(EdgeSettings.KEY);
        Identity identity = keyFile == null ? Identity.generate(new Entropy()) : KeyFiles.read(keyFile);
        Map<String, Door> doors = new EdgeDoors(identity).open(services);
        ThreadPoolExecutor slow = process.closeLater(slowThreads());
        EdgeEntrances entrances = new EdgeEntrances(doors, Lifetime::nowEpochSeconds, slow);
        List<TcpEntrance> tcp = entrances.tcp(services);
        List<UdpEntrance> udp = entrances.udp(services);
        EdgeServer server = process.closeLater(start(new EdgeConfig(tcp, udp, relayed(), EdgeSettings.limits(settings),
                EdgeSettings.loops(settings), MonotonicClock::nowNs)));
        edge = server;
        EdgeAgility agility = process.closeLater(EdgeAgility.start(server, services, System::currentTimeMillis));
        List<ModesFile> files = EdgeSettings.modes(settings, services);
        if (!files.isEmpty())
            modes = process.closeLater(
                    EdgeModes.start(files, UdpSettings.resolve(settings.address(EdgeSettings.MODE_LISTEN)), agility));
        process.measured(server.counters());
        print(server, out);
        if (keyFile == null && services.stream().anyMatch(EdgeCommand::signs))
            out.println(
                    "note: without --key FILE what clients are given holds until this edge stops, and nowhere else");
    }

    private static boolean signs(EdgeService service) {
        return service.reading() == EdgeService.Reading.HTTP
                && service.door().method() != Authentication.NONE;
    }

    private static ThreadPoolExecutor slowThreads() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        ThreadPoolExecutor slow = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(SLOW_TASKS), Thread.ofPlatform().name("edge-slow-", 0).daemon().factory());
        slow.allowCoreThreadTimeOut(true);
        return slow;
    }

    private List<Service> relayed() {
        List<Service> relayed = new ArrayList<>();
        for (EdgeService service : services)
            relayed.add(
                    new Service(service.name(), EdgeAgility.address(service, service.to(), System.currentTimeMillis()),
                            new TcpDialer(TcpDialer.SOCKET_BYTES), service.proxyProtocol(), service.maxLegs(),
                            Math.max(16, service.maxLegs() / 4)));
        return relayed;
    }

    private static EdgeServer start(EdgeConfig config) {
        try {
            return EdgeServer.start(config);
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private void print(EdgeServer server, PrintWriter out) {
        for (InetSocketAddress address : server.tcpAddresses())
            out.println("edge: " + Addresses.toText(address) + " tcp");
        for (InetSocketAddress address : server.udpAddresses())
            out.println("edge: " + Addresses.toText(address) + " udp");
        for (EdgeService service : services)
            out.println("service: " + service.name() + (service.hosts().isEmpty() ? "" : " " + service.hosts())
                    + " at " + Addresses.toText(service.to()) + ", auth " + EdgeService.word(service.door().method())
                    + ", reads " + service.reading().name().toLowerCase(Locale.ROOT)
                    + (service.shown() == null ? "" : ", shows " + service.shown().fields()));
    }

    @Override
    void report(ObjectNode status) {
        EdgeServer server = edge;
        if (server == null)
            return;
        EdgeCounters counters = server.counters();
        status.put("connections", counters.connectionsOpen()).put("maxConnections", server.maxConnections())
                .put("connectionsTaken", counters.connectionsOpened()).put("legs", counters.legsOpen())
                .put("legsOpened", counters.legsOpened()).put("legsChanged", counters.legsChanged())
                .put("legsQueued", counters.legsQueued()).put("bytesToService", counters.bytesToBackend())
                .put("bytesToClients", counters.bytesToClient()).put("bufferedBytes", counters.bytesBuffered())
                .put("flows", counters.flowsOpen()).put("datagramsToService", counters.datagramsToBackend())
                .put("datagramsToClients", counters.datagramsToClient());
        EdgeModes followed = modes;
        if (followed != null)
            followed.report(status.putArray("modes"));
        ObjectNode drops = status.putObject("drops");
        counters.drops().forEach((reason, count) -> drops.put(reason.label(), count));
        ArrayNode list = status.putArray("services");
        for (EdgeService service : services)
            list.addObject().put("name", service.name()).put("to", Addresses.toText(service.to()))
                    .put("auth", EdgeService.word(service.door().method()));
    }
}
