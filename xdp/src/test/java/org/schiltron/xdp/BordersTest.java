package org.schiltron.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.filter.PacketText;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.machine.SeededRandom;
import org.schiltron.ring.ShareWriter;

/** A request at one border, its answer at another; and addresses that only one of them announces. By BPF_PROG_TEST_RUN. */
class BordersTest {
    private static final int DROP = 1;
    private static final int PASS = 2;
    private static final int PADDING = 6;
    private static final Borders TELLS = new Borders(true, false, List.of());
    private static final Borders LISTENS = new Borders(false, true, List.of());
    private static final String[][] MESSAGES = {{"get=1", "answer=1"}, {"post=2", "first=2"},
            {"cookie-request=3", "cookie=3"}};
    private static final String RULES = """
            protects = ["192.0.2.0/24", "2001:db8:5::/48"]

            [[rule]]
            name = "blocked"
            do = "drop"
            from = "203.0.113.66"

            [[rule]]
            name = "ping"
            do = "allow"
            protocol = "icmp"

            [[rule]]
            name = "asked"
            do = "requested"
            to = ["192.0.2.80/28", "2001:db8:5::80"]
            """;

    @TempDir
    Path directory;

    private static void thisMachineCan() {
        assumeTrue(XdpRing.isCompiled(), "needs clang at build time");
        assumeTrue(Files.isWritable(Path.of("/proc/sys/kernel/hostname")), "needs root on Linux");
    }

    private RuleSet rules() throws Exception {
        return RulesFile.read(Files.writeString(directory.resolve("rules.toml"), RULES));
    }

    private XdpRing ring(Borders borders, long seed) throws Exception {
        thisMachineCan();
        return new XdpRing(rules(), borders, 1_000, new SeededRandom(seed), null);
    }

    private XdpRing readdressing(String... texts) throws Exception {
        return ring(new Borders(false, false, Arrays.stream(texts).map(Readdress::parse).toList()), 1);
    }

    /** What the program does with it, and what it leaves of it. */
    private static byte[] run(XdpRing ring, int program, int wanted, String packet) throws IOException {
        byte[] bytes = PacketText.packet(packet);
        MemorySegment frame = Frames.of(bytes, 0, PADDING);
        MemorySegment left = Arena.ofAuto().allocate(frame.byteSize(), 8);
        assertThat(ring.bpf().testRun(program, frame, 1, left).retval()).as(packet).isEqualTo(wanted);
        return left.asSlice(14, bytes.length).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void leaves(XdpRing ring, String packet) throws IOException {
        run(ring, ring.program().inside, PASS, packet);
    }

    private static void comes(XdpRing ring, int wanted, String packet) throws IOException {
        run(ring, ring.program().outside, wanted, packet);
    }

    private static List<byte[]> seen(SeenPackets packets) {
        List<byte[]> all = new ArrayList<>();
        packets.await(0);
        while (packets.next())
            all.add(packets.packet().toArray(ValueLayout.JAVA_BYTE));
        return all;
    }

    private static void tell(SeenPackets from, XdpRing to) throws IOException {
        while (from.next())
            to.told(from.packet(), 0, (int) from.packet().byteSize());
    }

    @Test
    void anAnswerPassesAtTheBorderThatWasToldOfItsRequest() throws Exception {
        try (XdpRing a = ring(TELLS, 1); SeenPackets seen = a.seen(); XdpRing b = ring(LISTENS, 2)) {
            for (String[] ends : new String[][]{{"192.0.2.80:5000", "203.0.113.1:4500"},
                    {"[2001:db8:5::80]:5000", "[2001:db8:ffff::1]:4500"}}) {
                for (String[] message : MESSAGES) {
                    String answers = "udp " + ends[1] + " > " + ends[0] + " " + message[1];
                    leaves(a, "udp " + ends[0] + " > " + ends[1] + " " + message[0]);
                    comes(b, DROP, answers);
                    tell(seen, b);
                    comes(b, PASS, answers);
                    comes(b, DROP, answers);
                    comes(a, PASS, answers); // a nonce is good once at each border
                    comes(a, DROP, answers);
                }
            }
        }
    }

    @Test
    void whatIsTakenBackIsTakenBackEverywhere() throws Exception {
        try (XdpRing a = ring(TELLS, 1);
                SeenPackets seen = a.seen();
                XdpRing b = ring(LISTENS, 2)) {
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1,2");
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 untake=1");
            tell(seen, b);
            comes(b, DROP, "udp 203.0.113.1:4500 > 192.0.2.80:5000 answer=1");
            comes(b, PASS, "udp 203.0.113.1:4500 > 192.0.2.80:5000 answer=2");
        }
    }

    @Test
    void onlyRequestsOfWhoMayRequestAreHandedUpAndAsTheyWere() throws Exception {
        try (XdpRing a = ring(TELLS, 1); SeenPackets seen = a.seen()) {
            String request = "udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1,2,3";
            leaves(a, "udp 192.0.2.7:5000 > 203.0.113.1:4500 get=1");
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 answer=1");
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 data=200001");
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1 mf=1");
            leaves(a, "tcp 192.0.2.80:5000 > 203.0.113.1:4500 data=00");
            leaves(a, request);
            assertThat(seen(seen)).containsExactly(PacketText.packet(request));
            assertThat(a.unshared()).isZero();
        }
    }

    @Test
    void aFullQueueCountsAndGoesOnWhenItIsRead() throws Exception {
        try (XdpRing a = ring(TELLS, 1); SeenPackets seen = a.seen()) {
            MemorySegment frame = Frames.of(PacketText.packet("udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1"), 0,
                    PADDING);
            int more = 4_000;
            a.bpf().testRun(a.program().inside, frame, more);
            int kept = seen(seen).size();
            assertThat(kept).isBetween(2_000, more - 1);
            assertThat(a.unshared()).isEqualTo(more - kept);
            for (int round = 0; round < 5; round++) { // around the end of the memory
                a.bpf().testRun(a.program().inside, frame, 1_999);
                assertThat(seen(seen)).hasSize(1_999);
            }
            assertThat(a.unshared()).isEqualTo(more - kept);
        }
    }

    @Test
    void toldNonsenseChangesNothing() throws Exception {
        try (XdpRing b = ring(LISTENS, 2)) {
            SeededRandom random = new SeededRandom(7);
            MemorySegment packet = Arena.ofAuto().allocate(ShareWriter.MAX_PACKET);
            byte[] request = PacketText.packet("udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1");
            for (int i = 0; i < 20_000; i++) {
                int length = 1 + (int) Long.remainderUnsigned(random.nextLong(), ShareWriter.MAX_PACKET);
                MemorySegment.copy(request, 0, packet, ValueLayout.JAVA_BYTE, 0, request.length);
                int from = i % 3 == 0 ? 0 : 20 + (int) Long.remainderUnsigned(random.nextLong(), 20);
                for (int at = from; at < length; at++)
                    packet.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextLong());
                b.told(packet, 0, length);
            }
            comes(b, DROP, "udp 203.0.113.1:4500 > 192.0.2.80:5000 answer=1");
            packet.copyFrom(MemorySegment.ofArray(request));
            b.told(packet, 0, request.length);
            comes(b, PASS, "udp 203.0.113.1:4500 > 192.0.2.80:5000 answer=1");
        }
    }

    @Test
    void whatIsSharedOutlivesAChangeOfRules() throws Exception {
        try (XdpRing a = ring(TELLS, 1);
                SeenPackets seen = a.seen();
                XdpRing b = ring(LISTENS, 2)) {
            a.change(rules());
            b.change(rules());
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1");
            tell(seen, b);
            comes(b, PASS, "udp 203.0.113.1:4500 > 192.0.2.80:5000 answer=1");
        }
    }

    @Test
    void aRequestLeavesFromTheAnnouncedAddressAndItsAnswerComesBackToTheOther() throws Exception {
        String[][] all = {{"192.0.2.80:5000", "198.51.100.7:5000", "203.0.113.1:4500"},
                {"192.0.2.86:5000", "198.51.100.10:5000", "203.0.113.1:4500"},
                {"[2001:db8:5::80]:5000", "[2001:db8:77::ffff]:5000", "[2001:db8:ffff::1]:4500"}};
        try (XdpRing a = readdressing("192.0.2.80=198.51.100.7", "192.0.2.84/30=198.51.100.8/30",
                "2001:db8:5::80=2001:db8:77::ffff")) {
            for (String[] one : all) {
                for (String[] message : MESSAGES) {
                    String asks = "udp %s > " + one[2] + " " + message[0];
                    assertThat(run(a, a.program().inside, PASS, asks.formatted(one[0])))
                            .isEqualTo(PacketText.packet(asks.formatted(one[1])));
                    String answers = "udp " + one[2] + " > %s " + message[1];
                    assertThat(run(a, a.program().outside, PASS, answers.formatted(one[1])))
                            .isEqualTo(PacketText.packet(answers.formatted(one[0])));
                    comes(a, DROP, answers.formatted(one[1]));
                    comes(a, DROP, answers.formatted(one[0]));
                }
            }
        }
    }

    @Test
    void everySumIsMadeGood() throws Exception {
        try (XdpRing a = readdressing("192.0.2.80=198.51.100.7", "2001:db8:5::80=2001:db8:77::ffff")) {
            for (int i = 0; i < 5_000; i++) { // a UDP sum that comes out as 0 is sent as ffff: one in 65,536, here made likely by many
                String get = "get=" + i;
                String[] ends = i % 2 == 0
                        ? new String[]{"192.0.2.80", "198.51.100.7", "203.0.113.1:4500"}
                        : new String[]{"[2001:db8:5::80]", "[2001:db8:77::ffff]", "[2001:db8:ffff::1]:4500"};
                String asks = "udp %s:" + (1 + i * 13) + " > " + ends[2] + " " + get;
                assertThat(run(a, a.program().inside, PASS, asks.formatted(ends[0]))).as(asks)
                        .isEqualTo(PacketText.packet(asks.formatted(ends[1])));
            }
        }
    }

    @Test
    void aPacketWithoutASumStaysWithoutOne() throws Exception {
        try (XdpRing a = readdressing("192.0.2.80=198.51.100.7")) {
            byte[] packet = PacketText.packet("udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1");
            packet[26] = packet[27] = 0;
            MemorySegment left = Arena.ofAuto().allocate(2_000, 8);
            a.bpf().testRun(a.program().inside, Frames.of(packet, 0, PADDING), 1, left);
            assertThat(left.get(ValueLayout.JAVA_SHORT_UNALIGNED, 14 + 26)).isZero();
            assertThat(left.get(ValueLayout.JAVA_BYTE, 14 + 12)).isEqualTo((byte) 198);
        }
    }

    @Test
    void nothingElseLeavesFromTheAnnouncedAddress() throws Exception {
        try (XdpRing a = readdressing("192.0.2.80=198.51.100.7")) {
            for (String other : List.of("udp 192.0.2.81:5000 > 203.0.113.1:4500 get=1",
                    "udp 192.0.2.80:53 > 203.0.113.1:4500 data=0001020304",
                    "udp 192.0.2.80:5000 > 203.0.113.1:53 data=21aa0100000100000000000001610000010001",
                    "udp 192.0.2.80:5000 > 203.0.113.1:53 data=2000012000010000000000000161000001000100",
                    "tcp 192.0.2.80:5000 > 203.0.113.1:4500 data=00",
                    "udp 192.0.2.80:5000 > 203.0.113.1:4500 answer=1",
                    "udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1 mf=1",
                    "icmp 192.0.2.80 > 203.0.113.1 data=0800"))
                assertThat(run(a, a.program().inside, PASS, other)).as(other).isEqualTo(PacketText.packet(other));
        }
    }

    @Test
    void anAnnouncedAddressTakesAnswersAlone() throws Exception {
        try (XdpRing a = readdressing("192.0.2.80=198.51.100.7", "2001:db8:5::80=2001:db8:77::ffff")) {
            comes(a, PASS, "icmp 203.0.113.1 > 192.0.2.80 data=0800");
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.1:4500 get=1");
            leaves(a, "udp 192.0.2.80:5000 > 203.0.113.66:4500 get=2");
            leaves(a, "udp [2001:db8:5::80]:5000 > [2001:db8:ffff::1]:4500 get=3");
            for (String other : List.of("icmp 203.0.113.1 > 198.51.100.7 data=0800",
                    "tcp 203.0.113.1:4500 > 198.51.100.7:5000 data=00",
                    "udp 203.0.113.1:4500 > 198.51.100.7:5000 answer=9",
                    "udp 203.0.113.1:4500 > 198.51.100.7:5000 answer=1 mf=1",
                    "udp 203.0.113.1:4500 > 198.51.100.7:5000 answer=1 options=4",
                    "udp 203.0.113.66:4500 > 198.51.100.7:5000 answer=2",
                    "udp [2001:db8:ffff::1]:4500 > [2001:db8:77::ffff]:5000 answer=3 ext=route",
                    "udp [2001:db8:ffff::1]:4500 > [2001:db8:77::ffff]:5000 answer=3 ext=dst"))
                comes(a, DROP, other);
            comes(a, PASS, "udp 203.0.113.1:4500 > 198.51.100.7:5000 answer=1");
            comes(a, PASS, "udp 203.0.113.1:4500 > 198.51.100.8:5000 answer=9"); // nobody's here
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"192.0.2.80=198.51.100.7 | 192.0.2.80=198.51.100.8 | two ways out",
            "192.0.2.80=198.51.100.7 | 192.0.2.80/31=198.51.100.10/31 | two ways out",
            "192.0.2.80=198.51.100.7 | 192.0.2.81=198.51.100.7 | two ways back",
            "192.0.2.80=198.51.100.7 | 192.0.2.82/31=198.51.100.6/31 | two ways back",
            "192.0.2.80=192.0.2.80 |  | announce others",
            "192.0.2.80=192.0.2.81 | 192.0.2.81=198.51.100.7 | announce others",
            "192.0.2.7=198.51.100.7 |  | requested"})
    void whatHasNoOneWayBackIsRefused(String first, String second, String says) throws Exception {
        List<Readdress> before = new ArrayList<>();
        String against = "";
        for (String text : second == null ? List.of(first) : List.of(first, second)) {
            assertThat(against).isEmpty();
            against = Readdress.against(Readdress.parse(text), before, rules());
            before.add(Readdress.parse(text));
        }
        assertThat(against).contains(says);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.80,is not PREFIX=PREFIX", "192.0.2.80=2001:db8::1,family",
            "192.0.2.0/24=198.51.100.0/25,length",
            "192.0.2.80=,is not a prefix", "192.0.2.1/24=198.51.100.0/24,beyond its length"})
    void whatIsNoPairIsRefused(String text, String says) {
        assertThatThrownBy(() -> Readdress.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    @Test
    void bothAtOnceAreRefused() {
        assertThatThrownBy(() -> new Borders(true, false, List.of(Readdress.parse("192.0.2.80=198.51.100.7"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rulesThatLeaveAReaddressedPrefixOutDoNotComeIntoForce() throws Exception {
        try (XdpRing a = readdressing("192.0.2.80=198.51.100.7")) {
            RuleSet other = RulesFile.read(Files.writeString(directory.resolve("other.toml"),
                    RULES.replace("192.0.2.80/28", "192.0.2.96/28")));
            assertThatThrownBy(() -> a.change(other)).isInstanceOf(IOException.class)
                    .hasMessageContaining("192.0.2.80");
        }
    }
}
