package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service with secure addresses behind a ring in nftables, an edge before it, and a flood. */
class EdgeModesIT {
    private static final String NORMAL = Border.INSIDE;
    private static final String EDGE = Border.OUTSIDE;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private Border border;

    @BeforeEach
    void makeABorder() {
        stage = new Stage(directory);
        Programs.nft();
        border = new Border(stage);
    }

    @AfterEach
    void end() {
        Stage ending = stage;
        if (ending != null)
            ending.close();
    }

    private void service() throws IOException {
        for (String more : List.of("10.77.2.3/24", "10.77.2.4/24"))
            assertThat(border.on("inside", Programs.ip(), "addr", "add", more, "dev", "eth0").awaitExit()).isZero();
        Nginx.answering(stage, border, "inside", "from $server_addr");
    }

    private String get(String url) {
        Child curl = border.on("outside", Programs.curl(), "-sS", "-g", "--noproxy", "*", "-m", "2", url);
        return curl.awaitExit() == 0 ? String.join("", curl.out()) : "nothing";
    }

    private Path modes(String more) throws IOException {
        stage.ok("key", "new", directory.resolve("mode.key").toString());
        return Files.writeString(directory.resolve("modes.toml"), """
                service = "service"
                secret = "mode.key"
                normal = "%s:8080"
                secure = ["10.77.2.3:8080", "10.77.2.4:8080"]
                tell = ["%s:4700"]
                overlap = "10s"
                """.formatted(NORMAL, EDGE) + more);
    }

    private Child ring(Path modes) throws IOException {
        Path rules = Files.writeString(directory.resolve("rules.toml"), """
                protects = ["10.77.2.0/24"]
                [[rule]]
                do = "allow"
                protocol = "tcp"
                port = 8080
                """);
        Child ring = border.schiltron("border", "ring", "--rules", rules.toString(), "--nft", "--modes",
                modes.toString(), "--metrics", "off");
        ring.awaitLine("rules: ");
        return ring;
    }

    private Child edge(Path modes) {
        Child edge = border.schiltron("outside", "edge", "--listen", "127.0.0.1:8081", "--to", NORMAL + ":8080",
                "--verify", "http", "--modes", modes.toString(), "--metrics", "off", "--set",
                "tune.new-connections-per-second-per-source=100000");
        edge.awaitLine("edge: ");
        await().atMost(Child.LONGEST).until(() -> get("http://127.0.0.1:8081/").equals("from " + NORMAL));
        return edge;
    }

    @Test
    void aPersonSwitchesAndNoRequestFails() throws IOException {
        service();
        Path modes = modes("");
        ring(modes);
        edge(modes);
        Child wrk = border.on("outside", Programs.wrk(), "-t1", "-c8", "-d20s", "--timeout", "30s",
                "http://127.0.0.1:8081/");
        assertThat(border.schiltron("border", "ring", "mode", "secure").awaitExit()).as(stage::toString).isZero();
        await().atMost(Child.LONGEST).until(() -> get("http://127.0.0.1:8081/").equals("from 10.77.2.4"));
        await("the edge's overlap is over").atMost(Child.LONGEST)
                .until(() -> get("http://" + NORMAL + ":8080/").equals("nothing"));
        assertThat(border.schiltron("border", "ring", "mode", "normal").awaitExit()).as(stage::toString).isZero();
        await().atMost(Child.LONGEST).until(() -> get("http://127.0.0.1:8081/").equals("from " + NORMAL));
        assertThat(wrk.awaitExit()).isZero();
        assertThat(String.join("\n", wrk.out())).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
        Stage.assertRefused(border.schiltron("border", "ring", "mode", "sideways"), 2, "is no mode");
    }

    @Test
    void aFloodSwitchesByItselfAndCalmSwitchesBack() throws IOException {
        service();
        Path modes = modes("""
                watch = "out"
                rate = "40Mbit"
                after = "300ms"
                back-after = "12s"
                """);
        Child ring = ring(modes);
        edge(modes);
        Child wrk = border.on("outside", Programs.wrk(), "-t1", "-c1", "-d30s", "--timeout", "30s",
                "http://127.0.0.1:8081/");
        Child flood = border.main("outside", UdpFlow.class, "send", NORMAL, "9000", "5000", "1200", "12000", "5", "1");
        assertThat(ring.awaitLine("mode: secure, ")).contains("% of the access link in use");
        await().atMost(Child.LONGEST).until(() -> get("http://127.0.0.1:8081/").equals("from 10.77.2.4"));
        flood.awaitLine("sent ");
        assertThat(ring.awaitLine("mode: normal, ")).contains("less than 60 %");
        assertThat(wrk.awaitExit()).isZero();
        assertThat(String.join("\n", wrk.out())).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
        assertThat(ring.out().stream().filter(line -> line.startsWith("mode: "))).as("no flapping").hasSize(2);
    }
}
