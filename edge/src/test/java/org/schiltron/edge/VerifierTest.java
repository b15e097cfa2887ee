package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.RandomSource;

class VerifierTest {
    private static final byte[] ID = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final String SIP = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776~From: Bob <sip:bob@a>;tag=1~"
            + "To: <sip:alice@b>~Call-ID: a84b@a~CSeq: 314159 INVITE~";
    private static final String INVITE = "INVITE sip:alice@b SIP/2.0~" + SIP + "Max-Forwards: 70~";

    /** What passed of the whole, in pieces as they may come. */
    private static String passed(StreamVerifier verifier, byte[] bytes, RandomSource random, int atOnce) {
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        int known = 0;
        while (true) {
            byte[] waiting = Arrays.copyOfRange(bytes, passed.size(), known);
            int step = verifier.fromClient(Fuzz.prefix(waiting, waiting.length));
            passed.write(waiting, 0, step);
            if (verifier.refusal() != null || known == bytes.length && step == 0)
                return passed.toString(ISO_8859_1);
            known = Math.min(bytes.length, known + 1 + random.nextInt(atOnce));
        }
    }

    private static int passes(Protocol protocol, byte[] bytes, @Nullable Refusal why) {
        StreamVerifier verifier = protocol.stream();
        int passed = verifier.fromClient(Fuzz.prefix(bytes, bytes.length));
        assertThat(verifier.refusal()).isEqualTo(why);
        return passed;
    }

    private static @Nullable Refusal datagram(Protocol protocol, byte[] bytes) {
        DatagramVerifier verifier = protocol.datagram();
        Reading reading = verifier.check(Fuzz.prefix(bytes, bytes.length));
        assertThat(reading).isEqualTo(verifier.refusal() == null ? Reading.OK : Reading.REFUSED);
        return verifier.refusal();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void theyHaveNames(Protocol protocol) {
        assertThat(Protocol.parse(protocol.name().toLowerCase(java.util.Locale.ROOT))).isEqualTo(protocol);
        if (protocol.overTcp())
            assertThat(protocol.stream().refusal()).isNull();
        else
            assertThatThrownBy(protocol::stream).hasMessageContaining("TCP");
        if (protocol.overUdp())
            assertThat(protocol.datagram().refusal()).isNull();
        else
            assertThatThrownBy(protocol::datagram).hasMessageContaining("UDP");
        assertThatThrownBy(() -> Protocol.parse("smtp")).hasMessageContaining("http, tls, quic, dns, sip");
    }

    @Test
    void tlsIsAHelloAndRecords() {
        byte[] hello = Hello.to("a.example").records(60);
        byte[] data = Hello.concat(new byte[]{20, 3, 3, 0, 1, 1}, new byte[]{23, 3, 3, 0x40, 0x10}, new byte[0x4010]);
        byte[] empty = {23, 3, 2, 0, 0};
        byte[] all = Hello.concat(hello, data, empty);
        assertThat(passes(Protocol.TLS, all, null)).isEqualTo(all.length);
        assertThat(passes(Protocol.TLS, Arrays.copyOf(all, all.length - 6), null)).as("data pass as they come")
                .isEqualTo(all.length - 6);
        assertThat(passes(Protocol.TLS, Arrays.copyOf(all, hello.length + 3), null)).as("headers whole")
                .isEqualTo(hello.length);
        assertThat(passes(Protocol.TLS, Arrays.copyOf(hello, hello.length - 1), null)).isZero();
        for (byte[] bad : List.of(new byte[]{24, 3, 3, 0, 1, 1}, new byte[]{22, 3, 3, 0, 0}, new byte[]{23, 2, 3, 0, 1},
                new byte[]{23, 3, 0, 0, 1}, new byte[]{23, 3, 4, 0, 1}, new byte[]{23, 3, 3, 0x48, 1},
                "GET /".getBytes(ISO_8859_1)))
            assertThat(passes(Protocol.TLS, Hello.concat(hello, bad), Refusal.TLS_RECORD)).isEqualTo(hello.length);
        assertThat(passes(Protocol.TLS, "GET / HTTP/1.1\r\n".getBytes(ISO_8859_1), Refusal.NOT_TLS)).isZero();
    }

    @Test
    void httpIsFollowedBothWays() {
        StreamVerifier http = Protocol.HTTP.stream();
        byte[] two = HttpHeadTest.bytes("POST / HTTP/1.1~Host: a~Content-Length: 3~~abcGET /x HTTP/1.1~Host: a~~GE");
        assertThat(http.fromClient(Fuzz.prefix(two, two.length))).isEqualTo(two.length - 2);
        byte[] answer = HttpHeadTest.bytes("HTTP/1.1 204 X~~HTTP/1.1 200 OK~Content-Length: 0~~");
        assertThat(http.fromBackend(Fuzz.prefix(answer, answer.length))).isEqualTo(answer.length);
        byte[] more = HttpHeadTest.bytes("HTTP/1.1 200 OK~~");
        assertThat(http.fromBackend(Fuzz.prefix(more, more.length))).isZero();
        assertThat(http.refusal()).isEqualTo(Refusal.HTTP_UNASKED);
        assertThat(passes(Protocol.HTTP, HttpHeadTest.bytes("GET / HTTP/1.1~Host: a~~GET / HTTP/1.1~~"),
                Refusal.HTTP_HOST))
                .isEqualTo(27);
    }

    @Test
    void quicIsAnOpeningAndPackets() {
        DatagramVerifier quic = Protocol.QUIC.datagram();
        byte[] one = Fuzz.resource("quic-chromium-1.hex");
        byte[] two = Fuzz.resource("quic-chromium-2.hex");
        assertThat(quic.check(Fuzz.prefix(one, one.length))).isEqualTo(Reading.MORE);
        assertThat(quic.check(Fuzz.prefix(two, two.length))).isEqualTo(Reading.OK);
        for (byte[] good : List.of(one, QuicClient.shortHeader(ID, 30), QuicClient.sealed(1, 2, ID, ID, 30)))
            assertThat(quic.check(Fuzz.prefix(good, good.length))).isEqualTo(Reading.OK);
        for (byte[] bad : List.of(new byte[0], new byte[20], QuicClient.sealed(1, 3, ID, ID, 30),
                QuicClient.sealed(0, 0, ID, ID, 30), QuicClient.sealed(77, 0, ID, ID, 30), Arrays.copyOf(one, 1_199)))
            assertThat(quic.check(Fuzz.prefix(bad, bad.length))).isEqualTo(Reading.REFUSED);
        assertThat(datagram(Protocol.QUIC, QuicClient.shortHeader(ID, 30))).isEqualTo(Refusal.NOT_QUIC);
    }

    /** A query for a.example, of so many additional records. */
    private static byte[] query(int flags, int questions, int additional, byte[]... records) {
        return Hello.concat(new byte[]{7, 7}, Hello.u16(flags), Hello.u16(questions), new byte[4],
                Hello.u16(additional),
                new byte[]{1, 'a', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 1, 0, 1}, Hello.concat(records));
    }

    private static byte[] record(byte[] name, int type, byte[] data) {
        return Hello.concat(name, Hello.u16(type), new byte[]{4, (byte) 0xd0, 0, 0, 0, 0}, Hello.vector16(data));
    }

    private static final byte[] ROOT = {0};
    private static final byte[] OPT = record(ROOT, 41, new byte[]{0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8});

    @Test
    void dnsIsOneQuestion() {
        byte[] tsig = record(new byte[]{3, 'k', 'e', 'y', 0}, 250, new byte[60]);
        for (byte[] good : List.of(query(0x0100, 1, 0), query(0x0130, 1, 1, OPT), query(0, 1, 2, OPT, tsig),
                query(0, 1, 1, record(ROOT, 41, new byte[0])), query(0, 1, 1, record(ROOT, 24, new byte[40])))) {
            assertThat(datagram(Protocol.DNS, good)).isNull();
            byte[] framed = Hello.vector16(good);
            assertThat(passes(Protocol.DNS, Hello.concat(framed, framed, new byte[]{0}), null))
                    .isEqualTo(2 * framed.length);
            assertThat(passes(Protocol.DNS, Arrays.copyOf(framed, framed.length - 1), null)).isZero();
        }
        byte[] bad = query(0x8000, 1, 0);
        assertThat(passes(Protocol.DNS, Hello.concat(Hello.vector16(query(0, 1, 0)), Hello.vector16(bad)),
                Refusal.NOT_DNS))
                .isEqualTo(29);
        assertThat(passes(Protocol.DNS, "GET / HTTP/1.1\r\n".getBytes(ISO_8859_1), Refusal.DNS_MALFORMED)).isZero();
        assertThat(passes(Protocol.DNS, new byte[]{0, 12}, Refusal.NOT_DNS)).isZero();
    }

    @Test
    void whatIsNoQueryIsRefused() {
        byte[] tsig = record(ROOT, 250, new byte[60]);
        assertThat(datagram(Protocol.DNS, new byte[0])).isEqualTo(Refusal.NOT_DNS);
        for (int flags : new int[]{0x8180, 0x2000, 0x2800, 0x7800})
            assertThat(datagram(Protocol.DNS, query(flags, 1, 0))).isEqualTo(Refusal.NOT_DNS);
        byte[] plain = query(0, 1, 0);
        byte[] compressed = plain.clone();
        compressed[12] = (byte) 0xc0;
        byte[] endless = new byte[1_300];
        System.arraycopy(plain, 0, endless, 0, 12);
        Arrays.fill(endless, 12, 1_300, (byte) 1);
        byte[] long256 = Hello.concat(Arrays.copyOf(plain, 12), new byte[]{63}, new byte[63], new byte[]{63},
                new byte[63],
                new byte[]{63}, new byte[63], new byte[]{62}, new byte[62], new byte[5]);
        assertThat(datagram(Protocol.DNS, Hello.concat(Arrays.copyOf(plain, 12), new byte[]{63}, new byte[63],
                new byte[]{63}, new byte[63], new byte[]{63}, new byte[63], new byte[]{61}, new byte[61], new byte[5])))
                .isNull();
        for (byte[] bad : List.of(query(0, 2, 0), query(0, 0, 0), query(0, 1, 1), query(0, 1, 0, OPT),
                query(0, 1, 2, OPT, OPT), query(0, 1, 2, tsig, OPT), query(0, 1, 1, record(ROOT, 1, new byte[4])),
                query(0, 1, 1, record(new byte[]{1, 'a', 0}, 41, new byte[0])), query(0x0040, 1, 0),
                query(0x0200, 1, 0),
                query(0x0005, 1, 0), query(0, 1, 1, record(ROOT, 41, new byte[]{0, 10, 0, 8, 1})),
                query(0, 1, 4, OPT, tsig, tsig, tsig), Arrays.copyOf(plain, plain.length - 1),
                Hello.concat(plain, ROOT),
                compressed, Arrays.copyOf(endless, 1_200), endless, long256))
            assertThat(datagram(Protocol.DNS, bad)).isEqualTo(Refusal.DNS_MALFORMED);
        byte[] answers = plain.clone();
        answers[7] = 1;
        assertThat(datagram(Protocol.DNS, answers)).isEqualTo(Refusal.DNS_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {INVITE + "~", INVITE + "Content-Length: 4~~body", INVITE + "~body of any length", "~~", "~",
            "",
            "SIP/2.0 200 OK~" + SIP + "l: 0~~",
            "REGISTER sips:b SIP/2.0~v: x~f : y~t\\t:z~i:1~CSeq:~  1~\\tREGISTER~Max-Forwards: 0~~",
            "OPTIONS tel:+31 SIP/2.0~Via: x~Via: y~From: a~To: b~Call-ID: c~CSeq: 1 OPTIONS~Max-Forwards: 255~Subject: \\xc3\\xa9~~"})
    void sipOverUdp(String message) {
        assertThat(datagram(Protocol.SIP, HttpHeadTest.bytes(message))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            \\0\\0\\0\\0                                                                    | NOT_SIP
            GET / HTTP/1.1~Host: a~~                                                        | NOT_SIP
            INVITE sip:b SIP/1.0~~                                                          | NOT_SIP
            INVITE b SIP/2.0~~                                                              | NOT_SIP
            INVITE  sip:b SIP/2.0~~                                                         | NOT_SIP
            SIP/2.0 99 X~~                                                                  | NOT_SIP
            INVITE sip:b SIP/2.0                                                            | NOT_SIP
            INVITE sip:b SIP/2.0\\nVia: x\\n\\n                                             | NOT_SIP
            INVITE sip:b SIP/2.0~~                                                          | SIP_FIELD
            INVITE sip:b SIP/2.0~ Via: x~~                                                  | SIP_FIELD
            INVITE sip:b SIP/2.0~Via x~~                                                    | SIP_FIELD
            INVITE sip:b SIP/2.0~V(a: x~~                                                   | SIP_FIELD
            INVITE sip:b SIP/2.0~Via: x\\nFrom: y~~                                         | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 O~~                       | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 256~~     | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 P~Max-Forwards: 5~~       | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 2147483648 O~Max-Forwards: 5~~ | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~f: c~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~~  | SIP_FIELD
            O a:b SIP/2.0~From: a~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~~              | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~To:~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~~         | SIP_FIELD
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~l: 4~~x | SIP_LENGTH
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~l: 1~~xy | SIP_LENGTH
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~l: -1~~ | SIP_LENGTH
            O a:b SIP/2.0~Via: x~From: a~To: b~Call-ID: c~CSeq: 1 O~Max-Forwards: 5~l: 1~Content-Length: 1~~x | SIP_LENGTH
            """)
    void whatIsNoSipIsRefused(String message, Refusal why) {
        assertThat(datagram(Protocol.SIP, HttpHeadTest.bytes(message))).isEqualTo(why);
    }

    @Test
    void sipOverTcp() {
        byte[] two = HttpHeadTest.bytes(INVITE + "Content-Length: 4~~body~~" + INVITE + "l: 0~~INV");
        assertThat(passes(Protocol.SIP, two, null)).isEqualTo(two.length - 3);
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes(INVITE + "Content-Length: 9~~body"), null)).isPositive();
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes(INVITE + "~"), Refusal.SIP_LENGTH)).isZero();
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes("\\rX"), Refusal.NOT_SIP)).isZero();
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes("GET / HTTP/1.1~"), Refusal.NOT_SIP)).isZero();
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes(INVITE + "Content-Length: 2000000~~"), Refusal.SIP_LENGTH))
                .isZero();
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes(INVITE + "X: " + "y".repeat(20_000)), Refusal.TOO_LONG))
                .isZero();
        assertThat(passes(Protocol.SIP, HttpHeadTest.bytes(INVITE + "X: y~".repeat(101) + "l: 0~~"), Refusal.SIP_FIELD))
                .isZero();
    }

    @Test
    void mutantsPassAlikeInAnyPieces() {
        RandomSource random = Fuzz.random();
        byte[] dns = Hello.vector16(query(0, 1, 1, OPT));
        byte[] records = Hello.concat(Hello.to("a.example").record(),
                new byte[]{23, 3, 3, 0, 3, 1, 2, 3, 23, 3, 3, 0, 1, 1});
        byte[] sip = HttpHeadTest.bytes(INVITE + "Content-Length: 4~~body~~" + INVITE + "l: 0~~");
        byte[] http = HttpHeadTest
                .bytes("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~3~abc~0~~GET / HTTP/1.1~Host: a~~");
        check(random, Protocol.DNS, Hello.concat(dns, dns));
        check(random, Protocol.TLS, records);
        check(random, Protocol.SIP, sip);
        check(random, Protocol.HTTP, http);
    }

    private static void check(RandomSource random, Protocol protocol, byte[] sample) {
        Fuzz.mutants(random, 4, List.of(sample), mutant -> {
            StreamVerifier whole = protocol.stream();
            StreamVerifier cut = protocol.stream();
            String passed = passed(whole, mutant, random, mutant.length + 1);
            assertThat(passed(cut, mutant, random, 20)).isEqualTo(passed);
            assertThat(new String(mutant, ISO_8859_1)).startsWith(passed);
            assertThat(cut.refusal()).isEqualTo(whole.refusal());
        });
    }

    @Test
    void mutantDatagramsPassOrAreRefused() {
        RandomSource random = Fuzz.random();
        for (Protocol protocol : List.of(Protocol.DNS, Protocol.SIP))
            Fuzz.mutants(random, 2,
                    List.of(query(0x0130, 1, 1, OPT), HttpHeadTest.bytes(INVITE + "Content-Length: 4~~body")),
                    mutant -> {
                        Refusal refusal = datagram(protocol, mutant);
                        assertThat(refusal == null || refusal.text().length() > 9).isTrue();
                    });
    }
}
