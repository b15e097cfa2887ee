package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A ring of two borders between a service and the rest of the world: what it sends leaves by one, and what comes for its address comes in by the other.
 *
 * <pre>
 *              .-- west --.
 *     service  |    |     |  world
 *              '-- east --'
 * </pre>
 */
class BordersIT {
    private static final String SERVICE = "10.78.80.2";
    private static final String SERVICE6 = "2001:db8:78:80::2";
    private static final String WORLD = "10.78.100.2";
    private static final String WORLD6 = "2001:db8:78:100::2";
    private static final String OF_WEST = "10.78.85.2";
    private static final String OF_WEST6 = "2001:db8:78:85::2";
    private static final String OF_EAST = "10.78.86.2";
    private static final int REQUESTS = 200;
    /** Longer than any path between borders, on a machine that is busy with other tests. */
    private static final String LONG_US = "1500000";
    private static final String RULES = """
            protects = ["10.78.80.0/24", "2001:db8:78:80::/64"]

            [[rule]]
            name = "asked"
            do = "requested"
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private Namespaces world;
    private Path rules;
    private Path secret;

    @BeforeEach
    void makeTwoBorders() throws IOException {
        Assumptions.assumeTrue(Files.exists(Launcher.ROOT.resolve("xdp/target/classes/org/schiltron/xdp/ring.bpf.o")),
                "clang was not there when it was built (Debian: apt-get install clang)");
        stage = new Stage(directory);
        world = new Namespaces(stage, "service", "west", "east", "world");
        world.join("west", "service", 1);
        world.join("east", "service", 2);
        world.join("west", "world", 3);
        world.join("east", "world", 4);
        world.join("west", "east", 9);
        world.address("service", SERVICE + "/32", SERVICE6 + "/128");
        world.address("world", WORLD + "/32", WORLD6 + "/128");
        both("service", "default via 10.78.1.1 src " + SERVICE, "default via 2001:db8:78:1::1 src " + SERVICE6);
        for (String[] border : new String[][]{{"west", "1", "3"}, {"east", "2", "4"}}) {
            both(border[0], "10.78.80.0/24 via 10.78." + border[1] + ".2",
                    "2001:db8:78:80::/64 via 2001:db8:78:" + border[1] + "::2");
            both(border[0], WORLD + " via 10.78." + border[2] + ".2",
                    WORLD6 + " via 2001:db8:78:" + border[2] + "::2");
        }
        both("world", "10.78.80.0/24 via 10.78.4.1 src " + WORLD,
                "2001:db8:78:80::/64 via 2001:db8:78:4::1 src " + WORLD6);
        both("world", "10.78.85.0/24 via 10.78.3.1 src " + WORLD,
                "2001:db8:78:85::/64 via 2001:db8:78:3::1 src " + WORLD6);
        world.route("world", "10.78.86.0/24 via 10.78.4.1 src " + WORLD);
        for (String side : List.of("west", "east"))
            assertThat(world.main("service", SoftwareSums.class, side).awaitExit()).as(stage::toString).isZero();
        rules = Files.writeString(directory.resolve("rules.toml"), RULES);
        secret = directory.resolve("share.key");
        stage.ok("key", "new", secret.toString());
    }

    private void both(String name, String route, String route6) {
        world.route(name, route);
        world.route(name, route6);
    }

    @AfterEach
    void end() {
        Stage ending = stage;
        if (ending != null)
            ending.close();
    }

    private Child ring(String border, String... more) {
        List<String> arguments = new ArrayList<>(List.of("ring", "--rules", rules.toString(), "--xdp", "--outside",
                "world", "--inside", "service", "--metrics", "off"));
        arguments.addAll(List.of(more));
        Child ring = world.schiltron(border, arguments.toArray(String[]::new));
        ring.awaitLine("rules: ");
        return ring;
    }

    private void sharing() {
        ring("west", "--share-listen", "10.78.9.1:4700", "--share-with", "10.78.9.2:4700", "--share-secret",
                secret.toString());
        ring("east", "--share-listen", "10.78.9.2:4700", "--share-with", "10.78.9.1:4700", "--share-secret",
                secret.toString());
    }

    private void readdressing() {
        ring("west", "--readdress", SERVICE + "=" + OF_WEST, "--readdress", SERVICE6 + "=" + OF_WEST6);
        ring("east", "--readdress", SERVICE + "=" + OF_EAST);
    }

    /** Where requests seem to come from, in the world's eyes. */
    private String asker = "";

    /** That all requests are answered: soon, since a border that the machine keeps waiting for longer than a request takes comes too late. */
    private void assertAllAnswered(String from, String at) {
        int answered = 0;
        for (int tries = 0; tries < 5 && answered != REQUESTS; tries++)
            answered = answered(from, at, LONG_US);
        assertThat(answered).as(stage::toString).isEqualTo(REQUESTS);
    }

    /** How many are answered of so many requests, each after so long. */
    private int answered(String from, String at, String delayUs) {
        Child mailbox = world.main("world", AskedFlow.class, "answer", at, "4500", delayUs, "1", "0");
        mailbox.awaitLine("listening");
        Child ask = world.main("service", AskedFlow.class, "ask", from, at, "4500", Integer.toString(REQUESTS), "200",
                "5000");
        int answered = Integer.parseInt(ask.awaitLine("answered "));
        asker = mailbox.out().stream().filter(line -> line.startsWith("from ")).findFirst().orElse("nobody");
        mailbox.kill();
        return answered;
    }

    @Test
    void bordersThatKnowNothingOfEachOtherLetNoAnswerIn() {
        ring("west");
        ring("east");
        assertThat(answered(SERVICE, WORLD, LONG_US)).as(stage::toString).isZero();
        assertThat(asker).as("all requests have arrived").isEqualTo("from " + SERVICE);
    }

    @Test
    void sharedRequestsLetEveryAnswerInThatTakesLongerThanThePathBetweenBorders() {
        sharing();
        assertAllAnswered(SERVICE, WORLD);
        assertAllAnswered(SERVICE6, WORLD6);
        assertThat(ping("world", SERVICE)).as("nobody asked for that").isFalse();
    }

    @Test
    void garbageAtTheDoorOfABorderTakesNothingFromIt() {
        sharing();
        Child flood = world.main("west", UdpFlow.class, "send", "10.78.9.2", "4700", "6000", "1200", "5000", "20", "7");
        assertAllAnswered(SERVICE, WORLD);
        flood.kill();
        Child status = world.schiltron("east", "status", "ring", "--json");
        assertThat(status.awaitExit()).as(status::toString).isZero();
        assertThat(String.join("", status.out()).replaceAll("\\s", "")).as(status::toString)
                .containsPattern("\"heard\":[1-9][0-9]{2}").containsPattern("\"refused_bad_mac\":[1-9][0-9]{2}");
    }

    @Test
    @EnabledIfSystemProperty(named = "schiltron.slow", matches = "true", disabledReason = "ShareTest has it without sockets: -Dschiltron.slow=true")
    void aBorderWithAnotherSecretIsNotBelieved() {
        Path other = directory.resolve("other.key");
        stage.ok("key", "new", other.toString());
        ring("west", "--share-with", "10.78.9.2:4700", "--share-secret", other.toString());
        ring("east", "--share-listen", "10.78.9.2:4700", "--share-secret", secret.toString());
        assertThat(answered(SERVICE, WORLD, LONG_US)).as(stage::toString).isZero();
    }

    @Test
    void readdressedRequestsLetEveryAnswerInHoweverSoonItComes() {
        readdressing();
        assertThat(answered(SERVICE, WORLD, "0")).as(stage::toString).isEqualTo(REQUESTS);
        assertThat(asker).isEqualTo("from " + OF_WEST);
        assertThat(answered(SERVICE6, WORLD6, "0")).as(stage::toString).isEqualTo(REQUESTS);
        assertThat(ping("world", OF_WEST)).as("an announced address takes answers alone").isFalse();
        assertThat(ping("world", SERVICE)).isFalse();
    }

    private boolean ping(String from, String address) {
        return world.on(from, Programs.ping(), "-c", "1", "-W", "1", address).awaitExit() == 0;
    }

    @Test
    void aServiceWhoseRequestsAreReaddressedServes() throws IOException {
        Child mailbox = world.schiltron("world", "mailbox", "--listen", WORLD + ":4500", "--metrics", "off");
        mailbox.awaitLine("mailbox: ");
        readdressing();
        byte[] content = new byte[200_000];
        new Random(5).nextBytes(content);
        Path site = Files.createDirectory(directory.resolve("site"));
        Files.write(site.resolve("file"), content);
        world.on("service", Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString(), "-b",
                "127.0.0.1", "-p", "8080", "-d", site.toString()).awaitLine("Serving ");
        Child protect = world.schiltron("service", "protect", "127.0.0.1:8080", "--mailbox", WORLD + ":4500",
                "--upstream", "on-path-ring", "--metrics", "off");
        String link = protect.awaitLine("link: ");
        Child connect = world.schiltron("world", "connect", link, "--listen", "127.0.0.1:9080", "--metrics", "off");
        connect.awaitLine("listen: tcp ");
        Path got = directory.resolve("got");
        Child curl = world.on("world", Programs.curl(), "-sS", "--fail", "--noproxy", "*", "--max-time", "100", "-o",
                got.toString(), "http://127.0.0.1:9080/file");
        assertThat(curl.awaitExit()).as(stage::toString).isZero();
        assertThat(Files.readAllBytes(got)).isEqualTo(content);
    }

    @Test
    void whatCannotBeIsSaidInOneLine() {
        for (String line : List.of("--share-with 10.78.9.2:4700|--share-secret",
                "--share-listen 10.78.9.1:4700|--share-secret", "--share-secret %s|for whom",
                "--share-listen nowhere --share-secret %s|nowhere",
                "--share-listen 10.78.9.7:4700 --share-secret %s|10.78.9.7",
                "--readdress 10.78.80.2|PREFIX=PREFIX", "--readdress 10.78.7.7=10.78.85.2|requested",
                "--readdress 10.78.80.2=10.78.85.2 --share-with 10.78.9.2:4700 --share-secret %s|readdress")) {
            String[] parts = line.formatted(secret).split("\\|", -1);
            List<String> arguments = new ArrayList<>(List.of("ring", "--rules", rules.toString(), "--xdp", "--outside",
                    "world", "--inside", "service", "--metrics", "off"));
            arguments.addAll(List.of(parts[0].split(" ", -1)));
            Child ring = world.schiltron("west", arguments.toArray(String[]::new));
            assertThat(ring.awaitExit()).as(ring::toString).isNotZero();
            assertThat(ring.err()).as(ring::toString).singleElement().asString().contains(parts[1]);
        }
    }

    /** Of docs/PERFORMANCE.md: {@code -Dschiltron.measure=true} prints what it takes, and asserts nothing about it. */
    @Test
    void howSoonAnAnswerMayComeIsMeasured() {
        Assumptions.assumeTrue(Boolean.getBoolean("schiltron.measure"), "a measurement: -Dschiltron.measure=true");
        sharing();
        System.out.println("warmed: " + answered(SERVICE, WORLD, LONG_US));
        for (int round = 0; round < 3; round++) {
            Child mailbox = world.main("world", AskedFlow.class, "answer", WORLD, "4500", "0", "250", "40");
            mailbox.awaitLine("listening");
            Child ask = world.main("service", AskedFlow.class, "ask", SERVICE, WORLD, "4500", "400", "20", "1000");
            System.out.println("answered " + ask.awaitLine("answered ")
                    + " of 400, first that passes, us after the request: p50 p90 p99 max "
                    + ask.awaitLine("after-us "));
            mailbox.kill();
        }
        for (String delayUs : List.of("0", "50", "100", "200", "500", "1000", "2000", "5000", "20000"))
            System.out.println("delay " + delayUs + " us: lost "
                    + (REQUESTS - answered(SERVICE, WORLD, delayUs)) + " of " + REQUESTS);
    }
}
