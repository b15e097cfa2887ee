package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.RandomSource;

class ClientHelloTest {
    private static ClientHello read(byte[] bytes, Reading expected) {
        ClientHello hello = new ClientHello();
        assertThat(hello.read(Fuzz.prefix(bytes, bytes.length))).as("%s", hello.refusal()).isEqualTo(expected);
        return hello;
    }

    private static void refused(byte[] bytes, Refusal why) {
        assertThat(read(bytes, Reading.REFUSED).refusal()).isEqualTo(why);
    }

    private static byte[] ofThisJdk(String... protocols) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("game.example.net")));
        parameters.setApplicationProtocols(new String[]{"http/1.1"});
        parameters.setProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void namesAndProtocolsOfRealClients() throws Exception {
        ClientHello browser = read(Fuzz.resource("hello-chromium.hex"), Reading.OK);
        assertThat(browser.serverName()).isEqualTo("shop.example.com");
        assertThat(browser.alpn()).containsExactly("h2", "http/1.1");
        ClientHello openssl = read(Fuzz.resource("hello-openssl.hex"), Reading.OK);
        assertThat(openssl.serverName()).isEqualTo("mail.example.org");
        ClientHello old = read(ofThisJdk("TLSv1.2"), Reading.OK);
        assertThat(old.serverName()).isEqualTo("game.example.net");
        assertThat(old.alpn()).containsExactly("http/1.1");
        assertThat(old.offersTls13()).isFalse();
        assertThat(read(ofThisJdk("TLSv1.3"), Reading.OK).offersTls13()).isTrue();
    }

    @Test
    void cutAnywhereItAsksForMoreAndThenUnderstands() {
        for (byte[] bytes : List.of(Fuzz.resource("hello-chromium.hex"), Hello.to("a.example").records(7))) {
            ClientHello hello = new ClientHello();
            for (int known = 0; known < bytes.length; known++)
                assertThat(hello.read(Fuzz.prefix(bytes, known))).isEqualTo(Reading.MORE);
            assertThat(hello.read(Fuzz.prefix(bytes, bytes.length))).isEqualTo(Reading.OK);
            assertThat(hello.serverName()).isNotNull();
            assertThat(hello.length()).isEqualTo(bytes.length);
        }
    }

    @Test
    void earlyDataBehindItIsNotPartOfIt() {
        byte[] hello = Hello.to("a.example").record();
        byte[] early = new byte[40_000];
        assertThat(read(Hello.concat(hello, early), Reading.OK).length()).isEqualTo(hello.length);
    }

    @Test
    void withoutExtensionsThereIsNoName() {
        ClientHello hello = read(new Hello().version(0x0301).record(), Reading.OK);
        assertThat(hello.serverName()).isNull();
        assertThat(hello.alpn()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Shop.EXAMPLE.com, shop.example.com", "shop.example.com., shop.example.com", "localhost, localhost",
            "xn--bcher-kva.example, xn--bcher-kva.example", "_dmarc.example, _dmarc.example"})
    void aNameHasOneForm(String sent, String name) {
        assertThat(read(Hello.to(sent).record(), Reading.OK).serverName()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", ".a", "a.example..", "192.0.2.1", "127.1", "2130706433", "0x7f000001",
            "a.0x1",
            "::1", "[::1]", "a b", "a/b", "b\u00fccher.example", "a\0.example", "-a.example", "a-.example", "*.example",
            "a.example:443", "a@b.example", "K.example\u212a"})
    void whatIsNoNameIsRefused(String sent) {
        refused(Hello.to(sent).record(), Refusal.SERVER_NAME);
    }

    @Test
    void namesAndLabelsHaveTheirLengths() {
        String longest = ("a".repeat(63) + ".").repeat(3) + "b".repeat(61);
        assertThat(read(Hello.to(longest).record(), Reading.OK).serverName()).hasSize(253);
        refused(Hello.to(longest + "b").record(), Refusal.SERVER_NAME);
        refused(Hello.to("a".repeat(64) + ".example").record(), Refusal.SERVER_NAME);
    }

    @Test
    void whatTwoReadersCouldUnderstandDifferentlyIsRefused() {
        refused(Hello.to("a.example").serverName("b.example").record(), Refusal.TLS_REPEATED_EXTENSION);
        byte[] entry = Hello.concat(new byte[]{0}, Hello.vector16("a.example".getBytes(ISO_8859_1)));
        refused(new Hello().extension(0, Hello.vector16(Hello.concat(entry, entry))).record(), Refusal.SERVER_NAME);
        refused(new Hello().extension(0, new byte[0]).record(), Refusal.TLS_MALFORMED);
        refused(new Hello().extension(0, Hello.concat(Hello.vector16(entry), entry)).record(), Refusal.TLS_MALFORMED);
        byte[] hello = Hello.to("a.example").message();
        byte[] twice = Hello.concat(hello, Hello.to("b.example").message());
        refused(Hello.concat(new byte[]{22, 3, 1}, Hello.u16(twice.length), twice), Refusal.TLS_MALFORMED);
        refused(Hello.to("a.example").extension(41, new byte[4]).extension(99, new byte[0]).record(),
                Refusal.TLS_MALFORMED);
        refused(Hello.to("a.example").alpn("h2").record(), Refusal.TLS_REPEATED_EXTENSION);
    }

    @Test
    void strangersAreToldApartByTheirFirstBytes() {
        refused("G".getBytes(ISO_8859_1), Refusal.NOT_TLS);
        refused("SSH-2.0-x\r\n".getBytes(ISO_8859_1), Refusal.NOT_TLS);
        refused(new byte[]{22, 2}, Refusal.NOT_TLS);
        refused(new byte[]{22, 3, 9}, Refusal.NOT_TLS);
        refused(new byte[]{21, 3, 1, 0, 2, 1, 0}, Refusal.NOT_TLS);
        refused(new byte[]{(byte) 0x80, 0x2e, 1, 0, 2, 0, 21}, Refusal.SSL_2);
        refused(new byte[]{(byte) 0x80, 0x2e, 4}, Refusal.NOT_TLS);
        refused(new byte[]{22, 3, 1, 0, 4, 2, 0, 0, 0}, Refusal.NOT_TLS); // a server hello
        read(new byte[]{(byte) 0x80, 0x2e}, Reading.MORE);
        read(new byte[0], Reading.MORE);
    }

    @Test
    void recordsOfAnotherKindInsideTheHelloAreRefused() {
        byte[] records = Hello.to("a.example").records(50);
        byte[] alert = {21, 3, 1, 0, 2, 1, 0};
        refused(Hello.concat(Arrays.copyOf(records, 55), alert), Refusal.TLS_RECORD);
        refused(Hello.concat(Arrays.copyOf(records, 55), new byte[]{22, 3, 1, 0, 0}), Refusal.TLS_RECORD);
        refused(new byte[]{22, 3, 1, 0x40, 1}, Refusal.TLS_RECORD);
    }

    @Test
    void versionsThatNobodyShouldSpeakAreRefused() {
        refused(new Hello().version(0x0300).record(), Refusal.TLS_VERSION);
        refused(new Hello().version(0x0304).record(), Refusal.TLS_VERSION);
        refused(new Hello().versions(0x0300, 0x7f1c).record(), Refusal.TLS_VERSION);
        read(new Hello().versions(0x1a1a, 0x0304).record(), Reading.OK);
        refused(new Hello().versions().record(), Refusal.TLS_MALFORMED);
        refused(new Hello().compressions((byte) 1).record(), Refusal.TLS_MALFORMED);
        refused(new Hello().suites((byte) 1).record(), Refusal.TLS_MALFORMED);
        refused(new Hello().suites().record(), Refusal.TLS_MALFORMED);
        refused(new Hello().session(new byte[33]).record(), Refusal.TLS_MALFORMED);
    }

    @Test
    void sizesHaveBounds() {
        refused(Hello.to("a.example").extension(21, new byte[16_300]).records(9_000), Refusal.TOO_LONG);
        read(Hello.to("a.example").extension(21, new byte[16_100]).record(), Reading.OK);
        refused(new byte[]{22, 3, 1, 0, 4, 1, 0, 0x40, 0}, Refusal.TOO_LONG);
        byte[] endless = new byte[20_000];
        for (int at = 0; at + 6 <= endless.length; at += 6)
            System.arraycopy(new byte[]{22, 3, 1, 0, 1, (byte) (at == 0 ? 1 : 0)}, 0, endless, at, 6);
        // one byte a record: the hello's own length is zero, so it ends early
        refused(endless, Refusal.TLS_MALFORMED);
        Hello many = new Hello();
        IntStream.range(100, 300).forEach(type -> many.extension(type, new byte[0]));
        refused(many.record(), Refusal.TLS_MALFORMED);
    }

    @Test
    void aTrickleOfTinyRecordsEnds() {
        byte[] records = Hello.to("a.example").extension(21, new byte[4_000]).records(1);
        refused(records, Refusal.TOO_LONG);
    }

    /** Whatever the bytes, and in whatever pieces they come: the same word, no exception, nothing kept too long. */
    @Test
    void mutantsAreUnderstoodOrRefusedAlikeInAnyPieces() {
        RandomSource random = Fuzz.random();
        Set<Reading> seen = EnumSet.noneOf(Reading.class);
        Fuzz.mutants(random, List.of(Fuzz.resource("hello-chromium.hex"), Fuzz.resource("hello-openssl.hex"),
                Hello.to("a.example").records(40), new Hello().record()), bytes -> {
                    ClientHello whole = new ClientHello();
                    Reading reading = whole.read(Fuzz.prefix(bytes, bytes.length));
                    ClientHello pieces = new ClientHello();
                    Reading last = Reading.MORE;
                    for (int known = 0; known <= bytes.length; known += 1 + random.nextInt(200))
                        last = pieces.read(Fuzz.prefix(bytes, known));
                    last = pieces.read(Fuzz.prefix(bytes, bytes.length));
                    assertThat(last).isEqualTo(reading);
                    assertThat(pieces.refusal()).isEqualTo(whole.refusal());
                    assertThat(pieces.serverName()).isEqualTo(whole.serverName());
                    assertThat(whole.refusal() == null).isEqualTo(reading != Reading.REFUSED);
                    seen.add(reading);
                });
        assertThat(seen).containsExactly(Reading.values());
    }
}
