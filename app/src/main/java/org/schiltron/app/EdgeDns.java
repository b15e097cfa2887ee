package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.schiltron.edge.IpAddress;
import org.schiltron.host.Addresses;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.TomlFile;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/**
 * Puts edges' addresses at the name that clients look up, and takes them away: DNS UPDATE (RFC 2136), signed by TSIG (RFC
 * 8945). So clients move from an edge that is under attack, or stops, to others.
 *
 * @param server    the zone's primary name server, resolved
 * @param ttl       seconds
 * @param addresses this edge's own
 */
record EdgeDns(InetSocketAddress server, Name zone, Name name, long ttl, TSIG key, List<IpAddress> addresses) {
    private static final int MAX_BYTES = 1 << 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long SECOND_NS = 1_000_000_000L;
    private static final List<String> ALGORITHMS = List.of("hmac-sha256", "hmac-sha384", "hmac-sha512");

    static EdgeDns read(Path file) {
        System.setProperty("dnsjava.nio.register_shutdown_hook", "false"); // else it cannot ask once a signal has come
        try {
            return parse(file, TomlFile.read(file, MAX_BYTES, "a file of DNS updates"));
        } catch (BadFileException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private static EdgeDns parse(Path file, Fields fields) throws BadFileException {
        InetSocketAddress server = server(fields);
        Name zone = name(fields, "zone", "\"example.com\"");
        Name name = name(fields, "name", "\"shop.example.com\"");
        if (!name.subdomain(zone))
            throw fields.wrong("name", name + " does not lie in the zone " + zone);
        long ttl = fields.quantity("ttl", Quantity.DURATION, 60 * SECOND_NS, SECOND_NS, 86_400 * SECOND_NS) / SECOND_NS;
        Name keyName = name(fields, "key-name", "\"edges\"");
        String algorithm = fields.word("algorithm", ALGORITHMS, "hmac-sha256");
        TSIG key = new TSIG(algorithm, keyName.toString(), secret(file, fields));
        List<String> texts = fields.names("addresses");
        if (texts == null || texts.isEmpty())
            throw fields.wrong("needs a key addresses: this edge's, as clients reach it");
        try {
            List<IpAddress> addresses = texts.stream().map(IpAddress::parse).toList();
            fields.end();
            return new EdgeDns(server, zone, name, ttl, key, addresses);
        } catch (IllegalArgumentException e) {
            throw fields.wrong("addresses", String.valueOf(e.getMessage()));
        }
    }

    private static InetSocketAddress server(Fields fields) throws BadFileException {
        try {
            return UdpSettings.resolve(Addresses.parse(fields.needed("server", "\"192.0.2.53:53\"")));
        } catch (IllegalArgumentException e) {
            throw fields.wrong("server", String.valueOf(e.getMessage()));
        }
    }

    private static Name name(Fields fields, String key, String example) throws BadFileException {
        String text = fields.needed(key, example);
        try {
            return Name.fromString(text, Name.root);
        } catch (TextParseException e) {
            throw fields.wrong(key, "not a DNS name: " + e.getMessage());
        }
    }

    /** Base64, as {@code keymgr tsig generate} prints it. */
    private static String secret(Path file, Fields fields) throws BadFileException {
        String named = fields.needed("secret", "\"tsig.key\", a file with the key in base64");
        try {
            String text = new String(TextFiles.bytes(file.resolveSibling(named), MAX_BYTES), StandardCharsets.UTF_8)
                    .strip();
            if (Base64.getDecoder().decode(text).length < 16)
                throw fields.wrong("secret", named + ": a key has 16 bytes at least");
            return text;
        } catch (InvalidPathException e) {
            throw fields.wrong("secret", "not the name of a file: " + e.getReason());
        } catch (IllegalArgumentException e) {
            throw fields.wrong("secret", named + ": not base64");
        }
    }

    /** @throws Failure if the name server does not do it */
    void add() {
        Update update = new Update(zone);
        for (IpAddress address : addresses)
            update.add(record(address));
        send(update);
    }

    /** @throws Failure likewise */
    void remove() {
        Update update = new Update(zone);
        for (IpAddress address : addresses)
            update.delete(record(address));
        send(update);
    }

    private Record record(IpAddress address) {
        return Record.newRecord(name, address.isIpv4() ? Type.A : Type.AAAA, DClass.IN, ttl, address.bytes());
    }

    private void send(Update update) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(PATIENCE);
        resolver.setTCP(true);
        resolver.setTSIGKey(key);
        Message answer;
        try {
            answer = resolver.send(update);
        } catch (IOException e) {
            throw new Failure(Exit.UNREACHABLE,
                    "DNS update of " + name + " at " + Addresses.toText(server) + ": " + Reason.of(e), e);
        }
        if (answer.getRcode() != Rcode.NOERROR)
            throw new Failure(Exit.FAILED, "DNS update of " + name + " at " + Addresses.toText(server) + ": it answers "
                    + Rcode.string(answer.getRcode()));
    }
}
