package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ring in XDP on a border between real interfaces: floods, rules that change, requests and answers. */
class RingXdpIT {
    private static final String PROTECTS = "protects = [\"10.77.2.0/24\", \"2001:db8:77:2::/64\"]\n";
    private static final int KEY = 0x0fee1bad;
    private static final int LEGITIMATE = 25;
    private static final int SECONDS = 8;
    /** Longer than the flow, however long that takes to start. */
    private static final int FLOOD_SECONDS = 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private Border border;

    @BeforeEach
    void makeABorder() {
        Assumptions.assumeTrue(Files.exists(Launcher.ROOT.resolve("xdp/target/classes/org/schiltron/xdp/ring.bpf.o")),
                "clang was not there when it was built (Debian: apt-get install clang)");
        stage = new Stage(directory);
        border = new Border(stage);
    }

    @AfterEach
    void end() {
        Stage ending = stage;
        if (ending != null)
            ending.close();
    }

    private Path rules(String text) throws IOException {
        return Files.writeString(directory.resolve("rules.toml"), PROTECTS + text);
    }

    private Child ring(Path rules, String... more) {
        String[] arguments = new String[8 + more.length];
        String[] fixed = {"ring", "--rules", rules.toString(), "--xdp", "--outside", "out", "--metrics", "off"};
        System.arraycopy(fixed, 0, arguments, 0, fixed.length);
        System.arraycopy(more, 0, arguments, fixed.length, more.length);
        Child ring = border.schiltron("border", arguments);
        ring.awaitLine("rules: ");
        return ring;
    }

    /** What part of a paced flow of a quarter of the link inside arrives beside a flood of up to eighty times that link. */
    private double delivered() {
        Child receiver = border.main("inside", UdpFlow.class, "receive", "9000", Integer.toString(KEY), "12");
        receiver.awaitLine("listening");
        Child flood = border.main("outside", UdpFlow.class, "send", Border.INSIDE, "9000", "5000", "1200", "8000",
                Integer.toString(FLOOD_SECONDS), "1");
        flood.awaitLine("sending");
        Child flow = border.main("outside", UdpFlow.class, "send", Border.INSIDE, "9000", "6000", "1200",
                Integer.toString(LEGITIMATE),
                Integer.toString(SECONDS), Integer.toString(KEY));
        flow.awaitLine("sent ");
        flood.kill();
        return Integer.parseInt(receiver.awaitLine("received ")) / (double) (LEGITIMATE * SECONDS);
    }

    @Test
    void aFloodThatTakesTheLinkTakesNothingOnceTheRingIsThere() throws IOException {
        border.narrow("1mbit");
        double delivered = 1;
        for (int tries = 0; tries < 3 && delivered >= 0.2; tries++) // whoever sends the flood may be kept waiting, and it is none then
            delivered = delivered();
        assertThat(delivered).as(stage::toString).isLessThan(0.2);
        Child ring = ring(rules("""
                [[rule]]
                name = "key"
                do = "allow"
                protocol = "udp"
                port = 9000
                word = [{ at = 0, value = "0x0fee1bad" }]
                """));
        assertThat(delivered()).as(stage::toString).isGreaterThanOrEqualTo(0.99);
        Child status = border.schiltron("border", "status", "ring", "--json");
        assertThat(status.awaitExit()).as(status::toString).isZero();
        assertThat(String.join("", status.out()).replaceAll("\\s", "")).as(status::toString)
                .containsPattern("\"not_allowed\":[1-9][0-9]{4}");
        assertThat(ring.terminate()).isZero();
    }

    @Test
    void rulesChangeWhileTheyAreInForceAndBadOnesChangeNothing() throws IOException {
        Path rules = rules("[[rule]]\ndo = \"allow\"\nprotocol = \"icmp\"\n");
        Child ring = ring(rules);
        assertThat(ping(Border.INSIDE)).as(stage::toString).isTrue();
        Files.writeString(rules, PROTECTS + "[[rule]]\nname = \"nobody\"\ndo = \"drop\"\n");
        ring.hangUp();
        awaitSaid(ring, 2);
        assertThat(ping(Border.INSIDE)).as(stage::toString).isFalse();
        Files.writeString(rules, PROTECTS + "[[rule]]\ndo = \"alow\"\n");
        ring.hangUp();
        org.awaitility.Awaitility.await().atMost(Child.LONGEST).until(() -> !ring.err().isEmpty());
        assertThat(ring.err()).singleElement().asString().contains("rules.toml:3").contains("\"alow\" is not one of")
                .contains("nothing has changed");
        assertThat(ping(Border.INSIDE)).as("the old rules are in force").isFalse();
        ring.kill();
        assertThat(ping(Border.INSIDE)).as("what hung on the process went with it, though it was killed").isTrue();
    }

    @Test
    void whatIsPinnedStaysUntilItIsRemovedOrAnotherRingTakesItsPlace() throws IOException {
        Path pins = Files.createDirectory(directory.resolve("pins"));
        assertThat(stage.start(List.of("mount", "-t", "bpf", "none", pins.toString())).awaitExit()).isZero();
        try {
            Path rules = rules("[[rule]]\ndo = \"allow\"\nprotocol = \"tcp\"\n");
            Child ring = ring(rules, "--set", "tune.xdp-pin=" + pins);
            assertThat(ping(Border.INSIDE)).as(stage::toString).isFalse();
            ring.kill();
            assertThat(ping(Border.INSIDE)).as("its programs stay").isFalse();
            Child pings = border.on("outside", "stdbuf", "-oL", Programs.ping(), "-i", "0.002",
                    Border.INSIDE);
            Child without = border.schiltron("border", "ring", "--rules", rules.toString(), "--xdp", "--outside", "out",
                    "--outside", "nowhere", "--set", "tune.xdp-pin=" + pins);
            assertThat(without.awaitExit()).as("it has one interface, and not the other").isNotZero();
            assertThat(ping(Border.INSIDE)).as("the earlier ring's programs are there again").isFalse();
            Child again = ring(rules, "--set", "tune.xdp-pin=" + pins);
            Child other = ring(rules, "--set", "tune.xdp-pin=" + pins);
            awaitSaidOnError(again,
                    "interface out has another ring's program now: rules that change here are not in force there");
            Files.writeString(rules, PROTECTS + "[[rule]]\nname = \"all\"\ndo = \"allow\"\n");
            again.hangUp();
            awaitSaidOnError(again, "out has another ring's program now: end this one; nothing has changed");
            assertThat(ping(Border.INSIDE)).as("the later ring's rules are in force").isFalse();
            again.kill();
            other.kill();
            pings.kill();
            assertThat(String.join("\n", pings.out())).as("not one got by meanwhile").contains("PING")
                    .doesNotContain("bytes from");
            Child last = ring(rules("[[rule]]\ndo = \"allow\"\nprotocol = \"icmp\"\n"), "--set",
                    "tune.xdp-pin=" + pins);
            assertThat(ping(Border.INSIDE)).as(stage::toString).isTrue();
            assertThat(last.terminate()).isZero();
            Files.delete(pins.resolve("out"));
        } finally {
            assertThat(stage.start(List.of("umount", pins.toString())).awaitExit()).isZero();
        }
        assertThat(ping(Border.INSIDE)).isTrue();
    }

    @Test
    void anInterfaceThatGoesAndComesBackIsJudgedAgain() throws IOException {
        Path rules = rules("[[rule]]\ndo = \"allow\"\nprotocol = \"icmp\"\n");
        Child ring = ring(rules);
        border.ok("border", Programs.ip(), "link", "delete", "out");
        awaitSaidOnError(ring, "interface out is gone");
        Files.writeString(rules, PROTECTS + "[[rule]]\nname = \"nobody\"\ndo = \"drop\"\n");
        ring.hangUp();
        awaitSaid(ring, 2);
        border.attachOutside();
        awaitSaidOnError(ring, "interface out is back, and judged");
        assertThat(ping(Border.INSIDE)).as("by the rules that came meanwhile").isFalse();
        Files.writeString(rules, PROTECTS + "[[rule]]\ndo = \"allow\"\nprotocol = \"icmp\"\n");
        ring.hangUp();
        awaitSaid(ring, 3);
        assertThat(ping(Border.INSIDE)).as(stage::toString).isTrue();
        assertThat(ring.err()).as("said once each").hasSize(2);
        assertThat(ring.terminate()).isZero();
    }

    private static void awaitSaidOnError(Child ring, String what) {
        org.awaitility.Awaitility.await().atMost(Child.LONGEST)
                .until(() -> ring.err().stream().anyMatch(line -> line.endsWith(what)));
    }

    private static void awaitSaid(Child ring, int times) {
        org.awaitility.Awaitility.await().atMost(Child.LONGEST)
                .until(() -> ring.out().stream().filter(line -> line.startsWith("rules: ")).count() == times);
    }

    private boolean ping(String address) {
        return border.on("outside", Programs.ping(), "-c", "1", "-W", "1", address).awaitExit() == 0;
    }

    @Test
    void aServiceBehindItGetsWhatItAskedForAndNothingElse() throws IOException {
        Child mailbox = border.schiltron("outside", "mailbox", "--listen", Border.OUTSIDE + ":4500", "--metrics",
                "off");
        mailbox.awaitLine("mailbox: ");
        Child ring = ring(rules("[[rule]]\nname = \"asked\"\ndo = \"requested\"\n"), "--inside", "in");
        assertThat(ping(Border.INSIDE)).as("nobody asked for that").isFalse();
        byte[] content = new byte[200_000];
        new Random(5).nextBytes(content);
        Path site = Files.createDirectory(directory.resolve("site"));
        Files.write(site.resolve("file"), content);
        border.on("inside", Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString(), "-b", "127.0.0.1",
                "-p", "8080", "-d",
                site.toString()).awaitLine("Serving ");
        Child protect = border.schiltron("inside", "protect", "127.0.0.1:8080", "--mailbox", Border.OUTSIDE + ":4500",
                "--upstream",
                "on-path-ring", "--metrics", "off");
        String link = protect.awaitLine("link: ");
        Child connect = border.schiltron("outside", "connect", link, "--listen", "127.0.0.1:9080", "--metrics", "off");
        connect.awaitLine("listen: tcp ");
        Path got = directory.resolve("got");
        Child curl = border.on("outside", Programs.curl(), "-sS", "--fail", "--noproxy", "*", "--max-time", "100", "-o",
                got.toString(),
                "http://127.0.0.1:9080/file");
        assertThat(curl.awaitExit()).as(stage::toString).isZero();
        assertThat(Files.readAllBytes(got)).isEqualTo(content);
        assertThat(ping(Border.INSIDE)).as("still nobody asked for that").isFalse();
        assertThat(ring.terminate()).isZero();
    }

    @Test
    void whatCannotBeIsSaidInOneLine() throws IOException {
        Path rules = rules("[[rule]]\ndo = \"requested\"\n");
        refused(2, "--inside", "ring", "--rules", rules.toString(), "--xdp", "--outside", "out");
        refused(2, "--outside", "ring", "--rules", rules.toString(), "--xdp");
        refused(1, "in is named twice", "ring", "--rules", rules.toString(), "--xdp", "--outside", "in", "--inside",
                "in");
        refused(2, "who enforces", "ring", "--rules", rules.toString());
        refused(1, "there is no interface gone", "ring", "--rules", rules.toString(), "--xdp", "--outside", "gone",
                "--inside", "in");
        ring(rules, "--inside", "in");
        refused(1, "has an XDP program already", "ring", "--rules", rules.toString(), "--xdp", "--outside", "out",
                "--inside", "in");
    }

    private void refused(int exit, String says, String... arguments) {
        Stage.assertRefused(border.schiltron("border", arguments), exit, says);
    }
}
