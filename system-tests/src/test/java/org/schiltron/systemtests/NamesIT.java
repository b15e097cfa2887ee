package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service is found by its name at real web and name servers, and by nothing that its key does not vouch for. */
class NamesIT {
    private static final int FAILED = 1;

    @TempDir
    Path directory;

    private Stage stage;

    @BeforeEach
    void openStage() {
        stage = new Stage(directory);
    }

    @AfterEach
    void closeStage() {
        stage.close();
    }

    private String key(String file) {
        return stage.ok("key", "new", file).out().getFirst();
    }

    /** A record with contacts on loopback and a list of 300 more. */
    private void sign(String key, String out, String... more) throws IOException {
        List<String> mailboxes = new ArrayList<>();
        for (int i = 0; i < 300; i++)
            mailboxes.add("127.0.0.1:" + (20_000 + i));
        Files.write(directory.resolve("mailboxes.txt"), mailboxes);
        List<String> args = new ArrayList<>(List.of("record", "sign", "--key", key, "--contact", "127.0.0.1:4500",
                "--mailboxes", "mailboxes.txt", "--expires", "7d", "--out", out));
        args.addAll(List.of(more));
        stage.ok(args.toArray(String[]::new));
    }

    /** Three at once: most of each one's time is the start of a JVM. Rows of exit code, what it says, arguments. */
    private void refused(List<List<String>> rows) {
        for (int i = 0; i < rows.size(); i += 3)
            refusedAtOnce(rows.subList(i, Math.min(rows.size(), i + 3)));
    }

    private void refusedAtOnce(List<List<String>> rows) {
        Map<Child, List<String>> started = new LinkedHashMap<>();
        for (List<String> row : rows)
            started.put(stage.schiltron(row.subList(2, row.size()).toArray(String[]::new)), row);
        started.forEach((child, row) -> Stage.assertRefused(child, Integer.parseInt(row.get(0)), row.get(1)));
    }

    @Test
    void foundAndConnectedToByEveryKindOfName() throws IOException {
        Programs.curl();
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        Path file = nginx.file("file", 100_000, new Random(3));
        TlsNginx web = new TlsNginx(stage);
        Overlay overlay = new Overlay(stage, "127.0.0.1", 4, 0, 1);
        overlay.startProtect(nginx.address());
        String key = stage.ok("key", "show", overlay.serviceKey().toString()).out().getFirst();
        // One mailbox announces itself, and is found in the swarm list alone.
        key("mailbox.key");
        overlay.mailboxes().getFirst().terminate();
        Child announced = overlay.startMailbox(0, "--announce", "--key", "mailbox.key", "--operator", "9");
        Files.writeString(directory.resolve("swarm.txt"), announced.awaitLine("descriptor: ") + "\n");
        stage.ok("record", "sign", "--key", overlay.serviceKey().toString(), "--contact",
                String.join(",", overlay.mailboxAddresses().subList(1, 4)), "--mailboxes", "swarm.txt", "--expires",
                "7d", "--out", "shop.record");
        stage.ok("record", "publish", "shop.record", "--web", web.files().toString());
        List<String> zone = new ArrayList<>(
                stage.ok("record", "publish", "shop.record", "--dns", "shop.example").out());
        zone.add("_schiltron.link.shop.example. 300 IN TXT \"" + overlay.link() + "\"");
        NameServers names = new NameServers(stage, String.join("\n", zone) + "\n");

        List<Child> connects = new ArrayList<>();
        for (String name : List.of("shop.record", web.url("/"), "shop.example",
                "schiltron:" + key + "@link.shop.example"))
            connects.add(stage.schiltron("connect", name, "--listen", "127.0.0.1:0", "--metrics", "off",
                    "--allow-private-mailboxes", "--set", "rare.name-ca=" + web.certificate(), "--set",
                    "rare.name-servers=" + names.authority(), "--set", "rare.known-services=known-" + connects.size()));
        for (Child connect : connects) {
            connect.awaitLine("connected: ");
            Curl curl = Curl.start(stage, "http://" + connect.awaitLine("listen: tcp ") + "/file", "copy");
            assertThat(curl.exitCode()).as(stage::toString).isZero();
            assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(file));
        }
        stage.refused(FAILED, "nobody has signed", "connect", "schiltron:" + key + "@link.shop.example", "--listen",
                "127.0.0.1:0", "--allow-private-mailboxes", "--set", "rare.name-servers=" + names.authority(), "--set",
                "rare.known-services=known-2");
        stage.refused(FAILED, "private", "connect", "schiltron:" + key + "@shop.example", "--listen", "127.0.0.1:0",
                "--set",
                "rare.name-servers=" + names.authority());
    }

    @Test
    void whatAWebServerHandsOutIsCheckedByTheKey() throws IOException {
        TlsNginx web = new TlsNginx(stage);
        String key = key("service.key");
        String other = key("other.key");
        String ca = web.certificate().toString();
        sign("service.key", "shop.record", "--version-number", "7");
        stage.ok("record", "publish", "shop.record", "--web", web.files().toString());
        Path published = web.files().resolve(".well-known/schiltron");

        for (String path : List.of("/", "/moved")) {
            Child found = stage.ok("record", "resolve", "schiltron:" + key + "@" + web.url(path), "--ca", ca,
                    "--allow-private", "--json");
            JsonNode json = JsonMapper.shared().readTree(found.out().getFirst());
            assertThat(json.path("service").asString()).isEqualTo(key);
            // Lists lie beside where the record was asked for, which /moved has none of.
            assertThat(json.path("contacts").size()).as(found::toString).isEqualTo(path.equals("/") ? 301 : 1);
        }
        List<List<String>> rows = new ArrayList<>();
        for (String[] row : new String[][]{{"1", "another service", "schiltron:" + other + "@" + web.url("/")},
                {"1", "private", web.url("/")}, {"1", "not https://", web.url("/plain")},
                {"1", "not https://", web.url("/file")}, {"3", "redirected more", web.url("/loop")},
                {"3", "status 404", web.url("/nothing")},
                {"3", "subject alternative", web.url("/").replace("localhost", "127.0.0.1")}})
            rows.add(List.of(row[0], row[1], "record", "resolve", row[2], "--ca", ca));
        rows.add(List.of("3", "certif", "record", "resolve", web.url("/")));
        rows.add(List.of("5", "no certificate", "record", "resolve", web.url("/"), "--ca", "mailboxes.txt"));
        refused(rows);

        String name = web.url("/");
        stage.ok("record", "resolve", name, "--ca", ca, "--allow-private"); // remembered from now on
        String good = Files.readString(published);
        Files.writeString(published, good.replaceFirst(".{8}\n$", "aaaaaaaa\n"));
        stage.refused(FAILED, "checksum", "record", "resolve", name, "--ca", ca, "--allow-private");
        Files.writeString(published, "#".repeat(17_000));
        stage.refused(FAILED, "longer than 16384 bytes", "record", "resolve", name, "--ca", ca, "--allow-private");
        sign("service.key", "older.record", "--version-number", "6");
        Files.copy(directory.resolve("older.record"), published, StandardCopyOption.REPLACE_EXISTING);
        stage.refused(FAILED, "older than one seen before: version 6, not 7", "record", "resolve", name, "--ca", ca,
                "--allow-private");
        sign("other.key", "next.record");
        Files.copy(directory.resolve("next.record"), published, StandardCopyOption.REPLACE_EXISTING);
        stage.refused(FAILED, "another key lies there than before", "record", "resolve", name, "--ca", ca,
                "--allow-private");
        stage.ok("key", "succeed", "--key", "service.key", "--new", "other.key", "--out", "succession");
        sign("other.key", "next.record", "--succession", "succession");
        stage.ok("record", "publish", "next.record", "--web", web.files().toString());
        assertThat(stage.ok("record", "resolve", name, "--ca", ca, "--allow-private").awaitLine("succession: "))
                .contains(other);
        assertThat(stage.ok("record", "resolve", "schiltron:" + key + "@" + name, "--ca", ca, "--allow-private")
                .awaitLine("service: ")).as("by the old key too").isEqualTo(other);
    }

    @Test
    void whatTheDnsHandsOutIsCheckedByTheKeyAndDnssecIsShown() throws IOException {
        String key = key("service.key");
        String other = key("other.key");
        sign("service.key", "shop.record", "--version-number", "7");
        sign("service.key", "older.record", "--version-number", "6");
        stage.ok("record", "sign", "--key", "service.key", "--contact", "127.0.0.1:4500", "--expires", "1s", "--out",
                "brief.record", "--version-number", "8");
        List<String> zone = new ArrayList<>();
        zone.addAll(stage.ok("record", "publish", "shop.record", "--dns", "shop.example").out());
        zone.addAll(stage.ok("record", "publish", "older.record", "--dns", "older.shop.example").out());
        zone.add("_schiltron.brief.shop.example. 300 IN TXT " + strings(record("brief.record")));
        zone.add("_schiltron.notes.shop.example. 300 IN TXT \"v=spf1 -all\"");
        zone.add("_schiltron.forged.shop.example. 300 IN TXT "
                + strings(record("shop.record").replaceFirst(".{8}$", "aaaaaaaa")));
        // Beside each other, in any order, with something else: the latest that holds is taken.
        zone.add("_schiltron.many.shop.example. 300 IN TXT " + strings(record("older.record")));
        zone.add("_schiltron.many.shop.example. 300 IN TXT " + strings(record("shop.record")));
        zone.add("_schiltron.many.shop.example. 300 IN TXT \"v=spf1 -all\"");
        NameServers names = new NameServers(stage, String.join("\n", zone) + "\n");
        String resolver = names.startResolver(true);

        Child found = stage.ok("record", "resolve", "schiltron:" + key + "@shop.example", "--name-server", resolver,
                "--allow-private");
        assertThat(found.awaitLine("DNSSEC: ")).isEqualTo("validated, says the name server " + resolver);
        assertThat(found.awaitLine("contacts: ")).as("with the swarm list").isEqualTo("301");
        found = stage.ok("record", "resolve", "schiltron:" + key + "@many.shop.example", "--name-server",
                names.authority(),
                "--allow-private");
        assertThat(found.awaitLine("DNSSEC: ")).startsWith("not validated");
        assertThat(found.awaitLine("version: ")).isEqualTo("7");

        String bogus = names.startResolver(false);
        String nobody = "127.0.0.1:" + Stage.freePort();
        List<List<String>> rows = new ArrayList<>();
        for (String[] row : new String[][]{{"3", "SERVFAIL", "shop.example", bogus},
                {"1", "older than one seen before", "older.shop.example", resolver},
                {"1", "expired at", "brief.shop.example", resolver},
                {"1", "not a link", "notes.shop.example", resolver},
                {"1", "checksum", "forged.shop.example", resolver},
                {"3", "no TXT record there", "nothing.shop.example", resolver},
                {"3", "no name server answers", "shop.example", nobody}})
            rows.add(List.of(row[0], row[1], "record", "resolve", "schiltron:" + key + "@" + row[2], "--name-server",
                    row[3], "--allow-private"));
        rows.add(List.of("1", "another service", "record", "resolve", "schiltron:" + other + "@shop.example",
                "--name-server", resolver, "--allow-private"));
        rows.add(List.of("3", "no name server answers", "connect", "shop.example", "--listen", "127.0.0.1:0", "--set",
                "rare.name-servers=" + nobody));
        refused(rows);
    }

    private String record(String file) throws IOException {
        return Files.readAllLines(directory.resolve(file)).getLast();
    }

    private static String strings(String text) {
        return "\"" + text.replaceAll("(.{255})", "$1\" \"") + "\"";
    }
}
