package org.schiltron.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.PublicKey;

class PlacementTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String KEY = "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548";
    private static final String SIGNATURE = "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17d"
            + "df9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08";

    private final Placement placement = new Placement(new MutableItem(PublicKey.of(HEX.parseHex(KEY)), ascii("foobar"),
            1, ascii("Hello World!"), HEX.parseHex(SIGNATURE)));

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static InetSocketAddress node(int number) {
        return new InetSocketAddress(InetAddress.ofLiteral("203.0.113." + number), 6881);
    }

    /** BEP 44, "put message", with its test vector 2: keys in order, the signature as it is. */
    @Test
    void theRequestIsBep44s() {
        assertThat(new String(placement.request(ascii("aoeu")), StandardCharsets.ISO_8859_1)).isEqualTo(
                "d1:ad1:k32:" + new String(HEX.parseHex(KEY), StandardCharsets.ISO_8859_1)
                        + "4:salt6:foobar3:seqi1e3:sig64:"
                        + new String(HEX.parseHex(SIGNATURE), StandardCharsets.ISO_8859_1)
                        + "5:token4:aoeu1:v12:Hello World!e1:q3:pute");
    }

    @Test
    void whoTookItAndWhoDidNotIsTold() {
        for (int i = 1; i <= 4; i++)
            placement.sent(node(i), Map.of("q", ascii("put"), "t", ascii("t" + i)));
        placement.sent(node(5), Map.of("q", ascii("get"), "t", ascii("t5")));
        assertThat(placement.asked()).isEqualTo(4);
        placement.received(node(1), Map.of("y", ascii("r"), "t", ascii("t1"), "r", Map.of()));
        placement.received(node(1), Map.of("y", ascii("r"), "t", ascii("t1"), "r", Map.of()));
        placement.received(node(9), Map.of("y", ascii("r"), "t", ascii("t2"), "r", Map.of()));
        assertThat(placement.accepted()).isEqualTo(1);
        placement.received(node(2), Map.of("y", ascii("e"), "t", ascii("t2"), "r", Map.of(), "e",
                List.of(302L, ascii("old\u0007" + "x".repeat(200)))));
        placement.received(node(3), Map.of("y", ascii("e"), "t", ascii("t3")));
        assertThat(placement.accepted()).isEqualTo(1);
        assertThat(placement.answered()).isEqualTo(3);
        assertThat(placement.problem()).startsWith("old?xxx").endsWith("x (302)").hasSizeLessThan(90);
    }
}
