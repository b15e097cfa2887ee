package org.schiltron.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.filter.PacketTable;
import org.schiltron.filter.PacketText;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.machine.SeededRandom;

/** The table of packets through the real program in the real kernel, by BPF_PROG_TEST_RUN. */
class XdpTableTest {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.BIG_ENDIAN);
    private static final int DROP = 1;
    private static final int PASS = 2;

    @TempDir
    Path directory;

    @BeforeAll
    static void thisMachineCan() {
        assumeTrue(XdpRing.isCompiled(), "needs clang at build time");
        assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "needs root on Linux");
    }

    @TestFactory
    List<DynamicTest> everyPacketOfTheTableIsJudgedAsItSays() {
        List<DynamicTest> tests = new ArrayList<>();
        for (PacketTable.Section section : PacketTable.sections()) {
            for (int tags = 0; tags <= 2; tags++) {
                int vlans = tags;
                tests.add(DynamicTest.dynamicTest(section.title() + (tags == 0 ? "" : ", tagged " + tags),
                        () -> check(section, vlans)));
            }
        }
        return tests;
    }

    private void check(PacketTable.Section section, int tags) throws Exception {
        RuleSet rules = section.rules(directory);
        try (XdpRing ring = new XdpRing(rules, 1_000, new SeededRandom(1))) {
            for (PacketTable.Row row : section.rows()) {
                byte[] packet = PacketText.packet(row.packet());
                MemorySegment frame = Frames.of(packet, tags, 0);
                String as = "packets.txt:" + row.line() + ": " + row.packet() + ": " + row.sentence();
                boolean tells = row.verdictOf("xdp").equals("time_exceeded");
                assertThat(ring.bpf().testRun(ring.program().inside, frame, 1).retval()).as(as)
                        .isEqualTo(tells ? DROP : PASS);
                Map<String, Long> before = ring.verdicts();
                List<Long> matched = ring.matches();
                int retval = ring.bpf().testRun(ring.program().outside, frame, 1).retval();
                String wanted = row.verdictOf("xdp");
                assertThat(retval).as(as).isEqualTo(wanted.equals("pass") ? PASS : DROP);
                Map<String, Long> after = ring.verdicts();
                String counter = wanted.equals("pass") ? "passed" : wanted;
                assertThat(after.getOrDefault(counter, 0L)).as(as + " " + before + " " + after)
                        .isEqualTo(before.getOrDefault(counter, 0L) + 1);
                for (int i = 0; i < matched.size(); i++) {
                    if (rules.rules().get(i).name().equals(row.rule()))
                        assertThat(ring.matches().get(i)).as(as).isEqualTo(matched.get(i) + 1);
                }
            }
        }
    }

    @Test
    void packetsFromBehindTheRingGetAnotherIdEach() throws Exception {
        RuleSet rules = RulesFile.read(Files.writeString(directory.resolve("rules.toml"),
                "protects = \"192.0.2.0/24\"\nhides = \"ids\"\ninterior = \"198.51.100.0/24\"\n"));
        try (XdpRing ring = new XdpRing(rules, 1_000, new SeededRandom(1))) {
            assertThat(ids(ring, "tcp 192.0.2.80:80 > 203.0.113.66:1", 0)).hasSizeGreaterThan(90);
            assertThat(ids(ring, "icmp 198.51.100.9 > 203.0.113.66 len=8", 2)).hasSizeGreaterThan(90);
            assertThat(ids(ring, "icmp 198.51.101.9 > 203.0.113.66 len=8", 0)).as("of somebody else").hasSize(1);
            assertThat(ids(ring, "udp 192.0.2.80:1 > 203.0.113.66:1 mf=1 len=8", 0)).as("of a fragment").hasSize(1);
            assertThat(ids(ring, "51 192.0.2.80 > 203.0.113.66 len=24", 0)).as("what AH counts in").hasSize(1);
        }
    }

    private static Set<Integer> ids(XdpRing ring, String packet, int tags) throws Exception {
        Set<Integer> ids = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            MemorySegment frame = Frames.of(PacketText.packet(packet), tags, 0);
            assertThat(ring.bpf().testRun(ring.program().inside, frame, 1, frame).retval()).isEqualTo(PASS);
            int ip = 14 + 4 * tags;
            int sum = 0;
            for (int at = 0; at < 20; at += 2)
                sum += frame.get(SHORT, ip + at) & 0xffff;
            assertThat(sum % 0xffff).as("the header's sum, which counts itself").isZero();
            ids.add(frame.get(SHORT, ip + 4) & 0xffff);
        }
        return ids;
    }
}
