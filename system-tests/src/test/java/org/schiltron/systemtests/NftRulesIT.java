package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.enforce.NftCounters;
import org.schiltron.enforce.NftCounters.Count;
import org.schiltron.enforce.NftEnforcer;
import org.schiltron.filter.NftScript;
import org.schiltron.filter.PacketTable;
import org.schiltron.filter.PacketText;
import org.schiltron.filter.RuleSet;

/** The table of packets, in the kernel. */
class NftRulesIT {
    private static final byte[] MARKER = PacketText.packet("udp 198.18.0.1:9 > 198.18.0.2:9 data=600d");

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

    @TestFactory
    Stream<DynamicTest> everyPacketOfTheTableIsJudgedAsItSays() {
        return PacketTable.sections().stream().map(section -> DynamicTest.dynamicTest(section.title(), () -> {
            RuleSet rules = section.rules(directory);
            if (!NftScript.check(rules).isEmpty())
                return;
            try (NftEnforcer enforcer = new NftEnforcer(network.prefix())) {
                enforcer.apply(rules);
                SoftAssertions all = new SoftAssertions();
                for (PacketTable.Row row : section.rows()) {
                    String expected = row.verdictOf("nft");
                    if (expected.equals(row.verdict()))
                        expected = (expected + " " + row.rule()).strip();
                    all.assertThat(verdict(enforcer, rules, PacketText.packet(row.packet())))
                            .as("packets.txt:%d: %s: %s", row.line(), row.packet(), row.sentence()).isEqualTo(expected);
                }
                all.assertAll();
            }
        }));
    }

    /** {@code pass}, the counter of drops that rose, or {@code lost}; and the rule that decided, whose counter rose. */
    private String verdict(NftEnforcer enforcer, RuleSet rules, byte[] packet) throws IOException {
        NftCounters before = enforcer.counters();
        network.send(packet);
        List<byte[]> out = network.received(MARKER);
        NftCounters after = enforcer.counters();
        List<String> words = new ArrayList<>(risen(before.dropped(), after.dropped()));
        for (byte[] got : out) {
            if (NftNetwork.isForwarded(packet, got))
                words.add("pass");
        }
        if (words.isEmpty())
            words.add("lost");
        List<String> met = risen(before.rules(), after.rules());
        if (!words.contains("rate_limited")) // else a limit decided
            met.removeIf(name -> rules.rules().stream().anyMatch(rule -> rule.name().equals(name) && !rule.decides()));
        words.addAll(met);
        return String.join(" ", words);
    }

    private static List<String> risen(Map<String, Count> before, Map<String, Count> after) {
        List<String> risen = new ArrayList<>();
        Map<String, Count> counts = new LinkedHashMap<>(after);
        counts.forEach((name, count) -> {
            Count was = before.get(name);
            if (was != null && count.packets() > was.packets())
                risen.add(name);
        });
        return risen;
    }
}
