package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service is found by its key alone, in a DHT of five libtorrent nodes on loopback. */
class DhtIT {
    private static final int NODES = 5;

    @TempDir
    Path directory;

    private Stage stage;
    private List<String> nodes;

    @BeforeEach
    void startNodes() {
        stage = new Stage(directory);
        Path dht = Launcher.ROOT.resolve("dht/target");
        Child child = stage.start(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp",
                dht.resolve("classes") + ":" + dht.resolve("test-classes") + ":" + dht.resolve("lib") + "/*",
                "org.schiltron.dht.LocalNodes", Integer.toString(NODES)));
        child.awaitLine("node: ");
        await().atMost(Child.LONGEST).until(() -> child.out().size() == NODES);
        nodes = child.out().stream().map(line -> line.substring("node: ".length())).toList();
    }

    @AfterEach
    void closeStage() {
        stage.close();
    }

    private Child run(int exit, String... args) {
        Child child = stage.schiltron(args);
        assertThat(child.awaitExit()).as(child::toString).isEqualTo(exit);
        return child;
    }

    /** As {@link #run}, again and again: a walk is best effort, and may miss what is there. */
    private Child runUntil(int exit, String... args) {
        return await().atMost(Child.LONGEST).until(() -> {
            Child child = stage.schiltron(args);
            return child.awaitExit() == exit ? child : null;
        }, Objects::nonNull);
    }

    private static boolean isConnected(Child connect) {
        return connect.out().stream().anyMatch(line -> line.startsWith("connected: "));
    }

    private void sign(String version, String contacts) {
        run(0, "record", "sign", "--key", "service.key", "--contact", contacts, "--expires", "1d", "--version-number",
                version, "--dht", "--out", "shop.record");
    }

    @Test
    void aServiceIsFoundByItsKeyAloneAndItsKeyIsNotNeededForThat() throws Exception {
        Programs.curl();
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        Path original = nginx.file("file", 100_000, new Random(3));
        String key = run(0, "key", "new", "service.key").out().getFirst();
        Child protect = stage.schiltron("protect", nginx.address(), "--key", "service.key", "--metrics", "off");
        String link = protect.awaitLine("link: ");
        sign("7", link.substring(link.indexOf('@') + 1));
        Path elsewhere = stage.newDirectory("elsewhere");
        Files.copy(directory.resolve("shop.record"), elsewhere.resolve("shop.record"));

        String[] put = {"record", "publish", elsewhere.resolve("shop.record").toString(), "--dht", "--dht-node",
                nodes.get(0) + "," + nodes.get(1)};
        runUntil(0, put);
        Child publish = stage.schiltron(Stream.concat(Stream.of(put), Stream.of("--keep")).toArray(String[]::new));
        assertThat(publish.awaitLine("published: ")).startsWith("version 7 in the BitTorrent DHT, 1 item");
        Child connect = await().atMost(Child.LONGEST).until(() -> {
            Child child = stage.schiltron("connect", "schiltron:" + key, "--listen", "127.0.0.1:0", "--metrics", "off",
                    "--allow-private-mailboxes", "--dht-node", nodes.get(3));
            await().atMost(Child.LONGEST).until(() -> !child.isAlive() || isConnected(child));
            return isConnected(child) ? child : null;
        }, Objects::nonNull);
        Curl curl = Curl.start(stage, "http://" + connect.awaitLine("listen: tcp ") + "/file", "copy");
        assertThat(curl.exitCode()).as(stage::toString).isZero();
        assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));
        assertThat(publish.terminate()).as(publish::toString).isZero();

        Child found = runUntil(0, "record", "resolve", "schiltron:" + key, "--dht-node", nodes.get(4),
                "--allow-private");
        assertThat(found.awaitLine("version: ")).isEqualTo("7");
        sign("6", "m.example:1");
        assertThat(runUntil(1, "record", "publish", "shop.record", "--dht", "--dht-node", nodes.get(2)).err().getLast())
                .contains("a later version lies there: 7, not 6");
        assertThat(runUntil(1, "record", "resolve", "schiltron:" + key, "--dht-node", nodes.get(2)).err().getLast())
                .contains("private, loopback or multicast");
    }

    @Test
    void whatIsNotThereIsSaid() {
        String key = run(0, "key", "new", "service.key").out().getFirst();
        List<Child> lookups = new ArrayList<>();
        for (String node : List.of(nodes.getFirst(), "127.0.0.1:" + Stage.freePort()))
            lookups.add(stage.schiltron("record", "resolve", "schiltron:" + key, "--dht-node", node));
        for (Child lookup : lookups)
            assertThat(lookup.awaitExit()).as(lookup::toString).isEqualTo(3);
        assertThat(lookups.getFirst().err().getLast()).contains("no record of " + key);
        assertThat(lookups.getLast().err().getLast()).contains("no node answers within 20 s");
        assertThat(lookups.getLast().err()).as("what takes longer than a second is told")
                .anyMatch(line -> line.contains("0 nodes have answered"));
        Child without = stage.start(Launcher.script("record", "resolve", "schiltron:" + key),
                java.util.Map.of("SCHILTRON_DHT", "off"));
        assertThat(without.awaitExit()).isEqualTo(2);
        assertThat(without.err().getLast()).contains("the optional module org.schiltron.dht is not here");
    }
}
