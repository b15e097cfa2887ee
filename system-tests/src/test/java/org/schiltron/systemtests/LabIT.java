package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab with real programs: nginx, curl, ping, iperf3 in namespaces of its own. */
class LabIT {
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final String PREFIX = "schiltron-lab-";
    private static final double TO_WEB_AND_BACK_MS = 20;
    private static final String SCENARIO = """
            duration = "60s"
            [router.provider]
            [router.core]
            [link.transit]
            between = ["core", "provider"]
            delay = "8ms"
            [host.web]
            machine = "program"
            router = "provider"
            link = { rate = "20Mbit", delay = "1ms", queue = "50ms" }
            [host.client]
            machine = "program"
            router = "core"
            link = { delay = "1ms" }
            [host.far]
            machine = "program"
            router = "core"
            link = { loss = 0.3 }
            [host.bots]
            machine = "program"
            count = 2
            router = "core"
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private Path scenario;

    @BeforeEach
    void needsRootAndTun() throws IOException {
        Programs.ip();
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")) && Files.isWritable(Path.of("/run")),
                "a lab needs root and /dev/net/tun");
        stage = new Stage(directory);
        scenario = Files.writeString(directory.resolve("lab.toml"), SCENARIO);
        assertThat(left()).as("another lab is up here").isEmpty();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        Stage ending = stage;
        if (ending == null)
            return;
        try (ending) {
            ending.ok("lab", "down");
            assertThat(left()).as(ending::toString).isEmpty();
            assertThat(Path.of("/etc/netns", PREFIX + "web")).doesNotExist();
        }
    }

    private static List<String> left() throws IOException {
        if (!Files.isDirectory(NAMESPACES))
            return List.of();
        try (var entries = Files.list(NAMESPACES)) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> name.startsWith(PREFIX))
                    .toList();
        }
    }

    private Child on(String host, String... command) {
        String[] whole = new String[command.length + 4];
        whole[0] = "lab";
        whole[1] = "exec";
        whole[2] = host;
        whole[3] = "--";
        System.arraycopy(command, 0, whole, 4, command.length);
        return stage.schiltron(whole);
    }

    private String output(Child child) {
        assertThat(child.awaitExit()).as(stage::toString).isZero();
        return String.join("\n", child.out());
    }

    private static double number(String pattern, String in) {
        Matcher matcher = Pattern.compile(pattern).matcher(in);
        assertThat(matcher.find()).as(in).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    /** nginx on the host web, with one file. */
    private Path serve(String listen, int length) throws IOException {
        Path site = Files.createDirectory(directory.resolve("site"));
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        Files.write(site.resolve("file"), bytes);
        Path config = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                user root;
                pid nginx.pid;
                error_log stderr;
                events { }
                http {
                    access_log off;
                    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                    server { listen %s; root site; }
                }
                """.formatted(listen));
        on("web", Programs.nginx(), "-p", directory.toString(), "-c", config.toString(), "-e", "stderr");
        return site.resolve("file");
    }

    @Test
    void realProgramsTalkWithTheDelayTheRateAndTheLossOfTheModel() throws IOException {
        stage.ok("lab", "up", scenario.toString());
        String ping = output(on("client", Programs.ping(), "-c", "5", "-w", "60", "-i", "0.2", "web"));
        assertThat(ping).contains("5 received");
        assertThat(number("rtt min/avg/max/mdev = ([0-9.]+)/", ping)).isBetween(TO_WEB_AND_BACK_MS,
                50 * TO_WEB_AND_BACK_MS);

        // One chance in 10^11 that all of 70 pass, less that none does.
        Child lossy = on("far", Programs.ping(), "-4", "-c", "70", "-i", "0.01", "-W", "5", "web");
        lossy.awaitExit();
        assertThat(number("([0-9]+) received", String.join("\n", lossy.out()))).as(stage::toString).isBetween(1.0,
                69.0);

        Path file = serve("80; listen [::]:80", 3_000_000);
        for (String family : List.of("-4", "-6")) {
            Path got = directory.resolve("got" + family);
            String told = output(on("client", Programs.curl(), family, "-sS", "--noproxy", "*", "--retry", "60",
                    "--retry-connrefused", "--retry-delay", "1", "-w", "%{speed_download}", "-o", got.toString(),
                    "http://web/file"));
            assertThat(got).hasSameBinaryContentAs(file);
            assertThat(number("([0-9.]+)$", told)).as("bytes a second over 20 Mbit/s, headers aside")
                    .isLessThan(20e6 / 8);
        }
    }

    @Test
    void aFloodFillsTheLinkAndOnlyTheLabsHostsCanBeFlooded() {
        stage.ok("lab", "up", scenario.toString());
        stage.refused(1, "192.0.2.1 is not in the lab", "lab", "attack", "--from", "bots", "--target", "192.0.2.1",
                "--rate", "1Mbit", "--for", "1s");
        stage.refused(1, "there is no host nobody", "lab", "attack", "--from", "nobody", "--target", "web", "--rate",
                "1Mbit", "--for", "1s");
        stage.refused(2, "out of range", "lab", "attack", "--from", "bots", "--target", "web", "--rate", "1Mbit",
                "--for", "11m");
        stage.ok("lab", "attack", "--from", "bots", "--target", "web", "--rate", "20Mbit", "--for", "5s", "--spoof");
        stage.ok("lab", "attack", "--from", "bots-1", "--target", "web", "--rate", "1Mbit", "--for", "5s", "--kind",
                "syn");
        await("drops at the link to web").atMost(Child.LONGEST).untilAsserted(() -> {
            String status = String.join("\n", stage.ok("status", "lab", "--json").out());
            assertThat(number("\"from\":\"provider\",\"to\":\"web\"[^}]*\"drops\":\\{\"queue\":([0-9]+)", status))
                    .isPositive();
        });
    }

    @Test
    void whatAKilledLabHasLeftIsRemovedByTheNext() throws IOException {
        Child first = stage.ok("lab", "up", scenario.toString());
        Child sleeper = on("web", "sleep", "1000");
        long pid = (long) number("process ([0-9]+);", String.join("\n", first.out()));
        await("the program runs").atMost(Child.LONGEST).until(() -> !programs().isEmpty());
        stage.refused(1, "a lab is up already", "lab", "up", scenario.toString());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await("the lab is killed").atMost(Child.LONGEST).until(() -> ProcessHandle.of(pid).isEmpty());
        assertThat(left()).hasSize(5);
        stage.refused(6, "no lab is up", "lab", "exec", "web", "--", "true");
        stage.ok("lab", "up", scenario.toString());
        assertThat(sleeper.awaitExit()).as("a program of the one before").isNotZero();
        assertThat(output(on("client", Programs.ping(), "-c", "1", "-W", "20", "web"))).contains("1 received");
        on("web", "sleep", "1000");
        await("the program runs").atMost(Child.LONGEST).until(() -> !programs().isEmpty());
        stage.ok("lab", "down");
        assertThat(left()).isEmpty();
        Child again = stage.ok("lab", "down");
        assertThat(again.out()).containsExactly("no lab was up, nothing was left");
    }

    private String programs() {
        return output(stage.start(List.of(Programs.ip(), "netns", "pids", PREFIX + "web")));
    }

    @Test
    void aLabThatCannotBeMadeLeavesNothing() throws IOException {
        Path none = Files.writeString(directory.resolve("none.toml"), SCENARIO.replace("\"program\"", "\"mailbox\""));
        stage.refused(1, "there is no place for real programs", "lab", "up", none.toString());
        Path wrong = Files.writeString(directory.resolve("wrong.toml"), SCENARIO.replace("8ms", "8"));
        stage.refused(5, "wrong.toml:6: link.transit.delay", "lab", "up", wrong.toString());
        stage.refused(6, "no lab is up", "lab", "exec", "web", "--", "true");
        stage.refused(6, "no \"lab\"", "lab", "attack", "--from", "bots", "--target", "web", "--rate", "1Mbit",
                "--for", "1s");
        assertThat(left()).isEmpty();
    }

    private Child schiltronOn(String host, String... args) {
        return on(host, Launcher.java(args).toArray(new String[0]));
    }

    /** The whole of it: a real service behind a ring on the path, under a flood of several times its link. */
    @Test
    void aRingOnThePathKeepsARealServiceReachable() throws IOException {
        stage.ok("lab", "up", Launcher.ROOT.resolve("docs/scenarios/lab-ring.toml").toString());
        for (int i = 1; i <= 2; i++)
            schiltronOn("mailbox-" + i, "mailbox", "--listen", "32.0." + (i - 1) + ".1:4500", "--metrics", "off")
                    .awaitLine("mailbox: ");
        Path file = serve("127.0.0.1:80", 300_000);
        Child protect = schiltronOn("web", "protect", "127.0.0.1:80", "--mailbox", "32.0.0.1:4500,32.0.1.1:4500",
                "--upstream", "on-path-ring", "--metrics", "off");
        Child connect = schiltronOn("client", "connect", protect.awaitLine("link: "), "--listen", "127.0.0.1:9080",
                "--metrics", "off");
        connect.awaitLine("connected: ");
        stage.ok("lab", "attack", "--from", "bots", "--target", "web", "--rate", "90Mbit", "--for", "2m");
        Path got = directory.resolve("got");
        output(on("client", Programs.curl(), "-sS", "--noproxy", "*", "--fail", "--retry", "20", "--retry-connrefused",
                "--retry-delay", "1", "-o", got.toString(), "http://127.0.0.1:9080/file"));
        assertThat(got).hasSameBinaryContentAs(file);
        String status = String.join("\n", stage.ok("status", "lab", "--json").out());
        assertThat(number("\"refused\":\\{\"malformed\":([0-9]+)", status)).as("what the flood sent").isPositive();
        assertThat(status).as("drops at the link to web")
                .containsPattern("\"from\":\"provider\",\"to\":\"web\"[^}]*\"drops\":\\{\\}");
    }
}
