package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.SeededRandom;

class MutableItemTest {
    private static final PublicKey KEY = PublicKey
            .of(hex("77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548"));

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** BEP 44, "Test Vectors", 1 and 2. Their private key is an expanded one, so we can verify with it, not sign. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''     | 3:seqi1e1:v12:Hello World!               | 4a533d47ec9c7d95b1ad75f576cffc641853b750 | 305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01
            foobar | 4:salt6:foobar3:seqi1e1:v12:Hello World! | 411eba73b6f087ca51a3795d9c8c938d365e32c1 | 6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17ddf9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08
            """)
    void vectors(String salt, String buffer, String target, String signature) {
        byte[] value = ascii("Hello World!");
        assertThat(MutableItem.signedBuffer(ascii(salt), 1, value)).asString(StandardCharsets.US_ASCII)
                .isEqualTo(buffer);
        assertThat(MutableItem.target(KEY, ascii(salt))).isEqualTo(hex(target));
        assertThat(new MutableItem(KEY, ascii(salt), 1, value, hex(signature)).isSigned()).isTrue();
        assertThat(new MutableItem(KEY, ascii(salt), 2, value, hex(signature)).isSigned()).isFalse();
        assertThat(new MutableItem(KEY, ascii(salt + "x"), 1, value, hex(signature)).isSigned()).isFalse();
        assertThat(new MutableItem(KEY, ascii(salt), 1, ascii("Hello World?"), hex(signature)).isSigned()).isFalse();
    }

    @Test
    void whatIsSignedHereVerifiesHereAndForNoOtherKey() {
        Identity owner = Identity.generate(new SeededRandom(1));
        MutableItem item = MutableItem.sign(owner, ascii("s"), Long.MAX_VALUE, new byte[MutableItem.MAX_VALUE_BYTES]);
        assertThat(item.isSigned()).isTrue();
        assertThat(new MutableItem(KEY, item.salt(), item.sequence(), item.value(), item.signature()).isSigned())
                .isFalse();
    }

    @Test
    void boundsAreNamed() {
        byte[] signature = new byte[64];
        assertThatThrownBy(() -> new MutableItem(KEY, new byte[65], 1, new byte[1], signature))
                .hasMessageContaining("salt has at most 64 bytes");
        assertThatThrownBy(() -> new MutableItem(KEY, new byte[0], -1, new byte[1], signature))
                .hasMessageContaining("not negative");
        assertThatThrownBy(() -> new MutableItem(KEY, new byte[0], 1, new byte[996], signature))
                .hasMessageContaining("at most 995 bytes, not 996");
        assertThatThrownBy(() -> new MutableItem(KEY, new byte[0], 1, new byte[1], new byte[63]))
                .hasMessageContaining("64 bytes, not 63");
    }
}
