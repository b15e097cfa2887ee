package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.enforce.NftCounters;
import org.schiltron.enforce.NftCounters.Count;
import org.schiltron.enforce.NftEnforcer;
import org.schiltron.filter.NftScript;
import org.schiltron.filter.PacketTable;
import org.schiltron.filter.PacketText;
import org.schiltron.filter.RuleGates;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.machine.SeededRandom;

/** What the kernel does with packets under rules: as the table of packets says, and as the gates in Java do. */
class NftRulesIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private NftNetwork network;

    @BeforeEach
    void open() throws IOException {
        network = new NftNetwork();
    }

    @AfterEach
    void close() throws IOException {
        if (network != null)
            network.close();
    }

    private RuleSet rules(String toml) throws IOException {
        return RulesFile.read(Files.writeString(directory.resolve("rules.toml"), toml));
    }

    @TestFactory
    Stream<DynamicTest> everyPacketOfTheTableIsJudgedAsItSays() {
        return PacketTable.sections().stream().map(section -> DynamicTest.dynamicTest(section.title(), () -> {
            RuleSet rules = section.rules(directory);
            if (NftScript.check(rules).isEmpty())
                check(section, rules);
        }));
    }

    private void check(PacketTable.Section section, RuleSet rules) throws IOException {
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules);
            SoftAssertions all = new SoftAssertions();
            NftCounters before = enforcer.counters();
            for (PacketTable.Row row : section.rows()) {
                byte[] packet = PacketText.packet(row.packet());
                network.send(packet);
                boolean passed = network.received().stream().anyMatch(got -> NftNetwork.isForwarded(packet, got));
                NftCounters after = enforcer.counters();
                String said = row.verdictOf("nft");
                all.assertThat(verdict(rules, before, after, passed))
                        .as("packets.txt:%d: %s: %s", row.line(), row.packet(), row.sentence())
                        .isEqualTo(said.equals(row.verdict()) ? (said + " " + row.rule()).strip() : said);
                before = after;
            }
            all.assertAll();
        }
    }

    /** {@code pass}, the counter of drops that rose, or {@code lost}; and the rule that decided, whose counter rose. */
    private static String verdict(RuleSet rules, NftCounters before, NftCounters after, boolean passed) {
        List<String> words = new ArrayList<>(risen(before.dropped(), after.dropped()));
        boolean limited = words.contains("rate_limited");
        if (passed)
            words.add("pass");
        if (words.isEmpty())
            words.add("lost");
        List<String> met = risen(before.rules(), after.rules());
        if (!limited) // else a limit decided
            met.removeIf(name -> rules.rules().stream().anyMatch(rule -> rule.name().equals(name) && !rule.decides()));
        words.addAll(met);
        return String.join(" ", words);
    }

    private static List<String> risen(Map<String, Count> before, Map<String, Count> after) {
        List<String> risen = new ArrayList<>();
        after.forEach((name, count) -> {
            Count was = before.get(name);
            if (was != null && count.packets() > was.packets())
                risen.add(name);
        });
        return risen;
    }

    /** Rules that overlap, contradict each other and hide each other, in numbers that make runs, parts and many lists. */
    @ParameterizedTest
    @CsvSource({"5, 0, drop", "40, 0.9, judge", "300, 0.6, drop", "1500, 0.97, judge", "1500, 0.3, judge"})
    void theKernelCountsWhatTheGatesInJavaCount(int count, double addresses, String fragments) throws IOException {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("-Dschiltron.seed=" + seed);
        NftWorld world = new NftWorld(new Random(seed), addresses);
        RuleSet rules = rules(world.rules(count, fragments));
        RuleGates gates = new RuleGates(rules, new SeededRandom(1), Arena.ofAuto(), 0);
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules);
            int forwarded = 0;
            for (int i = 0; i < 2_000; i++) {
                byte[] packet = world.packet();
                gates.verdict(0, MemorySegment.ofArray(packet), 0, packet.length);
                network.send(packet);
                if (i % 100 == 99)
                    forwarded += network.received().size();
            }
            NftCounters counted = enforcer.counters();
            Map<String, Long> dropped = new TreeMap<>();
            counted.dropped().forEach((reason, n) -> dropped.merge(reason, n.packets(), Long::sum));
            dropped.values().removeIf(n -> n == 0);
            assertThat(dropped).as("-Dschiltron.seed=%d", seed).isEqualTo(gates.dropped());
            for (int i = 0; i < count; i++) {
                String name = rules.rules().get(i).name();
                assertThat(counted.rules().get(name)).as("-Dschiltron.seed=%d %s", seed, rules.rules().get(i))
                        .extracting(Count::packets).isEqualTo(gates.matched(i));
            }
            assertThat(forwarded).as("-Dschiltron.seed=%d", seed).isEqualTo((int) gates.forwarded());
        }
    }

    @Test
    void aListThatIsCutIntoShardsHasNoSeams() throws IOException {
        int prefixes = 30_000;
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < prefixes; i++)
            list.append(NftWorld.ipv4(0x0b00_0000 + 4 * i)).append("/31\n").append(ipv6(2 * i)).append("/48\n");
        Files.writeString(directory.resolve("list.txt"), list);
        RuleSet rules = rules("""
                protects = ["192.0.2.0/24", "2001:db8:5::/48"]
                [[rule]]
                name = "list"
                do = "allow"
                from-file = "list.txt"
                """);
        assertThat(NftScript.of(rules).text().lines().filter(line -> line.contains(" set rule_list_from4_")))
                .hasSizeGreaterThan(2);
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules);
            int tried = 0;
            for (int i = 0; i < prefixes; i += 7, tried++) {
                for (int j = -1; j < 3; j++)
                    network.send(PacketText.packet("udp " + NftWorld.ipv4(0x0b00_0000 + 4 * i + j) + " > 192.0.2.1"));
                network.send(PacketText.packet("udp " + ipv6(2 * i) + " > 2001:db8:5::1"));
                network.send(PacketText.packet("udp " + ipv6(2 * i + 1) + " > 2001:db8:5::1"));
                if (tried % 50 == 0)
                    network.received();
            }
            network.received();
            NftCounters counted = enforcer.counters();
            assertThat(counted.rules().get("list")).extracting(Count::packets).isEqualTo(3L * tried);
            assertThat(counted.dropped().get("not_allowed")).extracting(Count::packets).isEqualTo(3L * tried);
        }
    }

    private static String ipv6(int number) {
        return "2001:db9:" + Integer.toHexString(number) + "::";
    }

    /** Sends for a while, and says what came through; the elapsed time is taken around all of it. */
    private record Flow(int passed, double seconds) {
    }

    private Flow flow(int packets, String... sources) {
        long startNs = System.nanoTime();
        int passed = 0;
        for (int i = 0; i < packets; i++) {
            network.send(PacketText.packet("udp " + sources[i % sources.length] + ":1 > 192.0.2.1:2 len=972")); // 1,000 bytes
            if (i % 100 == 99)
                passed += network.received().size();
        }
        passed += network.received().size();
        return new Flow(passed, (System.nanoTime() - startNs) / 1e9);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"packets = 50\\nburst = 200 | 200 | 50",
            "packets = 1\\nburst = 1 | 1 | 1",
            "rate = \"400kbit\"\\nburst = \"200kB\" | 200 | 50"})
    void noMorePassesThanTheBurstAndTheRate(String limit, int burst, int perSecond) throws IOException {
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules(
                    "protects = [\"192.0.2.0/24\"]\notherwise = \"allow\"\n[[rule]]\nname = \"l\"\ndo = \"limit\"\n"
                            + limit.replace("\\n", "\n")));
            Flow flow = flow(2_000, "1.2.3.4", "1.2.3.5");
            assertThat(flow.passed).isBetween(burst, burst + (int) Math.ceil(perSecond * flow.seconds));
            assertThat(enforcer.counters().rules().get("l")).extracting(Count::packets).isEqualTo(2_000L);
            assertThat(enforcer.counters().dropped().get("rate_limited"))
                    .isEqualTo(new Count(2_000 - flow.passed, 1_000L * (2_000 - flow.passed)));
        }
    }

    @Test
    void aBurstOfBytesIsAtLeastASecondsWorth() throws IOException {
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules(
                    "protects = [\"192.0.2.0/24\"]\notherwise = \"allow\"\n[[rule]]\ndo = \"limit\"\nrate = \"2Mbit\"\nburst = \"10kB\""));
            Flow flow = flow(2_000, "1.2.3.4");
            assertThat(flow.passed).isBetween(250, 250 + (int) Math.ceil(250 * flow.seconds));
        }
    }

    @Test
    void aLimitPerSourceIsOneForEachAddressOfEitherFamily() throws IOException {
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules("protects = [\"192.0.2.0/24\", \"2001:db8:5::/48\"]\notherwise = \"allow\"\n"
                    + "[[rule]]\ndo = \"limit\"\npackets = 1\nburst = 20\nper = \"source\"\n[[rule]]\ndo = \"allow\"\nfrom = \"1.2.3.9\""));
            Flow three = flow(300, "1.2.3.4", "1.2.3.5", "1.2.3.9");
            assertThat(three.passed).isBetween(60, 60 + (int) Math.ceil(3 * three.seconds));
            int passed = 0;
            long startNs = System.nanoTime();
            for (int i = 0; i < 100; i++)
                network.send(PacketText.packet("udp [2001:db8::" + (i % 2 + 1) + "]:1 > [2001:db8:5::1]:2"));
            passed += network.received().size();
            assertThat(passed).isBetween(40, 40 + (int) Math.ceil(2 * (System.nanoTime() - startNs) / 1e9));
        }
    }

    /** Behind one rule set, a limit is shared by both families, and by all alternatives of its conditions. */
    @Test
    void aLimitIsOneForAllThatMeetTheRule() throws IOException {
        try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
            enforcer.apply(rules("""
                    protects = ["192.0.2.0/24", "2001:db8:5::/48"]
                    otherwise = "allow"
                    [[rule]]
                    do = "limit"
                    packets = 1
                    burst = 30
                    from = ["1.2.3.0/24", "9.0.0.0/8", "2001:db8::/48"]
                    port = [2, 7]
                    """));
            long startNs = System.nanoTime();
            for (int i = 0; i < 60; i++) {
                network.send(PacketText.packet("udp 1.2.3.4:1 > 192.0.2.1:" + (i % 2 == 0 ? 2 : 7)));
                network.send(PacketText.packet("tcp [2001:db8::1]:1 > [2001:db8:5::1]:2"));
            }
            int passed = network.received().size();
            assertThat(passed).isBetween(30, 30 + (int) Math.ceil((System.nanoTime() - startNs) / 1e9));
        }
    }
}
