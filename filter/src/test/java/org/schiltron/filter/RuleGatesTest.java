package org.schiltron.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.machine.Drop;
import org.schiltron.machine.SeededRandom;

/** The table of packets in Java, and what limits let pass. */
class RuleGatesTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path directory;

    private static RuleGates gates(RuleSet rules) {
        return new RuleGates(rules, new SeededRandom(1), Arena.ofAuto(), 0);
    }

    private static String verdict(RuleGates gates, long nowNs, byte[] packet) {
        // behind something and before something: only the packet itself may be looked at
        byte[] around = new byte[packet.length + 7];
        java.util.Arrays.fill(around, (byte) 0xff);
        System.arraycopy(packet, 0, around, 3, packet.length);
        int verdict = gates.verdict(nowNs, MemorySegment.ofArray(around), 3, packet.length);
        return verdict == RuleGates.FORWARD ? "pass" : Drop.ofCode(verdict).label();
    }

    @TestFactory
    List<DynamicTest> everyPacketOfTheTableIsJudgedAsItSays() {
        List<DynamicTest> tests = new ArrayList<>();
        for (PacketTable.Section section : PacketTable.sections())
            tests.add(DynamicTest.dynamicTest(section.title(), () -> check(section)));
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    private void check(PacketTable.Section section) throws Exception {
        RuleSet rules = section.rules(directory);
        RuleGates gates = gates(rules);
        assertThat(section.rows()).isNotEmpty();
        for (PacketTable.Row row : section.rows()) {
            String verdict = verdict(gates, 0, PacketText.packet(row.packet()));
            String name = gates.rule() == RuleGates.NO_RULE ? "" : rules.rules().get(gates.rule()).name();
            assertThat(verdict + " " + name).as("packets.txt:%d: %s: %s", row.line(), row.packet(), row.sentence())
                    .isEqualTo(row.verdictOf("java") + " " + row.rule());
        }
    }

    private static final int IDS = 500;

    private List<Integer> ids(String hides, String packetText) throws Exception {
        String toml = "protects = [\"192.0.2.0/24\"]\n" + hides;
        RuleGates gates = gates(new PacketTable.Section("", toml, List.of()).rules(directory));
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < IDS; i++) {
            byte[] packet = PacketText.packet(packetText);
            gates.verdict(0, MemorySegment.ofArray(packet), 0, packet.length);
            assertThat(sum(packet)).as("the header's sum, which counts itself").isEqualTo(0xffff);
            ids.add((packet[4] & 0xff) << 8 | packet[5] & 0xff);
        }
        return ids;
    }

    private static int sum(byte[] packet) {
        int sum = 0;
        for (int i = 0; i < 20; i += 2)
            sum += (packet[i] & 0xff) << 8 | packet[i + 1] & 0xff;
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >>> 16);
        return sum;
    }

    @Test
    void nobodyCanCountPacketsByTheirIds() throws Exception {
        List<String> behind = List.of("tcp 192.0.2.80:80 > 203.0.113.66:1", "icmp 198.51.100.1 > 203.0.113.66 len=8");
        for (String packet : behind) {
            List<Integer> ids = ids("hides = \"ids\"\ninterior = \"198.51.100.1\"\n", packet);
            assertThat(ids.stream().distinct().count()).isGreaterThan(IDS * 9 / 10);
            long ascending = java.util.stream.IntStream.range(1, IDS)
                    .filter(i -> (ids.get(i) - ids.get(i - 1) & 0xffff) < 1 << 15).count();
            assertThat(ascending).as("no more often than by chance").isBetween((long) IDS * 4 / 10,
                    (long) IDS * 6 / 10);
        }
    }

    @Test
    void idsOfOthersAndOfFragmentsStay() throws Exception {
        String hides = "hides = \"ids\"\n";
        assertThat(ids(hides, "icmp 198.51.100.1 > 203.0.113.66 len=8").stream().distinct()).as("not behind the ring")
                .hasSize(1);
        assertThat(ids(hides, "udp 192.0.2.80:1 > 203.0.113.66:1 mf=1 len=8").stream().distinct())
                .as("what is put together by its id").hasSize(1);
        assertThat(ids(hides, "51 192.0.2.80 > 203.0.113.66 len=24").stream().distinct()).as("what AH counts in")
                .hasSize(1);
        assertThat(ids("", "tcp 192.0.2.80:80 > 203.0.113.66:1").stream().distinct()).as("not asked for").hasSize(1);
    }

    private RuleGates limited(String limit) throws Exception {
        String toml = "protects = [\"192.0.2.0/24\"]\notherwise = \"allow\"\n[[rule]]\ndo = \"limit\"\n" + limit;
        return gates(new PacketTable.Section("", toml, List.of()).rules(directory));
    }

    private static int passed(RuleGates gates, long fromNs, long forNs, int packets, String source) {
        byte[] packet = PacketText.packet("udp " + source + ":1 > 192.0.2.1:2 len=972"); // 1,000 bytes
        int passed = 0;
        for (int i = 0; i < packets; i++)
            passed += verdict(gates, fromNs + forNs * i / packets, packet).equals("pass") ? 1 : 0;
        return passed;
    }

    @Test
    void noMoreBytesPassThanTheBurstAndTheRate() throws Exception {
        RuleGates gates = limited("rate = \"8Mbit\"\nburst = \"50kB\"");
        assertThat(passed(gates, 0, SECOND, 10_000, "1.2.3.4")).isBetween(1_049, 1_050);
        assertThat(passed(gates, SECOND, SECOND, 500, "1.2.3.4")).as("under the rate").isEqualTo(500);
        assertThat(gates.dropped()).containsOnlyKeys("rate_limited");
    }

    @Test
    void noMorePacketsPassThanTheBurstAndTheRate() throws Exception {
        assertThat(passed(limited("packets = 100\nburst = 7"), 0, 10 * SECOND, 10_000, "1.2.3.4")).isBetween(1_006,
                1_007);
    }

    @Test
    void aLimitPerSourceIsOneForEach() throws Exception {
        RuleGates gates = limited("packets = 100\nburst = 10\nper = \"source\"");
        assertThat(passed(gates, 0, 1, 1_000, "1.2.3.4")).isEqualTo(10);
        assertThat(passed(gates, 1, 1, 1_000, "1.2.3.5")).isEqualTo(10);
        assertThat(passed(gates, 2, 1, 1_000, "1.2.3.4")).isZero();
    }
}
