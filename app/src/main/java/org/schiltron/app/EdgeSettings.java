package org.schiltron.app;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.schiltron.app.Setting.Tier;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.AuthenticatorField;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.TrunkConfig;
import org.schiltron.host.Addresses;
import org.schiltron.relay.EdgeLimits;
import org.schiltron.relay.TlsIdentity;
import org.schiltron.relay.openings.Openings;

/** The settings of an edge: of one service, or of a file of services, and the edge's own bounds. */
final class EdgeSettings {
    static final Setting LISTEN = Setting.addresses(Tier.FIRST, "listen", 16, "where TCP clients come in");
    static final Setting UDP = Setting.addresses(Tier.FIRST, "udp", 16, "where UDP clients come in");
    static final Setting TO = Setting.addresses(Tier.FIRST, "to", 1, "the service");
    static final Setting VERIFY = Setting.texts(Tier.FIRST, "verify", 2,
            "what clients must speak: `http`, `tls` (passed through), `quic`, `dns` or `sip`");
    static final Setting AUTH = Setting.text(Tier.FIRST, "auth", "none", 16,
            "how clients are let in: `none`, `token`, or `puzzle` (browsers); a file of services knows more");
    static final Setting CERTIFICATE = Setting.text(Tier.FIRST, "certificate", "", 4_096,
            "PEM file; with it the edge ends TLS");
    static final Setting CERTIFICATE_KEY = Setting.text(Tier.FIRST, "certificate-key", "", 4_096,
            "PEM file of its key, PKCS #8");
    static final Setting PROXY_PROTOCOL = Setting.flag(Tier.FIRST, "proxy-protocol", false,
            "whether the service is told who the client is, by PROXY protocol version 2");
    static final Setting AUTHENTICATOR = Setting.text(Tier.FIRST, "authenticator", "", 4_096,
            "file: what the ring before the service asks for (docs/EDGES.md)");
    static final Setting SERVICES = Setting.text(Tier.FIRST, "services", "", 4_096,
            "file of services (docs/EDGES.md), instead of the options for one");
    static final Setting MODES = Setting.texts(Tier.FIRST, "modes", 64,
            "files: services with a normal and secure addresses (docs/EDGES.md)");
    static final Setting MODE_LISTEN = Setting.address(Tier.FIRST, "mode-listen", "0.0.0.0:4700",
            "UDP address where rings say which mode it is, if there are modes");
    static final Setting NODES = Setting.text(Tier.FIRST, "nodes", "", 4_096,
            "file: the nodes of the overlay, this one among them (docs/EDGES.md)");
    static final Setting NODE_KEY = Setting.text(Tier.FIRST, "node-key", "", 4_096,
            "this node's secret key file, whose public key stands in the list of nodes");
    static final Setting TRUNKS = Setting.address(Tier.FIRST, "trunk-listen", "0.0.0.0:4434",
            "TCP address where other nodes reach this one, if there are any");
    static final Setting DNS = Setting.text(Tier.FIRST, "dns", "", 4_096,
            "file: a name whose addresses this edge's are while it runs (docs/EDGES.md)");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "secret key file by which tokens, cookies and puzzles are signed, the same at all edges; without one it makes a key at each start");

    static final Setting THREADS = Setting.whole(Tier.TUNE, "threads", 0, 0, 1_024,
            "that relay; 0 for one for each processor");
    static final Setting CONNECTIONS = Setting.whole(Tier.TUNE, "max-connections", 20_000, 1, 4_000_000,
            "clients' TCP connections at once; fewer if there are not two file descriptors for each");
    static final Setting CONNECTIONS_PREFIX = Setting.whole(Tier.TUNE, "connections-per-source", 512, 1, 4_000_000,
            "of one source: an IPv4 address, or an IPv6 /56");
    static final Setting LEGS_SECOND = Setting.whole(Tier.TUNE, "new-connections-per-second-per-source", 128, 1,
            10_000_000, "to services, for one source, and UDP flows likewise; four times as many at once");
    static final Setting BUFFERED = Setting.whole(Tier.TUNE, "buffer-mbytes", 256, 1, 1 << 20,
            "what all connections together may hold for slow readers");
    static final Setting CELLS = Setting.whole(Tier.TUNE, "cells-per-second", 0, 0, TrunkConfig.MAX_CELLS_PER_SECOND,
            "of 1 KiB on each trunk to another node, whether or not there is something to say: the same at all nodes, for routes of kind `mix`; 0 sends what there is");
    static final Setting OPENING_SECONDS = Setting.whole(Tier.RARE, "opening-seconds", 10, 1, 3_600,
            "how long a client may take for its first words, or a request's head");
    static final Setting IDLE_SECONDS = Setting.whole(Tier.RARE, "idle-seconds", 300, 1, 86_400,
            "how long a connection may be silent");
    static final Setting DRAIN_SECONDS = Setting.whole(Tier.RARE, "drain-seconds", 1, 0, 3_600,
            "how long connections may go on when the edge is told to stop");

    static final List<Setting> ALL = List.of(LISTEN, UDP, TO, VERIFY, AUTH, CERTIFICATE, CERTIFICATE_KEY,
            PROXY_PROTOCOL, AUTHENTICATOR, SERVICES, MODES, MODE_LISTEN, NODES, NODE_KEY, TRUNKS, DNS, KEY, THREADS,
            CONNECTIONS, CONNECTIONS_PREFIX,
            LEGS_SECOND,
            BUFFERED, OPENING_SECONDS, IDLE_SECONDS, DRAIN_SECONDS, CELLS);
    private static final List<Setting> OF_ONE = List.of(LISTEN, UDP, TO, VERIFY, CERTIFICATE, CERTIFICATE_KEY,
            AUTHENTICATOR);

    private EdgeSettings() {
    }

    static EdgeParts parts(Settings settings) {
        Path file = settings.file(SERVICES);
        if (file == null && !settings.isSet(TO) && settings.isSet(NODES))
            return new EdgeParts(List.of(), List.of()); // hands on what others relay
        if (file == null)
            return new EdgeParts(List.of(one(settings)), List.of());
        for (Setting setting : OF_ONE)
            if (settings.isSet(setting))
                throw settings.wrong(setting, "--services gives all services in a file: move it there");
        return EdgeServicesFile.read(file);
    }

    /** @throws Failure for one of a service that the edge does not have, or that is not at its normal address */
    static List<ModesFile> modes(Settings settings, EdgeParts parts) {
        List<ModesFile> files = new ArrayList<>();
        List<String> names = settings.texts(MODES);
        for (int i = 0; i < names.size(); i++) {
            ModesFile file = ModesFile.read(Path.of(names.get(i)));
            if (!isAt(parts, file))
                throw settings.wrong(MODES, i, names.get(i) + ": this edge has no service " + file.service()
                        + " whose address is the normal one, " + Addresses.toText(file.normal()));
            String name = file.service();
            if (parts.services().stream().anyMatch(one -> one.name().equals(name) && !mayMove(one.shown()))
                    || parts.egresses().stream().anyMatch(one -> one.name().equals(name) && !mayMove(one.shown())))
                throw settings.wrong(MODES, i, names.get(i) + ": the authenticator of " + name
                        + " has a destination, and so would not move: give it source and source-port");
            checkWord(settings, i, file, parts);
            files.add(file);
        }
        return files;
    }

    /** At all the service's addresses. */
    private static void checkWord(Settings settings, int i, ModesFile file, EdgeParts parts) {
        Stream<@Nullable AuthenticatorFile> shown = Stream.concat(
                parts.services().stream().filter(one -> one.name().equals(file.service())).map(EdgeService::shown),
                parts.egresses().stream().filter(one -> one.name().equals(file.service())).map(EdgeEgress::shown));
        try {
            shown.filter(Objects::nonNull).forEach(one -> file.secure().forEach(one::check));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(MODES, i, String.valueOf(e.getMessage()));
        }
    }

    /** What is to move must not be held by an authenticator's destination. */
    private static boolean mayMove(@Nullable AuthenticatorFile shown) {
        return shown == null || !shown.fields().contains(AuthenticatorField.DESTINATION_ADDRESS)
                && !shown.fields().contains(AuthenticatorField.DESTINATION_PORT);
    }

    private static boolean isAt(EdgeParts parts, ModesFile file) {
        return parts.services().stream()
                .anyMatch(one -> one.name().equals(file.service()) && file.normal().equals(one.to()))
                || parts.egresses().stream()
                        .anyMatch(one -> one.name().equals(file.service()) && file.normal().equals(one.to()));
    }

    private static EdgeService one(Settings settings) {
        List<InetSocketAddress> to = settings.addresses(TO);
        if (to.isEmpty())
            throw new Failure(Exit.USAGE, "which service? give --to HOST:PORT, or --services FILE for several");
        Path authenticator = settings.file(AUTHENTICATOR);
        try {
            return new EdgeService("service", List.of(), resolved(settings, LISTEN), resolved(settings, UDP),
                    verify(settings), EdgeDoor.of(auth(settings)), certificate(settings),
                    UdpSettings.resolve(to.getFirst()), EdgeRoute.DIRECT, settings.flag(PROXY_PROTOCOL),
                    EdgeService.DEFAULT_LEGS,
                    authenticator == null ? null : AuthenticatorFile.read(authenticator), false);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<InetSocketAddress> resolved(Settings settings, Setting setting) {
        return settings.addresses(setting).stream().map(UdpSettings::resolve).toList();
    }

    private static Set<Protocol> verify(Settings settings) {
        Set<Protocol> verify = new LinkedHashSet<>();
        for (String word : settings.texts(VERIFY))
            verify.add(Protocol.parse(word));
        return verify;
    }

    private static Authentication auth(Settings settings) {
        String word = String.valueOf(settings.text(AUTH));
        return switch (word) {
            case "none", "token", "puzzle" -> Authentication.valueOf(word.toUpperCase(Locale.ROOT));
            default -> throw settings.wrong(AUTH, "\"" + word
                    + "\" is not one of none, token, puzzle; password, mtls and grant are for a file, --services");
        };
    }

    private static TlsIdentity.@Nullable Pair certificate(Settings settings) {
        Path chain = settings.file(CERTIFICATE);
        Path key = settings.file(CERTIFICATE_KEY);
        if ((chain == null) != (key == null))
            throw settings.wrong(chain == null ? CERTIFICATE_KEY : CERTIFICATE,
                    "--certificate and --certificate-key go together");
        return chain == null || key == null ? null : new TlsIdentity.Pair(chain, key);
    }

    static EdgeLimits limits(Settings settings) {
        int legs = settings.integer(LEGS_SECOND);
        Duration idle = Duration.ofSeconds(settings.whole(IDLE_SECONDS));
        EdgeLimits preset = EdgeLimits.defaults();
        return preset.withConnections(settings.integer(CONNECTIONS), settings.integer(CONNECTIONS_PREFIX))
                .withLegs(legs, Math.multiplyExact(4, legs))
                .withBufferedBytes(preset.bufferedBytesPerPrefix(), settings.whole(BUFFERED) << 20)
                .withOpening(Duration.ofSeconds(settings.whole(OPENING_SECONDS)), Openings.HTTP_OPENING_BYTES)
                .withIdle(idle, idle.compareTo(preset.halfClosed()) < 0 ? idle : preset.halfClosed())
                .withDrain(Duration.ofSeconds(settings.whole(DRAIN_SECONDS)));
    }

    static int loops(Settings settings) {
        int threads = settings.integer(THREADS);
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
