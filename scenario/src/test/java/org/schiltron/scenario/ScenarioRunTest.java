package org.schiltron.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.sim.DropCause;

class ScenarioRunTest {
    private static final Path EXAMPLES = Path.of("").toAbsolutePath().resolveSibling("docs").resolve("scenarios");

    @TempDir
    Path directory;

    private Result run(String text, long seed) throws IOException {
        return Texts.run(directory, text, seed);
    }

    private Scenario read(String text) throws IOException {
        return Texts.read(directory, text);
    }

    private static Result.Machine machine(Result result, String host) {
        return result.machines().stream().filter(machine -> machine.host().equals(host)).findFirst().orElseThrow();
    }

    private static Result example(String name) throws IOException {
        return new ScenarioRun(Scenario.read(EXAMPLES.resolve(name)), Long.getLong("schiltron.seed", 1)).run(_ -> {
        });
    }

    @Test
    void behindARingClientsAreServedWhileTheFloodLasts() throws IOException {
        Result result = example("flood.toml");
        assertThat(result.clients()).hasSize(5).allSatisfy(client -> {
            assertThat(client.connectedNs()).isBetween(0L, 5_000_000_000L);
            assertThat(client.sessions()).isOne();
        });
        for (Result.Second second : result.seconds().subList(5, 10))
            assertThat(second.answered()).as("of second " + second.second()).isGreaterThanOrEqualTo(
                    second.asked() - 2);
        Result.Link uplink = Texts.link(result, "bots", "core");
        assertThat(uplink.bytes() * 8 / 5.0).as("bit/s offered in the 5 s of the flood").isCloseTo(60e6, within(6e5));
        // 60 into 50 Mbit/s for 5 s, of which a queue of 100 ms is carried later.
        assertThat(uplink.drops().getOrDefault(DropCause.QUEUE, 0L) / (double) uplink.packets())
                .isCloseTo(1 - 50 / 60.0 * 5.1 / 5, within(0.005));
        assertThat(machine(result, "ring").drops().values().stream().mapToLong(Long::longValue).sum())
                .as("what the ring node refused").isGreaterThan(uplink.carriedPackets() * 99 / 100);
        assertThat(Texts.link(result, "provider", "service").drops()).as("at the service's link").isEmpty();
    }

    @Test
    void withoutItTheSameFloodShutsThemOut() throws IOException {
        Result result = example("flood-without-ring.toml");
        assertThat(result.seconds().subList(3, 5)).allSatisfy(
                second -> assertThat(second.answered()).isGreaterThanOrEqualTo(second.asked() - 2));
        assertThat(result.seconds().subList(6, 9)).allSatisfy(second -> {
            assertThat(second.asked()).isEqualTo(20);
            assertThat(second.bytes()).as("of " + 20 * 8_192).isLessThan(20_000);
        });
        assertThat(Texts.link(result, "provider", "service").drops().getOrDefault(DropCause.QUEUE, 0L))
                .isGreaterThan(150_000);
    }

    @Test
    void aRowOfGatesAtTheProviderStandsInForARingNode() throws IOException {
        Result result = example("on-path.toml");
        for (Result.Second second : result.seconds().subList(2, 11))
            assertThat(second.answered()).as("of second " + second.second()).isGreaterThanOrEqualTo(
                    second.asked() - 1);
        Result.Router provider = result.routers().stream().filter(router -> router.router().equals("provider"))
                .findFirst()
                .orElseThrow();
        assertThat(provider.gates()).extracting(Result.Gate::gate).containsExactly("rate", "requested");
        assertThat(provider.gates().getFirst().refused().get("over_rate")).isGreaterThan(150_000);
        assertThat(provider.gates().getLast().refused()).containsOnlyKeys("malformed", "unrequested");
        assertThat(Texts.link(result, "campus", "core").packets()).as("forged addresses, from where they are checked")
                .isZero();
        assertThat(Texts.link(result, "provider", "service").packets()).isLessThan(2_000);
    }

    @Test
    void onABadDayAFairQueueKeepsClientsServed() throws IOException {
        Result result = example("bad-day.toml");
        assertThat(result.seconds().subList(2, 19)).allSatisfy(
                second -> assertThat(second.answered()).as("of second " + second.second())
                        .isGreaterThanOrEqualTo(second.asked() - 1));
        assertThat(Texts.link(result, "core", "provider").drops()).containsKeys(DropCause.QUEUE, DropCause.EARLY,
                DropCause.LOSS);
        assertThat(result.taps()).singleElement().satisfies(tap -> assertThat(tap.acted()).isPositive());
        String other = Files.readString(EXAMPLES.resolve("bad-day.toml")).replace("\ndiscipline = \"fq-codel\"", "");
        assertThat(run(other, 1).clients().stream().mapToLong(Result.Client::failed).sum()).as("with drop-tail")
                .isGreaterThan(result.clients().stream().mapToLong(Result.Client::failed).sum() + 5);
    }

    private static final String SMALL = ScenarioFileTest.GOOD.replace("10s", "4s")
            .replace("delay = \"5ms\"\n", """
                    delay = "5ms"
                    loss = 0.02
                    reorder = { share = 0.05, by = "3ms" }
                    """).replace("count = 3", "count = 4").replace("link = { rate = \"1Mbit\" }\n", "")
            .replace("machine = \"service\"\n", "machine = \"service\"\nlink = { rate = \"10Mbit\" }\n")
            .replace("machine = \"client\"\n", "machine = \"client\"\ncount = 2\n")
            .replace("machine = \"flood\"\nrouter = \"edge\"", "machine = \"flood\"\nrouter = \"core\"");

    @Test
    void theSeedDecidesEveryByte() throws IOException {
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        Result result = captured(11, first);
        assertThat(captured(11, second)).isEqualTo(result);
        assertThat(second.toByteArray()).isEqualTo(first.toByteArray());
        assertThat(captured(12, other).traceHash()).isNotEqualTo(result.traceHash());
        assertThat(other.toByteArray()).isNotEqualTo(first.toByteArray());
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isPositive());
    }

    private Result captured(long seed, ByteArrayOutputStream to) throws IOException {
        return new ScenarioRun(read(SMALL), seed).capture("transit", to).run(_ -> {
        });
    }

    @Test
    void aCaptureHoldsWhatTheLinkCarried() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Result result = captured(3, bytes);
        List<PcapReader.Packet> packets = PcapReader.read(bytes.toByteArray());
        Result.Link there = Texts.link(result, "core", "edge");
        Result.Link back = Texts.link(result, "edge", "core");
        assertThat(packets).hasSize((int) (there.carriedPackets() + back.carriedPackets()));
        assertThat(packets.stream().mapToLong(PcapReader.Packet::wireLength).sum())
                .isEqualTo(there.carriedBytes() + back.carriedBytes());
        String service = machine(result, "service").address();
        String bot = machine(result, "bot").address();
        assertThat(packets.stream().filter(packet -> packet.source().equals(bot)).toList()).isNotEmpty()
                .allSatisfy(packet -> {
                    assertThat(packet.destination()).isEqualTo(service);
                    assertThat(packet.payload()).hasSize(1_000);
                });
        assertThat(there.drops()).containsOnlyKeys(DropCause.LOSS);
        assertThatThrownBy(() -> captured(3, bytes, "transitt")).hasMessage(
                "there is no link transitt; did you mean transit?");
    }

    private void captured(long seed, ByteArrayOutputStream to, String link) throws IOException {
        new ScenarioRun(read(SMALL), seed).capture(link, to);
    }

    @Test
    void anAccessListKeepsTheFloodOutUnlessItBearsAnAdmittedAddress() throws IOException {
        String guarded = SMALL.replace("[router.edge]\n",
                "[router.edge]\ngates = [{ gate = \"only\", to = \"service\", from = \"mailbox\" }]\n");
        Result kept = run(guarded, 5);
        assertThat(kept.routers().getLast().refused()).isCloseTo(
                Texts.link(kept, "core", "edge").carriedPackets() - Texts.link(kept, "edge", "service").packets(),
                within(50L))
                .isGreaterThan(400);
        assertThat(kept.routers().getLast().gates()).containsExactly(
                new Result.Gate("only", java.util.Map.of("not_listed", kept.routers().getLast().refused())));
        assertThat(kept.success()).isGreaterThan(0.95);
        Result forged = run(guarded + "as = [\"mailbox\"]\nkind = \"data\"\n", 5);
        assertThat(forged.routers().getLast().refused()).isZero();
        assertThat(machine(forged, "service").drops().values().stream().mapToLong(Long::longValue).sum())
                .isGreaterThan(400);
    }

    /** The flood fills a link that clients share with it: first come, first served, they get the crumbs; in turns, their part. */
    @Test
    void fairQueuesServeClientsBesideAFloodOfTheirLink() throws IOException {
        String flooded = SMALL.replace("rate = \"1Mbit\"", "rate = \"100Mbit\"").replace("loss = 0.02", "");
        Result plain = run(flooded, 6);
        Result fair = run(
                flooded.replace("rate = \"10Mbit\"\ndelay", "rate = \"10Mbit\"\ndiscipline = \"fq-codel\"\ndelay"), 6);
        assertThat(answered(fair)).as("of " + answered(plain) + " without").isGreaterThan(3 * answered(plain));
        assertThat(Texts.link(fair, "core", "edge").utilisation()).isBetween(0.9, 1.0);
        assertThat(Texts.link(fair, "core", "edge").drops()).containsKey(DropCause.QUEUE);
    }

    private static long answered(Result result) {
        return result.clients().stream().mapToLong(Result.Client::answered).sum();
    }

    @Test
    void hostileClientsOfAllKindsTakeNothingFromTheOthers() throws IOException {
        StringBuilder text = new StringBuilder(SMALL);
        for (String trick : List.of("absurd-numbers", "random-frames", "withhold"))
            text.append(hostile(trick));
        Result result = run(text + hostile("name-a-victim") + "victim = \"bot\"\n", 4);
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isGreaterThan(5));
        assertThat(machine(result, "service").drops()).containsKey("bad_frame");
        assertThat(Texts.link(result, "core", "bot").packets()).as("at the victim").isLessThan(20);
    }

    private static String hostile(String trick) {
        return "[host." + trick + "]\nmachine = \"hostile-client\"\nrouter = \"core\"\ntrick = \"" + trick + "\"\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"door-drop", "door-delay", "door-swallow", "door-foreign", "door-stale", "door-friends"})
    void clientsGetInPastMailboxesThatLieAtTheDoor(String lie) throws IOException {
        String liars = """
                [host.liar]
                machine = "mailbox"
                lie = "LIE"
                count = 2
                router = "core"
                """.replace("LIE", lie);
        Result result = run(SMALL + liars, 8);
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isGreaterThan(5));
        Result alone = run(
                SMALL.replace("[host.client]\n", "[host.client]\ncontacts = \"liar\"\n").replace("\"4s\"", "\"3s\"")
                        + liars,
                8);
        if (!List.of("door-delay", "door-friends").contains(lie)) // late; and with nonces left over in calm
            assertThat(answered(alone)).as("with no contacts but liars").isZero();
    }

    @Test
    void clientsBehindNatsAreServedAlsoWhenTheyMoveAndNobodyElseReachesThem() throws IOException {
        Result result = run(SMALL.replace("machine = \"client\"\n", "machine = \"client\"\nnat = true\n")
                .replace("target = [\"service\"]", "target = \"client\"") + """
                        [[at]]
                        time = "2s"
                        rebind = "client"
                        """, 9);
        assertThat(result.clients()).allSatisfy(client -> {
            assertThat(client.sessions()).isOne();
            assertThat(client.answered()).isGreaterThan(20);
        });
        assertThat(result.seconds().getLast().bytes()).as("after they moved").isPositive();
        assertThat(machine(result, "client-1").drops()).as("of the flood nothing comes in")
                .doesNotContainKey("truncated")
                .doesNotContainKey("wrong_version");
        Result open = run(SMALL.replace("target = [\"service\"]", "target = \"client\""), 9);
        assertThat(machine(open, "client-1").drops()).as("without a NAT it does").isNotEqualTo(
                machine(result, "client-1").drops());
    }

    @Test
    void ipv6HostsSpeakToEachOther() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Result result = new ScenarioRun(read(SMALL.replaceAll("(?m)^machine = (.*)$", "machine = $1\nip = 6")), 10)
                .capture("transit", bytes).run(_ -> {
                });
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isGreaterThan(20));
        assertThat(machine(result, "service").address()).startsWith("[2a00:");
        assertThat(Texts.link(result, "bot", "core").bytes() * 8 / 4).isCloseTo(1_000_000L, within(10_000L));
        assertThat(PcapReader.read(bytes.toByteArray()).getFirst().source()).startsWith("2a00");
    }

    @Test
    void aMailboxThatCorruptsIsSeenAndTheOthersCarryOn() throws IOException {
        Result result = run(SMALL + """
                [host.liar]
                machine = "mailbox"
                lie = "corrupt"
                router = "core"
                """, 2);
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isGreaterThan(5));
        assertThat(machine(result, "service").drops().keySet().toString() + machine(result, "client-1").drops())
                .containsAnyOf("not_authentic", "unknown_nonce");
    }
}
