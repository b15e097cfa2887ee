package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.Service;
import org.schiltron.relay.openings.Door;
import org.schiltron.relay.routes.EgressService;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron edge}. */
@Command(name = "edge", description = "Takes plain clients (browsers, games, phones), checks them, and relays them to a service.", subcommands = {
        EdgeIssueToken.class,
        EdgeDnsCommand.class}, footer = {
                "",
                "Nothing is asked of clients. Where something is verified, nothing is dialled for one before its first words",
                "were read; what each may hold and ask for is bounded. To the service its connections come from this machine:",
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
    /** Of legs that other nodes dial. */
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private @Nullable EdgeServer edge;
    private @Nullable EdgeOverlay overlay;
    private @Nullable EdgeModes modes;
    private @Nullable EdgeAgility agility;
    private List<EdgeService> services = List.of();

    @Override
    List<Setting> known() {
        return EdgeSettings.ALL;
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        EdgeParts parts = EdgeSettings.parts(settings);
        services = parts.services();
        long nowMs = System.currentTimeMillis();
        Path keyFile = settings.file(EdgeSettings.KEY);
        Identity identity = keyFile == null ? Identity.generate(new Entropy()) : KeyFiles.read(keyFile);
        Map<String, Door> doors = new EdgeDoors(identity).open(services);
        EdgeWords words = process.closeLater(new EdgeWords(System::currentTimeMillis));
        showFirst(words, parts, nowMs);
        EdgeOverlay ways = process.closeLater(EdgeOverlay.open(settings, parts, nowMs));
        overlay = ways;
        ThreadPoolExecutor slow = process.closeLater(slowThreads());
        EdgeEntrances entrances = new EdgeEntrances(doors, Lifetime::nowEpochSeconds, slow, ways);
        Map<String, ModeDialer> dialers = new LinkedHashMap<>();
        services.forEach(service -> dialers.put(service.name(), ways.dialer(service)));
        EdgeServer server = process.closeLater(start(new EdgeConfig(entrances.tcp(services), entrances.udp(services),
                relayed(dialers, nowMs), EdgeSettings.limits(settings), EdgeSettings.loops(settings),
                MonotonicClock::nowNs)));
        edge = server;
        EdgeAgility following = process.closeLater(new EdgeAgility(System::currentTimeMillis));
        agility = following;
        follow(following, server, words, nowMs);
        followAsEgress(following, ways, parts, words, nowMs);
        List<ModesFile> files = EdgeSettings.modes(settings, parts);
        if (!files.isEmpty())
            modes = process.closeLater(
                    EdgeModes.start(files, UdpSettings.resolve(settings.address(EdgeSettings.MODE_LISTEN)), following,
                            (service, mode) -> {
                                ModeDialer dialer = dialers.get(service);
                                if (dialer != null)
                                    dialer.become(mode);
                            }));
        publish(process, settings, out);
        process.measured(server.counters());
        print(server, out);
        if (ways.line() != null)
            out.println(ways.line());
        for (EdgeEgress egress : parts.egresses())
            out.println("egress: for " + egress.name()
                    + (egress.shown() == null ? "" : ", shows " + egress.shown().fields()));
        if (keyFile == null && services.stream().anyMatch(EdgeCommand::signs))
            out.println(
                    "note: without --key FILE what clients are given holds until this edge stops, and nowhere else");
    }

    private void follow(EdgeAgility following, EdgeServer server, EdgeWords words, long nowMs) {
        for (EdgeService service : services) {
            String name = service.name();
            following.follow(name, name, service.shown(), nowMs,
                    new EdgeDialling<>(name, words, Shown.of(service.shown(), nowMs),
                            (moved, shown) -> address(service, moved, shown), List::of,
                            (leg, overlap) -> server.changeAuthenticator(name, leg, overlap)));
        }
    }

    private static void followAsEgress(EdgeAgility following, EdgeOverlay ways, EdgeParts parts, EdgeWords words,
            long nowMs) {
        for (EdgeEgress egress : parts.egresses())
            following.follow(egress.who(), egress.name(), egress.shown(), nowMs,
                    new EdgeDialling<>(egress.who(), words, Shown.of(egress.shown(), nowMs), egress::at,
                            EgressService::legs, (to, overlap) -> ways.change(egress.name(), to, overlap)));
    }

    /** Before anything is dialled. */
    private static void showFirst(EdgeWords words, EdgeParts parts, long epochMs) {
        for (EdgeService service : parts.services()) {
            Shown shown = Shown.of(service.shown(), epochMs);
            words.show(service.name(), shown, List.of(address(service, null, shown)), Duration.ZERO);
        }
        for (EdgeEgress egress : parts.egresses()) {
            Shown shown = Shown.of(egress.shown(), epochMs);
            words.show(egress.who(), shown, egress.at(null, shown).legs(), Duration.ZERO);
        }
    }

    /** Clients find this edge from now on, and others once it stops. */
    private static void publish(RoleProcess process, Settings settings, PrintWriter out) {
        Path file = settings.file(EdgeSettings.DNS);
        if (file == null)
            return;
        EdgeDns dns = EdgeDns.read(file);
        dns.add();
        process.closeLater(dns::remove);
        out.println("dns: " + dns.name() + " has " + dns.addresses());
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

    private List<Service> relayed(Map<String, ModeDialer> dialers, long epochMs) {
        List<Service> relayed = new ArrayList<>();
        for (EdgeService service : services)
            relayed.add(new Service(service.name(), address(service, null, Shown.of(service.shown(), epochMs)),
                    Objects.requireNonNull(dialers.get(service.name())), service.proxyProtocol(), service.maxLegs(),
                    Math.max(16, service.maxLegs() / 4)));
        return relayed;
    }

    /** What legs show that this node dials; of others it says nothing. */
    private static LegAddress address(EdgeService service, @Nullable InetSocketAddress moved, Shown shown) {
        InetSocketAddress backend = moved == null ? service.to() : moved;
        return backend == null ? LegAddress.to(NOWHERE) : shown.leg(backend);
    }

    @Override
    boolean reloads() {
        return true;
    }

    @Override
    boolean readsOtherFiles() {
        return true;
    }

    /** The authenticators in their files; all else takes a restart. */
    @Override
    List<Setting> reload(Settings again, PrintWriter out) {
        EdgeAgility following = agility;
        if (following == null)
            throw new Failure(Exit.FAILED, "still starting");
        EdgeParts parts = EdgeSettings.parts(again);
        EdgeSettings.modes(again, parts); // whether they still fit
        int count = 0;
        for (EdgeService service : parts.services())
            count += renew(following, service.name(), service.shown());
        for (EdgeEgress egress : parts.egresses())
            count += renew(following, egress.who(), egress.shown());
        out.println("authenticators: " + count + " read again");
        return List.of();
    }

    private static int renew(EdgeAgility following, String who, @Nullable AuthenticatorFile file) {
        return file != null && following.renew(who, file) ? 1 : 0;
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
                    + (service.to() == null
                            ? " by " + service.route().normal().text()
                            : " at "
                                    + Addresses.toText(service.to()))
                    + ", auth " + EdgeService.word(service.door().method())
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
        EdgeOverlay ways = overlay;
        if (ways != null)
            ways.report(status);
        EdgeModes followed = modes;
        if (followed != null)
            followed.report(status.putArray("modes"));
        ObjectNode drops = status.putObject("drops");
        counters.drops().forEach((reason, count) -> drops.put(reason.label(), count));
        ArrayNode list = status.putArray("services");
        for (EdgeService service : services)
            list.addObject().put("name", service.name()).put("route", service.route().normal().text())
                    .put("to", service.to() == null ? null : Addresses.toText(service.to()))
                    .put("auth", EdgeService.word(service.door().method()));
    }
}
