package org.schiltron.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.filter.RulesFile;
import org.schiltron.sim.DropCause;
import org.schiltron.sim.PacketFlood;

class LiveScenarioTest {
    private static final long SECOND_NS = 1_000_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private LiveScenario scenario() throws IOException {
        Path file = directory.resolve("lab.toml");
        Files.writeString(file, """
                duration = "2s"
                [router.middle]
                [host.web]
                machine = "program"
                link = { rate = "10Mbit", queue = "20ms" }
                [host.bots]
                machine = "program"
                count = 2
                [host.mailbox]
                machine = "mailbox"
                [host.service]
                machine = "service"
                rings = []
                [host.client]
                machine = "client"
                every = "100ms"
                """);
        return new LiveScenario(Scenario.read(file), 1);
    }

    private static Attack flood(String from, String target) {
        return new Attack(from, target, PacketFlood.Kind.UDP, 80, 1_250_000, 972, false, SECOND_NS);
    }

    @Test
    void everyHostHasAName() throws IOException {
        LiveScenario live = scenario();
        assertThat(live.names()).containsOnlyKeys("web", "bots-1", "bots-2", "mailbox", "service", "client",
                "middle");
        assertThat(live.names().get("web")).hasSize(2);
        assertThat(live.programs()).extracting(LiveScenario.Program::host).containsExactly("web", "bots-1", "bots-2");
    }

    @Test
    void aFloodFillsItsTargetsLinkForItsTimeAndNoLonger() throws IOException {
        LiveScenario live = scenario();
        List<Integer> packets = new ArrayList<>();
        live.programs().getFirst().node().stack((_, _, _, length) -> packets.add(length));
        assertThat(live.attack(flood("bots", "web"))).isEqualTo(2_500);
        live.simulation().run(3 * SECOND_NS);
        assertThat(packets).as("10 Mbit/s for a second, and the queue").hasSizeBetween(1_250, 1_280)
                .allMatch(length -> length == 1_000);
        Result.Link link = live.result().links().stream().filter(l -> l.to().equals("web")).findFirst().orElseThrow();
        assertThat(link.packets()).isBetween(2_498L, 2_500L);
        assertThat(link.drops().get(DropCause.QUEUE)).isEqualTo(link.packets() - link.carriedPackets());
    }

    @Test
    void nothingElseThanWhatIsInTheScenarioIsFlooded() throws IOException {
        LiveScenario live = scenario();
        for (String target : List.of("8.8.8.8", "localhost", "32.0.0", "32.0.0.2", "wab", "", "example.org"))
            assertThatThrownBy(() -> live.attack(flood("bots", target))).as(target)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nothing else is ever flooded");
        assertThatThrownBy(() -> live.attack(flood("bots", "wab"))).hasMessageContaining("did you mean web?");
        assertThatThrownBy(() -> live.attack(flood("nobody", "web"))).hasMessageContaining("there is no host nobody");
        assertThat(live.attack(flood("bots-1", "32.0.0.1"))).isEqualTo(1_250);
    }

    @Test
    void floodsTogetherAreBounded() throws IOException {
        LiveScenario live = scenario();
        Attack half = new Attack("bots", "web", PacketFlood.Kind.SYN, 80, 1_200_000, 0, true, SECOND_NS);
        assertThat(live.attack(half)).isEqualTo(60_000);
        assertThatThrownBy(() -> live.attack(half)).hasMessageContaining("at most 100000 are allowed");
        live.simulation().run(2 * SECOND_NS);
        assertThat(live.attack(half)).as("when the first is over").isEqualTo(60_000);
        assertThatThrownBy(() -> new Attack("bots", "web", PacketFlood.Kind.UDP, 80, 1L << 40, 0, true, SECOND_NS))
                .hasMessageContaining("rate in bytes a second");
        assertThatThrownBy(
                () -> new Attack("bots", "web", PacketFlood.Kind.UDP, 80, 1_000, 0, true, 601 * SECOND_NS))
                .hasMessageContaining("duration in ms");
    }

    @Test
    void clientsStopWithTheDurationAndTheNetworkStays() throws IOException {
        LiveScenario live = scenario();
        live.simulation().run(10 * SECOND_NS);
        Result result = live.result();
        assertThat(result.clients().getFirst().asked()).isBetween(18L, 21L);
        assertThat(result.clients().getFirst().failed()).isLessThan(5);
    }

    @Test
    void aRoutersRulesCanBeChangedAndItsHostsHaveManyAddresses() throws IOException {
        Path open = Files.writeString(directory.resolve("open.toml"),
                "protects = \"0.0.0.0/0\"\notherwise = \"allow\"\n");
        Path closed = Files.writeString(directory.resolve("closed.toml"), "protects = \"0.0.0.0/0\"\n");
        Path file = Files.writeString(directory.resolve("ring.toml"), """
                duration = "2s"
                [router.ring]
                gates = [{ gate = "rules", file = "open.toml" }]
                [host.web]
                machine = "program"
                addresses = 3
                [host.bots]
                machine = "program"
                """);
        LiveScenario live = new LiveScenario(Scenario.read(file), 1);
        List<Integer> packets = new ArrayList<>();
        live.programs().getFirst().node().stack((_, _, _, length) -> packets.add(length));
        live.attack(flood("bots", "32.0.0.3"));
        live.simulation().runFor(2 * SECOND_NS);
        assertThat(packets).hasSizeGreaterThan(1_000);
        packets.clear();
        assertThatThrownBy(() -> live.attack(flood("bots", "32.0.0.4")))
                .hasMessageContaining("nothing else is ever flooded");
        live.rules("ring", RulesFile.read(closed));
        live.attack(flood("bots", "32.0.0.3"));
        live.simulation().runFor(2 * SECOND_NS);
        assertThat(packets).isEmpty();
        assertThatThrownBy(() -> live.rules("rung", RulesFile.read(open))).hasMessageContaining("did you mean ring?");
        assertThatThrownBy(() -> scenario().rules("middle", RulesFile.read(open))).hasMessageContaining("has no gate");
    }

    /** A host for real programs has two addresses: neither is a way round a gate. */
    @Test
    void gatesGuardBothAddressesOfAHost() throws IOException {
        for (String gate : List.of("{ gate = \"only\", to = \"web\", from = \"friend\" }",
                "{ gate = \"requested\", service = \"web\" }")) {
            Path file = directory.resolve("gates.toml");
            Files.writeString(file, """
                    duration = "2s"
                    [router.middle]
                    gates = [%s]
                    [host.web]
                    machine = "program"
                    [host.friend]
                    machine = "program"
                    [host.stranger]
                    machine = "program"
                    """.formatted(gate));
            LiveScenario live = new LiveScenario(Scenario.read(file), 1);
            List<LiveScenario.Program> programs = live.programs();
            List<Integer> packets = new ArrayList<>();
            programs.getFirst().node().stack((_, _, _, length) -> packets.add(length));
            for (org.schiltron.machine.Path to : List.of(programs.getFirst().ipv4().getFirst(),
                    programs.getFirst().ipv6()))
                new PacketFlood(live.simulation(), programs.get(2).node(), PacketFlood.Kind.UDP,
                        List.of(new org.schiltron.machine.Path(0, to.addressHigh(), to.addressLow(), 80)), 100, false,
                        100, SECOND_NS);
            live.simulation().run(2 * SECOND_NS);
            assertThat(packets).as(gate).isEmpty();
            assertThat(live.result().routers().getFirst().refused()).isBetween(190L, 200L);
        }
    }
}
