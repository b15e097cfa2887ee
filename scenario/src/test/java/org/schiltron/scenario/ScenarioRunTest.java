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
import org.schiltron.sim.DropCause;

class ScenarioRunTest {
    private static final Path EXAMPLES = Path.of("").toAbsolutePath().resolveSibling("docs").resolve("scenarios");

    @TempDir
    Path directory;

    private Result run(String text, long seed) throws IOException {
        return new ScenarioRun(read(text), seed).run(_ -> {
        });
    }

    private Scenario read(String text) throws IOException {
        Path file = directory.resolve("s.toml");
        Files.writeString(file, text);
        return Scenario.read(file);
    }

    private static Result.Link link(Result result, String from, String to) {
        return result.links().stream().filter(link -> link.from().equals(from) && link.to().equals(to)).findFirst()
                .orElseThrow();
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
        Result.Link uplink = link(result, "bots", "core");
        assertThat(uplink.bytes() * 8 / 5.0).as("bit/s offered in the 5 s of the flood").isCloseTo(60e6, within(6e5));
        // 60 into 50 Mbit/s for 5 s, of which a queue of 100 ms is carried later.
        assertThat(uplink.drops().getOrDefault(DropCause.QUEUE, 0L) / (double) uplink.packets())
                .isCloseTo(1 - 50 / 60.0 * 5.1 / 5, within(0.005));
        assertThat(machine(result, "ring").drops().values().stream().mapToLong(Long::longValue).sum())
                .as("what the ring node refused").isGreaterThan(uplink.carriedPackets() * 99 / 100);
        assertThat(link(result, "provider", "service").drops()).as("at the service's link").isEmpty();
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
        assertThat(link(result, "provider", "service").drops().getOrDefault(DropCause.QUEUE, 0L))
                .isGreaterThan(150_000);
    }

    private static final String SMALL = """
            duration = "4s"
            [router.core]
            [router.edge]
            [link.transit]
            between = ["core", "edge"]
            rate = "10Mbit"
            delay = "5ms"
            loss = 0.02
            reorder = { share = 0.05, by = "3ms" }
            [host.mailbox]
            machine = "mailbox"
            count = 4
            router = "core"
            [host.service]
            machine = "service"
            router = "edge"
            link = { rate = "10Mbit" }
            [host.client]
            machine = "client"
            count = 2
            router = "core"
            [host.bot]
            machine = "flood"
            router = "core"
            target = ["service"]
            rate = "1Mbit"
            """;

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
        Result.Link there = link(result, "core", "edge");
        Result.Link back = link(result, "edge", "core");
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
        String guarded = SMALL.replace("[router.edge]\n", "[router.edge]\nonly = { service = [\"mailbox\"] }\n");
        Result kept = run(guarded, 5);
        assertThat(kept.routers().getLast().refused()).isCloseTo(
                link(kept, "core", "edge").carriedPackets() - link(kept, "edge", "service").packets(), within(50L))
                .isGreaterThan(400);
        assertThat(kept.success()).isGreaterThan(0.95);
        Result forged = run(guarded + "as = [\"mailbox\"]\nkind = \"data\"\n", 5);
        assertThat(forged.routers().getLast().refused()).isZero();
        assertThat(machine(forged, "service").drops().values().stream().mapToLong(Long::longValue).sum())
                .isGreaterThan(400);
    }

    @Test
    void hostileClientsOfAllKindsTakeNothingFromTheOthers() throws IOException {
        StringBuilder text = new StringBuilder(SMALL);
        for (String trick : List.of("absurd-numbers", "random-frames", "withhold"))
            text.append(hostile(trick));
        Result result = run(text + hostile("name-a-victim") + "victim = \"bot\"\n", 4);
        assertThat(result.clients()).allSatisfy(client -> assertThat(client.answered()).isGreaterThan(5));
        assertThat(machine(result, "service").drops()).containsKey("bad_frame");
        assertThat(link(result, "core", "bot").packets()).as("at the victim").isLessThan(20);
    }

    private static String hostile(String trick) {
        return "[host." + trick + "]\nmachine = \"hostile-client\"\nrouter = \"core\"\ntrick = \"" + trick + "\"\n";
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
