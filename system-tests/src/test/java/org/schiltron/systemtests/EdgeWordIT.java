package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An edge shows a secondary key in its packets' headers, and a ring on the way lets pass what has it. */
class EdgeWordIT {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private Namespaces net;

    @BeforeEach
    void makeABorder() throws IOException {
        stage = new Stage(directory);
        Programs.nft();
        net = new Namespaces(stage, "edge", "other", "border", "inside");
        net.join("border", "edge", 1);
        net.join("border", "other", 2);
        net.join("border", "inside", 3);
        for (String[] host : new String[][]{{"edge", "1"}, {"other", "2"}, {"inside", "3"}}) {
            net.route(host[0], "default via 10.78." + host[1] + ".1");
            net.route(host[0], "default via 2001:db8:78:" + host[1] + "::1");
        }
        Nginx.answering(stage, net, "inside", "here");
    }

    @AfterEach
    void end() {
        Stage ending = stage;
        if (ending != null)
            ending.close();
    }

    private String get(String from, String seconds, String url, String... more) {
        Child curl = net.on(from, with(more, Programs.curl(), "-sS", "-g", "--noproxy", "*", "-m", seconds, url));
        return curl.awaitExit() == 0 ? String.join("", curl.out()) : "nothing";
    }

    private static String[] with(String[] more, String... first) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    private Path authenticator(String text) throws IOException {
        return Files.writeString(directory.resolve("auth.toml"),
                "service = [\"10.78.3.2\", \"2001:db8:78:3::2\"]\n" + text);
    }

    private Child ring(Path authenticator, String... enforcer) throws IOException {
        Path rules = Files.writeString(directory.resolve("rules.toml"),
                "protects = [\"10.78.3.0/24\", \"2001:db8:78:3::/64\"]\n");
        Child ring = net.schiltron("border", with(enforcer, "ring", "--rules", rules.toString(), "--authenticator",
                authenticator.toString(), "--metrics", "off"));
        ring.awaitLine("rules: ");
        return ring;
    }

    private Child edge(Path authenticator, String to) {
        Child edge = net.schiltron("edge", "edge", "--listen", "127.0.0.1:8081", "--to", to, "--verify", "http",
                "--authenticator", authenticator.toString(), "--metrics", "off", "--set",
                "tune.new-connections-per-second-per-source=100000");
        edge.awaitLine("metrics: ");
        return edge;
    }

    private String tables() {
        return nft("tables");
    }

    private String words() {
        String words = nft("ruleset");
        assertThat(words).contains("urgptr set");
        return words;
    }

    private String nft(String list) {
        Child nft = net.on("edge", Programs.nft(), "list", list);
        assertThat(nft.awaitExit()).isZero();
        return String.join("\n", nft.out());
    }

    /** What is sent in one piece is cut up on the way, by XDP's links and by a shaper: every segment has the key. */
    @ParameterizedTest
    @CsvSource({"--nft,10.78.3.2:8080,ip-id", "--nft,[2001:db8:78:3::2]:8080,flow-label",
            "--xdp,10.78.3.2:8080,ip-id", "--xdp,[2001:db8:78:3::2]:8080,flow-label"})
    void theKeyChangesUnderLoadAndNoRequestFails(String enforcer, String to, String field) throws IOException {
        stage.ok("key", "new", directory.resolve("auth.key").toString());
        Path authenticator = authenticator("""
                word = ["%s", "urgent-pointer"]
                secret = "auth.key"
                every = "3s"
                overlap = "3s"
                early = "1s"
                """.formatted(field));
        Assumptions.assumeTrue(
                enforcer.equals("--nft")
                        || Files.exists(Launcher.ROOT.resolve("xdp/target/classes/org/schiltron/xdp/ring.bpf.o")),
                "clang was not there when it was built (Debian: apt-get install clang)");
        ring(authenticator, enforcer.equals("--xdp")
                ? new String[]{"--xdp", "--outside", "edge", "--outside", "other", "--inside", "inside"}
                : new String[]{"--nft"});
        net.ok("edge", "tc", "qdisc", "add", "dev", "border", "root", "tbf", "rate", "300mbit", "burst", "4kb",
                "latency", "200ms");
        assertThat(get("edge", "2", "http://" + to + "/")).as("no key yet").isEqualTo("nothing");
        Child edge = edge(authenticator, to);
        Path upload = Files.write(directory.resolve("upload"), new byte[5_000_000]);
        await("nginx is there too").atMost(Child.LONGEST)
                .until(() -> get("edge", "30", "http://127.0.0.1:8081/").equals("here"));
        assertThat(get("edge", "30", "http://127.0.0.1:8081/", "--data-binary", "@" + upload)).as(stage::toString)
                .isEqualTo("here");
        String before = words();
        Child wrk = net.on("edge", Programs.wrk(), "-t1", "-c8", "-d10s", "--timeout", "30s", "http://127.0.0.1:8081/");
        assertThat(get("other", "2", "http://" + to + "/")).as("without the key").isEqualTo("nothing");
        assertThat(wrk.awaitExit()).isZero();
        assertThat(String.join("\n", wrk.out())).as(stage::toString).contains("requests in")
                .doesNotContain("Socket errors", "Non-2xx");
        assertThat(words()).as("three periods later").isNotEqualTo(before);
        assertThat(get("edge", "30", "http://127.0.0.1:8081/")).as("wrk does not count what never ends")
                .isEqualTo("here");
        Child status = net.schiltron("edge", "status", "edge", "--json");
        assertThat(status.awaitExit()).isZero();
        assertThat(String.join("", status.out())).as("connections stay").containsPattern("\"legsChanged\" ?: ?0\\b")
                .containsPattern("\"legsOpened\" ?: ?[1-9]");
        assertThat(tables()).contains("schiltron_edge_");
        assertThat(edge.terminate()).isZero();
        assertThat(tables()).as("nothing is left behind").isEmpty();
    }

    @Test
    void whatAKilledEdgeHasLeftGoesWithTheNextStart() throws IOException {
        Path authenticator = authenticator("word = \"urgent-pointer\"\nkey = \"beef\"\n");
        Child killed = edge(authenticator, "10.78.3.2:8080");
        String left = tables();
        assertThat(left).contains("schiltron_edge_");
        killed.kill();
        assertThat(tables()).isEqualTo(left);
        net.ok("edge", Programs.nft(), "add", "table", "inet", "schiltron_edge_1_7"); // another container's
        Child edge = edge(authenticator, "10.78.3.2:8080");
        assertThat(tables()).contains("schiltron_edge_1_7").doesNotContain(left);
        assertThat(tables().lines()).hasSize(2);
        Child another = net.schiltron("edge", "edge", "--listen", "127.0.0.1:8082", "--to", "10.78.3.2:8080",
                "--authenticator", authenticator.toString(), "--metrics", "off");
        another.awaitLine("metrics: ");
        assertThat(tables().lines()).as("each edge has its own").hasSize(3);
        assertThat(another.terminate()).isZero();
        assertThat(tables().lines()).hasSize(2);
        assertThat(edge.terminate()).isZero();
    }

    @Test
    void whatCannotBeIsSaid() throws IOException {
        Path authenticator = authenticator("word = \"urgent-pointer\"\nkey = \"beef\"\n");
        Stage.assertRefused(
                net.schiltron("edge", "edge", "--udp", "127.0.0.1:0", "--to", "10.78.3.2:53", "--authenticator",
                        authenticator.toString()),
                2, "in no datagram");
        Child without = stage.start(Launcher.java("edge", "--listen", "127.0.0.1:0", "--to", "10.78.3.2:80",
                "--authenticator", authenticator.toString()), Map.of("PATH", "/nowhere"));
        Stage.assertRefused(without, 1, "needs the program nft");
        assertThat(without.out()).as("no client was taken").noneMatch(line -> line.startsWith("edge: "));
    }
}
