package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.Protocol;
import org.schiltron.edge.Puzzle;
import org.schiltron.edge.Route;
import org.schiltron.host.Addresses;
import org.schiltron.proof.PublicKey;
import org.schiltron.relay.TlsIdentity;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.TomlFile;

/** Services of an edge in a file, a table each (docs/EDGES.md). Names of files in it are meant from where it stands. */
final class EdgeServicesFile {
    static final int MAX_SERVICES = 1_024;
    private static final int MAX_BYTES = 4 << 20;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MAX_GRANT = 30 * 86_400L;
    private static final List<String> METHODS = List.of("none", "token", "password", "mtls", "grant", "puzzle");

    private final Path file;

    private EdgeServicesFile(Path file) {
        this.file = file;
    }

    /** @throws Failure that says file, line, and what would be right */
    static EdgeParts read(Path file) {
        try {
            return new EdgeServicesFile(file).parts(TomlFile.read(file, MAX_BYTES, "a file of services"));
        } catch (BadFileException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private EdgeParts parts(Fields all) throws BadFileException {
        List<EdgeService> services = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Fields fields : all.tables("service")) {
            EdgeService service = service(fields);
            if (!names.add(service.name()))
                throw fields.wrong("name", "another service has this name");
            services.add(service);
        }
        List<EdgeEgress> egresses = new ArrayList<>();
        Set<String> egressNames = new LinkedHashSet<>();
        for (Fields fields : all.tables("egress")) {
            EdgeEgress egress = egress(fields);
            if (!egressNames.add(egress.name()))
                throw fields.wrong("name", "another egress has this name");
            egresses.add(egress);
        }
        all.end();
        if (services.isEmpty() && egresses.isEmpty())
            throw all.wrong("no [[service]] and no [[egress]] in it");
        if (services.size() > MAX_SERVICES || egresses.size() > MAX_SERVICES)
            throw all.wrong("at most " + MAX_SERVICES + " services, and as many egresses");
        return new EdgeParts(services, egresses);
    }

    private EdgeService service(Fields fields) throws BadFileException {
        String name = fields.needed("name", "\"shop\"");
        List<String> hosts = orEmpty(fields.names("hosts")).stream().map(host -> host.toLowerCase(Locale.ROOT))
                .toList();
        List<InetSocketAddress> listen = addresses(fields, "listen");
        List<InetSocketAddress> udp = addresses(fields, "udp");
        InetSocketAddress to = address(fields, "to");
        Path authenticator = path(fields, "authenticator");
        try {
            EdgeService service = new EdgeService(name, hosts, listen, udp, verify(fields), door(fields),
                    certificate(fields), to, route(fields), fields.flag("proxy-protocol"),
                    (int) fields.whole("connections", EdgeService.DEFAULT_LEGS, 1, 1_000_000),
                    authenticator == null ? null : AuthenticatorFile.read(authenticator), fields.flag("force"));
            fields.end();
            return service;
        } catch (IllegalArgumentException e) {
            throw fields.wrong(String.valueOf(e.getMessage()));
        }
    }

    private EdgeEgress egress(Fields fields) throws BadFileException {
        String name = fields.needed("name", "\"shop\"");
        Path authenticator = path(fields, "authenticator");
        try {
            EdgeEgress egress = new EdgeEgress(name, address(fields, "to"), address(fields, "landing"),
                    authenticator == null ? null : AuthenticatorFile.read(authenticator));
            fields.end();
            return egress;
        } catch (IllegalArgumentException e) {
            throw fields.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static EdgeRoute route(Fields fields) throws BadFileException {
        String landing = fields.text("landing", "");
        try {
            return new EdgeRoute(Objects.requireNonNull(route(fields, "route", Route.PROXIMITY)),
                    route(fields, "secure-route", null), landing.isEmpty() ? null : PublicKey.parse(landing));
        } catch (IllegalArgumentException e) {
            throw fields.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Route route(Fields fields, String key, @Nullable Route fallback) throws BadFileException {
        String word = fields.text(key, "");
        try {
            return word.isEmpty() ? fallback : Route.parse(word);
        } catch (IllegalArgumentException e) {
            throw fields.wrong(key, String.valueOf(e.getMessage()));
        }
    }

    private EdgeDoor door(Fields fields) throws BadFileException {
        String contact = fields.text("contact", "");
        String grantsOf = fields.text("grants-of", "");
        return new EdgeDoor(method(fields, "auth"), method(fields, "earn-grant"), grantsOf.isEmpty() ? null : grantsOf,
                path(fields, "passwords"),
                path(fields, "client-certificates"), path(fields, "client-authorities"),
                (int) fields.whole("puzzle-bits", EdgeDoor.DEFAULT_BITS, Puzzle.MIN_BITS, Puzzle.MAX_BITS),
                fields.quantity("grant", Quantity.DURATION, EdgeDoor.DEFAULT_GRANT * SECOND_NS, 60 * SECOND_NS,
                        MAX_GRANT * SECOND_NS) / SECOND_NS,
                contact.isEmpty() ? null : contact);
    }

    private static Authentication method(Fields fields, String key) throws BadFileException {
        return Authentication.valueOf(fields.word(key, METHODS, "none").toUpperCase(Locale.ROOT));
    }

    private static Set<Protocol> verify(Fields fields) throws BadFileException {
        Set<Protocol> verify = new LinkedHashSet<>();
        for (String word : orEmpty(fields.names("verify")))
            verify.add(protocol(fields, word));
        return verify;
    }

    private static Protocol protocol(Fields fields, String word) throws BadFileException {
        try {
            return Protocol.parse(word);
        } catch (IllegalArgumentException e) {
            throw fields.wrong("verify", String.valueOf(e.getMessage()));
        }
    }

    private TlsIdentity.@Nullable Pair certificate(Fields fields) throws BadFileException {
        Path chain = path(fields, "certificate");
        Path key = path(fields, "certificate-key");
        if (chain == null && key == null)
            return null;
        if (chain == null || key == null)
            throw fields.wrong("certificate and certificate-key go together: PEM files, the key in PKCS #8");
        return new TlsIdentity.Pair(chain, key);
    }

    private static List<InetSocketAddress> addresses(Fields fields, String key) throws BadFileException {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String text : orEmpty(fields.names(key))) {
            try {
                addresses.add(UdpSettings.resolve(Addresses.parse(text)));
            } catch (IllegalArgumentException e) {
                throw fields.wrong(key, String.valueOf(e.getMessage()));
            }
        }
        return addresses;
    }

    private static @Nullable InetSocketAddress address(Fields fields, String key) throws BadFileException {
        List<InetSocketAddress> addresses = addresses(fields, key);
        if (addresses.size() > 1)
            throw fields.wrong(key, "one address");
        return addresses.isEmpty() ? null : addresses.getFirst();
    }

    private @Nullable Path path(Fields fields, String key) throws BadFileException {
        String name = fields.text(key, "");
        try {
            return name.isEmpty() ? null : file.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw fields.wrong(key, "not the name of a file: " + e.getReason());
        }
    }

    private static List<String> orEmpty(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }
}
