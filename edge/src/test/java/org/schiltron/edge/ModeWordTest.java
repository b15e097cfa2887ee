package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ModeWordTest {
    private static final byte[] SECRET = new byte[32];
    private final ModeWord word = new ModeWord("shop", ServiceMode.SECURE, 2, 1_700_000_000_000L);

    @Test
    void comesBackAsItWasSaid() {
        byte[] bytes = word.encode(SECRET);
        assertThat(bytes).hasSize(32);
        assertThat(HexFormat.of().formatHex(bytes)).startsWith("010102040000018bcfe5680073686f70");
        assertThat(ModeWord.decode(SECRET, ByteBuffer.wrap(bytes))).isEqualTo(word);
        ModeWord normal = new ModeWord("x".repeat(63), ServiceMode.NORMAL, 0, 0);
        assertThat(normal.encode(SECRET)).hasSize(ModeWord.MAX_BYTES);
        assertThat(ModeWord.decode(SECRET, ByteBuffer.wrap(normal.encode(SECRET)))).isEqualTo(normal);
    }

    @Test
    void anyOtherBitOrSecretIsNobodys() {
        byte[] bytes = word.encode(SECRET);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(ModeWord.decode(SECRET, ByteBuffer.wrap(changed))).as("bit %d", bit).isNull();
        }
        byte[] other = SECRET.clone();
        other[31] = 1;
        assertThat(ModeWord.decode(other, ByteBuffer.wrap(bytes))).isNull();
        for (int length = 0; length < bytes.length; length++)
            assertThat(ModeWord.decode(SECRET, ByteBuffer.wrap(bytes, 0, length))).isNull();
    }

    @Test
    void anOldOneSaysNothing() {
        long said = word.epochMs();
        assertThat(word.isNews(-1, said)).isTrue();
        assertThat(word.isNews(said - 1, said + 10_000)).isTrue();
        assertThat(word.isNews(said, said)).as("a copy").isFalse();
        assertThat(word.isNews(-1, said + 10_001)).as("kept back").isFalse();
        assertThat(word.isNews(-1, said - 10_001)).as("from the future").isFalse();
    }

    @Test
    void whatHasNoPlaceInItIsRefused() {
        assertThatThrownBy(() -> new ModeWord("", ServiceMode.NORMAL, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ModeWord("x".repeat(64), ServiceMode.NORMAL, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ModeWord("shop", ServiceMode.NORMAL, 256, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
