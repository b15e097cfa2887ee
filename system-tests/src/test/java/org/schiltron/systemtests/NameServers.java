package org.schiltron.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** A zone of its own, signed with DNSSEC, at an authoritative name server; and resolvers that validate it. */
final class NameServers {
    static final String ZONE = "shop.example";
    /** Of the key named edges, which may change the zone. */
    static final String TSIG = "c2NoaWx0cm9uIHRlc3RzIGFuZCBub3RoaW5nIGVsc2U=";

    private static final String KNOT = """
            server:
                rundir: "DIR"
                listen: 127.0.0.1@PORT
            database:
                storage: "DIR"
            log:
              - target: stderr
                any: warning
            key:
              - id: edges
                algorithm: hmac-sha256
                secret: TSIG
            acl:
              - id: edges
                key: edges
                action: update
            template:
              - id: default
                storage: "DIR"
                file: "%s.zone"
                zonefile-sync: -1
                zonefile-load: difference-no-serial
                journal-content: all
            zone:
              - domain: shop.example
                dnssec-signing: on
                acl: edges
            """;
    private static final String UNBOUND = """
            server:
                interface: 127.0.0.1@PORT
                do-daemonize: no
                use-syslog: no
                username: ""
                chroot: ""
                directory: "DIR"
                pidfile: "DIR/pid"
                do-not-query-localhost: no
                trust-anchor: "ANCHOR"
                module-config: "validator iterator"
            stub-zone:
                name: "shop.example."
                stub-addr: 127.0.0.1@AUTHORITY
            remote-control:
                control-enable: no
            """;
    private static final String HEAD = """
            $ORIGIN shop.example.
            @ 300 IN SOA ns.shop.example. hostmaster.shop.example. 1 3600 600 86400 300
            @ 300 IN NS ns.shop.example.
            ns 300 IN A 127.0.0.1
            """;

    private final Stage stage;
    private final Path knot;
    private final int port = Stage.freePort();
    private final String anchor;

    /** @param records lines of a zone file */
    NameServers(Stage stage, String records) {
        this.stage = stage;
        knot = stage.newDirectory("knot");
        try {
            Files.writeString(knot.resolve(ZONE + ".zone"), HEAD + records);
            Path config = Files.writeString(knot.resolve("knot.conf"), filled(KNOT, knot, port));
            stage.start(List.of(Programs.knotd(), "-c", config.toString()));
            awaitAnswers(port);
            Child keys = stage.start(List.of(Programs.keymgr(), "-c", config.toString(), ZONE + ".", "ds"));
            anchor = keys.awaitLine(ZONE + ". DS");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without validation. */
    String authority() {
        return "127.0.0.1:" + port;
    }

    /** The IPv4 addresses that a name of the zone has at the authority. */
    List<String> addresses(String label) throws IOException {
        Record question = Record.newRecord(Name.fromString(label + "." + ZONE + "."), Type.A, DClass.IN);
        return overTcp(port).send(Message.newQuery(question)).getSection(Section.ANSWER).stream()
                .filter(ARecord.class::isInstance).map(Record::rdataToString).toList();
    }

    /** @param trusting whether it knows the zone's key, or another, under which nothing there is valid */
    String startResolver(boolean trusting) {
        Path directory = stage.newDirectory("unbound");
        int at = Stage.freePort();
        String digest = trusting ? anchor : anchor.substring(0, anchor.length() - 4) + "0000";
        try {
            Path config = Files.writeString(directory.resolve("unbound.conf"), filled(UNBOUND, directory, at)
                    .replace("ANCHOR", ZONE + ". DS" + digest).replace("AUTHORITY", Integer.toString(port)));
            stage.start(List.of(Programs.unbound(), "-c", config.toString()));
            awaitAnswers(at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "127.0.0.1:" + at;
    }

    private static String filled(String config, Path directory, int port) {
        return config.replace("DIR", directory.toString()).replace("PORT", Integer.toString(port)).replace("TSIG",
                TSIG);
    }

    /** It accepts before it has read its zones, and made their keys. */
    private static void awaitAnswers(int port) throws IOException {
        SimpleResolver resolver = overTcp(port);
        Message question = Message.newQuery(Record.newRecord(Name.fromString(ZONE + "."), Type.SOA, DClass.IN));
        await("a name server answers").atMost(Child.LONGEST).ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> resolver.send(question).getRcode() != Rcode.REFUSED);
    }

    private static SimpleResolver overTcp(int port) {
        SimpleResolver resolver = new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        resolver.setTCP(true);
        return resolver;
    }
}
