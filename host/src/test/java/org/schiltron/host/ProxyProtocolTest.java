package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.schiltron.proof.ClientId;

/** Laid out by hand after proxy-protocol.txt, section 2.2. */
class ProxyProtocolTest {
    private static final ClientId CLIENT = FakeTunnels.CLIENT;

    private static InetSocketAddress to(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String idValue() {
        return "e00010" + hex(CLIENT.text().getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aStreamToAnIpv4Backend() {
        assertThat(hex(ProxyProtocol.forStream(CLIENT, 8, to("192.0.2.7", 8080)))).isEqualTo(
                "0d0a0d0a000d0a515549540a" // signature
                        + "21" // version 2, PROXY
                        + "21" // IPv6, stream
                        + "0037" // 36 of addresses and 19 of the id
                        + "fdc6fae051ca0102030405060708090a" // source: prefix and client id
                        + "00000000000000000000ffffc0000207" // destination, IPv4-mapped
                        + "0408" + "1f90" // ports
                        + idValue());
    }

    @Test
    void datagramsToAnIpv6Backend() {
        assertThat(hex(ProxyProtocol.forDatagrams(CLIENT, 0, to("2001:db8::1", 53)))).isEqualTo(
                "0d0a0d0a000d0a515549540a" + "21" + "22" + "0037" + "fdc6fae051ca0102030405060708090a"
                        + "20010db8000000000000000000000001" + "0400" + "0035" + idValue());
    }

    @Test
    void aClientOfAnEdgeWithTheNameItAskedFor() {
        assertThat(hex(ProxyProtocol.forAddress(false, to("192.0.2.7", 50_000), to("203.0.113.9", 443), "a.example",
                "h2"))).isEqualTo("0d0a0d0a000d0a515549540a" + "21" + "11" + "001d" // IPv4, stream; 12 + 5 + 12
                        + "c0000207" + "cb007109" + "c350" + "01bb" // addresses, ports
                        + "010002" + "6832" // ALPN
                        + "020009" + hex("a.example".getBytes(StandardCharsets.US_ASCII))); // AUTHORITY
    }

    @Test
    void addressesOfTwoFamiliesAreMappedToOne() {
        assertThat(hex(ProxyProtocol.forAddress(true, to("2001:db8::7", 1), to("203.0.113.9", 2), null, null)))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "21" + "22" + "0024" + "20010db8000000000000000000000007"
                        + "00000000000000000000ffffcb007109" + "0001" + "0002");
    }

    @Test
    void aNameOrProtocolThatIsAbsurdlyLongIsLeftOut() {
        assertThat(ProxyProtocol.forAddress(false, to("192.0.2.7", 1), to("192.0.2.8", 2), "a".repeat(256), ""))
                .hasSize(16 + 12);
    }

    @Test
    void thePortIsNeverAPrivilegedOne() {
        for (long stream : new long[]{0, 1, 64_511, 64_512, -1, Long.MIN_VALUE, Long.MAX_VALUE})
            assertThat(ProxyProtocol.source(CLIENT, stream).getPort()).isBetween(1_024, 65_535);
    }

    @Test
    void comesBeforeTheClientsFirstByte() throws IOException {
        try (ServerSocket backend = new ServerSocket()) {
            backend.bind(Relays.loopback());
            try (Relays relays = new Relays(Relays.seed(), RelayLimits.defaults(), true,
                    "127.0.0.1:" + backend.getLocalPort());
                    TcpFront front = TcpFront.listen(relays.client, Relays.loopback(), "");
                    Socket program = new Socket()) {
                relays.tunnels.open();
                program.connect(front.localAddress());
                program.getOutputStream().write(new byte[]{1, 2, 3});
                program.shutdownOutput();
                try (Socket server = backend.accept()) {
                    byte[] expected = ProxyProtocol.forStream(CLIENT, 0,
                            (InetSocketAddress) server.getLocalSocketAddress());
                    assertThat(hex(server.getInputStream().readAllBytes())).isEqualTo(hex(expected) + "010203");
                }
            }
        }
    }
}
