package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rings in depth (Phalanx, section 3.3 and figure 1): the provider's around all it has, and a service's own at its access link, with somebody between them.
 *
 * <pre>
 *   world --- outer --- core --- inner --- service
 *                         |
 *                      insider
 * </pre>
 */
class NestedRingsIT {
    private static final String SERVICE = "10.78.80.2";
    private static final String WORLD = "10.78.100.2";
    private static final int REQUESTS = 100;
    private static final int FLOOD = 3_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private Stage stage;
    private Namespaces world;

    @BeforeEach
    void makeTwoRings() throws IOException {
        Assumptions.assumeTrue(Files.exists(Launcher.ROOT.resolve("xdp/target/classes/org/schiltron/xdp/ring.bpf.o")),
                "clang was not there when it was built (Debian: apt-get install clang)");
        stage = new Stage(directory);
        world = new Namespaces(stage, "world", "outer", "core", "inner", "service", "insider");
        world.join("outer", "world", 1);
        world.join("outer", "core", 2);
        world.join("core", "inner", 3);
        world.join("inner", "service", 4);
        world.join("core", "insider", 5);
        world.address("service", SERVICE + "/32");
        world.address("world", WORLD + "/32");
        world.route("world", "10.78.0.0/16 via 10.78.1.1");
        world.route("outer", "10.78.0.0/16 via 10.78.2.2");
        world.route("outer", WORLD + " via 10.78.1.2");
        world.route("core", "10.78.80.0/24 via 10.78.3.2");
        world.route("core", "default via 10.78.2.1");
        world.route("inner", "10.78.80.0/24 via 10.78.4.2");
        world.route("inner", "default via 10.78.3.1");
        world.route("service", "default via 10.78.4.1 src " + SERVICE);
        world.route("insider", "default via 10.78.5.1");
        Path rules = Files.writeString(directory.resolve("rules.toml"),
                "protects = [\"10.78.80.0/24\"]\n[[rule]]\nname = \"asked\"\ndo = \"requested\"\n");
        for (String[] ring : new String[][]{{"outer", "world", "core"}, {"inner", "core", "service"}})
            world.schiltron(ring[0], "ring", "--rules", rules.toString(), "--xdp", "--outside", ring[1], "--inside",
                    ring[2], "--metrics", "off").awaitLine("rules: ");
    }

    @AfterEach
    void end() {
        Stage ending = stage;
        if (ending != null)
            ending.close();
    }

    private Child ask(String from, String as) {
        return world.main(from, AskedFlow.class, "ask", as, WORLD, "4500", Integer.toString(REQUESTS), "100", "8000");
    }

    private void mailbox() {
        world.main("world", AskedFlow.class, "answer", WORLD, "4500", "0", "1", "0").awaitLine("listening");
    }

    private boolean ping(String from) {
        return world.on(from, Programs.ping(), "-c", "1", "-W", "1", SERVICE).awaitExit() == 0;
    }

    /** Packets that a ring dropped for a reason. */
    private long dropped(String ring, String reason) {
        Child status = world.schiltron(ring, "status", "ring", "--json");
        assertThat(status.awaitExit()).as(status::toString).isZero();
        Matcher matcher = Pattern.compile("\"" + reason + "\":([0-9]+)")
                .matcher(String.join("", status.out()).replaceAll("\\s", ""));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Test
    void whatWasAskedForPassesBothAndTheOuterStopsAllElseFromOutside() {
        mailbox();
        assertThat(ask("service", SERVICE).awaitLine("answered ")).as(stage::toString)
                .isEqualTo(Integer.toString(REQUESTS));
        assertThat(ping("world")).isFalse();
        assertThat(dropped("outer", "malformed")).as("no message of a mailbox").isEqualTo(1);
        assertThat(dropped("inner", "malformed")).isZero();
    }

    @Test
    void whoIsBetweenThemIsStoppedByTheInner() {
        mailbox();
        Child receiver = world.main("service", UdpFlow.class, "receive", "9000", "1", "1");
        receiver.awaitLine("listening");
        Child flood = world.main("insider", UdpFlow.class, "send", SERVICE, "9000", "6000", "1000",
                Integer.toString(FLOOD / 3), "3", "1");
        assertThat(ask("service", SERVICE).awaitLine("answered ")).as(stage::toString)
                .isEqualTo(Integer.toString(REQUESTS));
        flood.awaitLine("sent ");
        assertThat(ping("insider")).isFalse();
        assertThat(receiver.out()).as("not one of them").containsExactly("listening");
        assertThat(dropped("inner", "malformed")).isEqualTo(FLOOD + 1L);
        assertThat(dropped("outer", "malformed")).isZero();
    }

    /** The outer ring believes whoever is behind it; the inner knows better who is behind itself. */
    @Test
    void whoBetweenThemAsksInTheServicesNameOpensTheOuterAlone() {
        mailbox();
        world.address("insider", SERVICE + "/32");
        assertThat(ask("insider", SERVICE).awaitLine("answered ")).as(stage::toString).isEqualTo("0");
        assertThat(dropped("outer", "unrequested")).isZero();
        assertThat(dropped("inner", "unrequested")).isEqualTo(REQUESTS);
    }
}
