package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.edge.QuicPacket.VERSION_1;
import static org.schiltron.edge.QuicPacket.VERSION_2;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.RandomSource;

/** The packets v1 and v2 are those of RFC 9001, appendix A, and RFC 9369, appendix A. */
class QuicInitialTest {
    private static final byte[] ID = HexFormat.of().parseHex("8394c8f03e515708");

    private static Reading read(QuicInitial initial, byte[] datagram) {
        return initial.read(Fuzz.prefix(datagram, datagram.length));
    }

    private static void refused(Refusal why, byte[]... datagrams) {
        QuicInitial initial = new QuicInitial();
        for (byte[] datagram : datagrams)
            read(initial, datagram);
        assertThat(initial.refusal()).isEqualTo(why);
    }

    @ParameterizedTest
    @CsvSource({"v1, 1", "v2, 1798521807"})
    void thePublishedPackets(String name, int version) {
        byte[] client = Fuzz.resource("quic-" + name + "-client.hex");
        QuicInitial initial = new QuicInitial();
        assertThat(read(initial, client)).as("%s", initial.refusal()).isEqualTo(Reading.OK);
        assertThat(initial.serverName()).isEqualTo("example.com");
        assertThat(initial.alpn()).containsExactly("alpn");
        assertThat(initial.hasToken()).isFalse();
        QuicPacket packet = new QuicPacket();
        byte[] server = Fuzz.resource("quic-" + name + "-server.hex");
        ByteBuffer datagram = ByteBuffer.wrap(server);
        assertThat(packet.read(datagram, 0)).isTrue();
        assertThat(packet.version).isEqualTo(version);
        assertThat(packet.type).isEqualTo(QuicPacket.Type.INITIAL);
        assertThat(packet.source(datagram)).isEqualTo(HexFormat.of().parseHex("f067a5502a4262b5"));
        QuicKeys.Opened opened = Objects
                .requireNonNull(new QuicKeys(version, ID, "server in").open(datagram, packet, 0));
        assertThat(opened.number()).isEqualTo(1);
        assertThat(HexFormat.of().formatHex(opened.payload())).startsWith("02000000000600405a020000560303eefce7f7b3");
        ByteBuffer retry = ByteBuffer.wrap(Fuzz.resource("quic-" + name + "-retry.hex"));
        assertThat(packet.read(retry, 0)).isTrue();
        assertThat(packet.type).isEqualTo(QuicPacket.Type.RETRY);
        assertThat(packet.source(retry)).isEqualTo(HexFormat.of().parseHex("f067a5502a4262b5"));
    }

    @Test
    void aBrowsersHelloInTwoDatagramsInEitherOrder() {
        byte[] one = Fuzz.resource("quic-chromium-1.hex");
        byte[] two = Fuzz.resource("quic-chromium-2.hex");
        for (List<byte[]> order : List.of(List.of(one, two), List.of(two, one), List.of(one, one, two))) {
            QuicInitial initial = new QuicInitial();
            for (int i = 0; i < order.size() - 1; i++)
                assertThat(read(initial, order.get(i))).isEqualTo(Reading.MORE);
            assertThat(read(initial, order.getLast())).as("%s", initial.refusal()).isEqualTo(Reading.OK);
            assertThat(initial.serverName()).isEqualTo("shop.example.com");
            assertThat(initial.alpn()).containsExactly("h3");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {VERSION_1, VERSION_2})
    void framesInAnyOrderAndCut(int version) {
        byte[] hello = QuicClient.hello("game.example");
        byte[] head = Arrays.copyOf(hello, 40);
        byte[] middle = Arrays.copyOfRange(hello, 30, 90);
        byte[] tail = Arrays.copyOfRange(hello, 90, hello.length);
        QuicClient client = new QuicClient(version, ID).token((byte) 1, (byte) 2);
        QuicInitial initial = new QuicInitial();
        assertThat(read(initial, client.initial(new byte[]{1}, QuicClient.crypto(90, tail), new byte[]{0, 0, 1},
                QuicClient.crypto(0, head)))).isEqualTo(Reading.MORE);
        byte[] acknowledging = {2, 5, 0, 1, 0, 0, 0, 3, 1, 0, 0, 0, 1, 1, 1};
        assertThat(read(initial, client.initial(acknowledging, QuicClient.crypto(30, middle)))).isEqualTo(Reading.OK);
        assertThat(initial.serverName()).isEqualTo("game.example");
        assertThat(initial.hasToken()).isTrue();
        assertThat(read(initial, new byte[3])).as("what follows is the connection's").isEqualTo(Reading.OK);
    }

    @Test
    void zeroRttMayComeWithItOrBefore() {
        byte[] early = QuicClient.sealed(VERSION_1, 1, ID, new byte[]{9, 8, 7, 6, 5}, 60);
        QuicClient client = new QuicClient(VERSION_1, ID);
        byte[] hello = client.initial(1_100, QuicClient.crypto(0, QuicClient.hello("a.example")));
        QuicInitial initial = new QuicInitial();
        assertThat(read(initial, early)).isEqualTo(Reading.MORE);
        assertThat(read(initial, Hello.concat(hello, early, new byte[50]))).as("%s", initial.refusal())
                .isEqualTo(Reading.OK);
        refused(Refusal.QUIC_MALFORMED,
                Hello.concat(hello, QuicClient.sealed(VERSION_1, 1, ID, new byte[]{1}, 100)));
    }

    @Test
    void smallDatagramsAreRefused() {
        QuicClient client = new QuicClient(VERSION_1, ID);
        byte[] hello = QuicClient.crypto(0, QuicClient.hello("a.example"));
        refused(Refusal.QUIC_SMALL, client.initial(1_199, hello));
        assertThat(read(new QuicInitial(), client.initial(1_200, hello))).isEqualTo(Reading.OK);
    }

    @Test
    void strangersAreRefused() {
        refused(Refusal.NOT_QUIC, new byte[0]);
        refused(Refusal.NOT_QUIC, new byte[1_200]);
        refused(Refusal.NOT_QUIC, QuicClient.shortHeader(ID, 1_200));
        refused(Refusal.NOT_QUIC, QuicClient.sealed(VERSION_1, 2, ID, ID, 1_200));
        refused(Refusal.NOT_QUIC, QuicClient.sealed(VERSION_1, 3, ID, ID, 1_200));
        refused(Refusal.NOT_QUIC, QuicClient.sealed(0, 0, ID, ID, 1_200));
        refused(Refusal.NOT_QUIC, new QuicClient(VERSION_1, Arrays.copyOf(ID, 7)).initial(new byte[]{1}));
        refused(Refusal.NOT_QUIC, new QuicClient(VERSION_1, ID).withoutFixedBit().initial(new byte[]{1}));
        assertThat(read(new QuicInitial(), new QuicClient(VERSION_1, ID).token((byte) 1).withoutFixedBit()
                .initial(new byte[]{1}))).as("RFC 9287").isEqualTo(Reading.MORE);
        byte[] changed = new QuicClient(VERSION_1, ID).initial(QuicClient.crypto(0, QuicClient.hello("a.example")));
        changed[600] ^= 1;
        refused(Refusal.QUIC_UNREADABLE, changed);
    }

    @Test
    void anotherVersionIsToldWhichAreSpoken() {
        byte[] foreign = QuicClient.sealed(0x1a2a3a4a, 0, ID, new byte[]{7, 7}, 1_200);
        QuicInitial initial = new QuicInitial();
        assertThat(read(initial, foreign)).isEqualTo(Reading.REFUSED);
        assertThat(initial.refusal()).isEqualTo(Refusal.QUIC_VERSION);
        byte[] answer = initial.versionNegotiation(VERSION_1, VERSION_2);
        assertThat(HexFormat.of().formatHex(answer))
                .isEqualTo("c0000000000207070883" + "94c8f03e515708000000016b3343cf");
        QuicPacket packet = new QuicPacket();
        assertThat(packet.read(ByteBuffer.wrap(answer), 0)).isTrue();
        assertThat(packet.type).isEqualTo(QuicPacket.Type.NEGOTIATION);
        QuicInitial small = new QuicInitial();
        read(small, Arrays.copyOf(foreign, 1_199));
        assertThat(small.versionNegotiation(VERSION_1)).as("a small one is not answered").isNull();
    }

    @Test
    void framesThatOpenNothingAreRefused() {
        byte[] hello = QuicClient.crypto(0, QuicClient.hello("a.example"));
        for (int type : new int[]{0x1c, 0x1e, 0x08, 0x18, 0x07, 0x40})
            refused(Refusal.QUIC_FRAME, new QuicClient(VERSION_1, ID).initial(hello, new byte[]{(byte) type, 0}));
        refused(Refusal.QUIC_MALFORMED, new QuicClient(VERSION_1, ID).reservedBits(1).initial(hello));
        refused(Refusal.QUIC_MALFORMED, new QuicClient(VERSION_1, ID).initial(new byte[1_150],
                Hello.concat(new byte[]{6}, QuicClient.varint(0), QuicClient.varint(1_000))));
        refused(Refusal.TOO_LONG, new QuicClient(VERSION_1, ID).initial(QuicClient.crypto(16_380, new byte[9])));
        refused(Refusal.QUIC_MALFORMED, new QuicClient(VERSION_1, ID).initial(
                Hello.concat(new byte[]{2, 0, 0}, new byte[]{(byte) 0xff, -1, -1, -1, -1, -1, -1, -1}, new byte[5])));
    }

    @Test
    void aHelloThatIsNoneOfQuicIsRefused() {
        QuicClient client = new QuicClient(VERSION_1, ID);
        refused(Refusal.TLS_MALFORMED, client.initial(QuicClient.crypto(0, Hello.to("a.example").message())));
        refused(Refusal.TLS_MALFORMED, client.initial(
                QuicClient.crypto(0, new Hello().serverName("a.example").extension(57, new byte[1]).message())));
        refused(Refusal.NOT_TLS, client.initial(QuicClient.crypto(0, new byte[]{2, 0, 0, 1, 0})));
        refused(Refusal.SERVER_NAME, client.initial(QuicClient.crypto(0, QuicClient.hello("192.0.2.1"))));
        refused(Refusal.TLS_MALFORMED, client.initial(
                QuicClient.crypto(0, Hello.concat(QuicClient.hello("a.example"), new byte[1]))));
    }

    @Test
    void twoHellosInOneAreRefused() {
        QuicClient client = new QuicClient(VERSION_1, ID);
        byte[] one = Arrays.copyOf(QuicClient.hello("a.example"), 120);
        byte[] other = Arrays.copyOfRange(QuicClient.hello("b.example"), 20, 150);
        refused(Refusal.QUIC_MALFORMED, client.initial(QuicClient.crypto(0, one)),
                client.initial(QuicClient.crypto(20, other)));
        refused(Refusal.QUIC_MALFORMED, client.initial(QuicClient.crypto(0, one)),
                new QuicClient(VERSION_1, new byte[8]).initial(new byte[]{1}));
    }

    @Test
    void onlySoManyDatagramsAreKept() {
        QuicClient client = new QuicClient(VERSION_1, ID);
        QuicInitial initial = new QuicInitial();
        for (int i = 0; i < QuicInitial.MAX_DATAGRAMS; i++)
            assertThat(read(initial, client.initial(new byte[]{1}))).isEqualTo(Reading.MORE);
        assertThat(read(initial, client.initial(new byte[]{1}))).isEqualTo(Reading.REFUSED);
        assertThat(initial.refusal()).isEqualTo(Refusal.TOO_LONG);
    }

    @Test
    void mutantsAreReadOrRefused() {
        RandomSource random = Fuzz.random();
        Set<Refusal> seen = EnumSet.noneOf(Refusal.class);
        Fuzz.mutants(random, 10, List.of(Fuzz.resource("quic-v1-client.hex"), Fuzz.resource("quic-v2-client.hex"),
                Fuzz.resource("quic-chromium-1.hex"), QuicClient.sealed(VERSION_1, 1, ID, ID, 60),
                new QuicClient(VERSION_1, ID).initial(600, new byte[]{1}),
                Fuzz.resource("quic-v1-retry.hex")), mutant -> {
                    QuicInitial initial = new QuicInitial();
                    Reading reading = read(initial, mutant);
                    assertThat(initial.refusal() == null).isEqualTo(reading != Reading.REFUSED);
                    if (initial.refusal() != null)
                        seen.add(initial.refusal());
                });
        assertThat(seen).contains(Refusal.NOT_QUIC, Refusal.QUIC_VERSION, Refusal.QUIC_SMALL, Refusal.QUIC_UNREADABLE);
    }

    /** Behind the encryption: whatever frames a client makes up. */
    @Test
    void mutantsInsideThePacketsAreReadOrRefused() {
        RandomSource random = Fuzz.random();
        byte[] hello = QuicClient.hello("a.example");
        byte[] frames = Hello.concat(new byte[]{1, 0, 2, 5, 0, 1, 0, 0, 0},
                QuicClient.crypto(60, Arrays.copyOfRange(hello, 60, hello.length)),
                QuicClient.crypto(0, Arrays.copyOf(hello, 60)));
        Set<Reading> seen = EnumSet.noneOf(Reading.class);
        Fuzz.mutants(random, 10, List.of(frames),
                mutant -> seen.add(read(new QuicInitial(), new QuicClient(VERSION_1, ID).initial(mutant))));
        assertThat(seen).containsExactly(Reading.values());
    }
}
