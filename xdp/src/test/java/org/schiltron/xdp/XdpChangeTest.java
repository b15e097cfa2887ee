package org.schiltron.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.machine.SeededRandom;

/** What a change of rules leaves as it was: who could have limits begin afresh would get a burst with each. */
class XdpChangeTest {
    /** At one a second: what passes beyond them tells of the time that a test took. */
    private static final int BURST = 10_000;
    private static final int MANY = 3 * BURST;
    private static final String LIMIT = """
            [[rule]]
            name = "slow"
            do = "limit"
            to = "192.0.2.80"
            packets = 1
            burst = 10000
            """;
    private static final String EACH = LIMIT.replace("slow", "each").replace("192.0.2.80", "192.0.2.81")
            + "per = \"source\"\n";
    private static final String OTHER = "[[rule]]\nname = \"other\"\ndo = \"drop\"\nfrom = \"203.0.113.66\"\n";

    @TempDir
    Path directory;

    @BeforeEach
    void thisMachineCan() {
        assumeTrue(XdpRing.isCompiled(), "needs clang at build time");
        assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "needs root on Linux");
    }

    private RuleSet rules(String... tables) throws IOException {
        return RulesFile.read(Files.writeString(directory.resolve("rules.toml"),
                "protects = \"192.0.2.0/24\"\notherwise = \"allow\"\n" + String.join("", tables)));
    }

    /** How many of so many pass. */
    private static long passed(XdpRing ring, int packets, String destination) throws IOException {
        long before = ring.verdicts().getOrDefault("passed", 0L);
        ring.bpf().testRun(ring.program().outside, Frames.of("udp 203.0.113.1:4 > " + destination + ":5 len=8"),
                packets);
        return ring.verdicts().getOrDefault("passed", 0L) - before;
    }

    @Test
    void limitsGoOnWhereTheyWere() throws Exception {
        try (XdpRing ring = new XdpRing(rules(LIMIT, EACH), 1, new SeededRandom(1))) {
            for (String destination : List.of("192.0.2.80", "192.0.2.81")) {
                ring.change(rules(LIMIT, EACH));
                assertThat(passed(ring, MANY, destination)).isBetween((long) BURST, BURST + 1_000L);
                ring.change(rules(OTHER, EACH, LIMIT));
                assertThat(passed(ring, MANY, destination)).as(destination).isLessThan(1_000);
            }
        }
    }

    @Test
    void anotherLimitBeginsAnew() throws Exception {
        try (XdpRing ring = new XdpRing(rules(LIMIT), 1, new SeededRandom(1))) {
            assertThat(passed(ring, MANY, "192.0.2.80")).isBetween((long) BURST, BURST + 1_000L);
            ring.change(rules(LIMIT.replace("packets = 1", "packets = 2")));
            assertThat(passed(ring, MANY, "192.0.2.80")).isBetween((long) BURST, BURST + 2_000L);
            ring.change(rules());
            ring.change(rules(LIMIT));
            assertThat(passed(ring, MANY, "192.0.2.80")).as("one that was away")
                    .isBetween((long) BURST, BURST + 1_000L);
        }
    }

    @Test
    void countersGoOnAndThoseOfNewRulesBeginAtZero() throws Exception {
        try (XdpRing ring = new XdpRing(rules(LIMIT), 1, new SeededRandom(1))) {
            passed(ring, 7, "192.0.2.80");
            ring.change(rules(OTHER, LIMIT));
            passed(ring, 3, "192.0.2.80");
            assertThat(ring.matches()).containsExactly(0L, 10L);
            assertThat(ring.verdicts()).containsEntry("passed", 10L);
            ring.change(rules(OTHER));
            ring.change(rules(LIMIT));
            assertThat(ring.matches()).as("one that was away").containsExactly(0L);
        }
    }

    /** Time is modulo 208 days: what was last used 104 to 208 days ago lies ahead. */
    @Test
    void aLimitThatNobodyUsedForMonthsIsNotInTheWay() throws Exception {
        try (XdpRing ring = new XdpRing(rules(LIMIT), 1, new SeededRandom(1))) {
            ring.lasting("arrivals").put(0, value -> value.set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, 1L << 62));
            assertThat(passed(ring, MANY, "192.0.2.80")).isBetween((long) BURST, BURST + 1_000L);
        }
    }

    @Test
    void aBurstBeyondTheClockIsRefused() throws Exception {
        RuleSet rules = rules(LIMIT.replace("burst = 10000", "burst = 86401"));
        assertThat(XdpCheck.check(rules)).singleElement()
                .satisfies(it -> assertThat(it.reason()).contains("a day"));
        assertThat(XdpCheck.check(rules(LIMIT.replace("burst = 10000", "burst = 86400")))).isEmpty();
    }
}
