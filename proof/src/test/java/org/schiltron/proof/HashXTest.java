package org.schiltron.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.RandomSource;

/** Against the vectors of the reference, and one input at a time against many. */
final class HashXTest {
    private final HashX function = new HashX();

    /** RFC 7693, appendix A, the one vector without a salt. */
    @Test
    void blake2b() {
        long[] digest = new long[Blake2b.WORDS];
        new Blake2b().hash(0, "abc".getBytes(ISO_8859_1), digest);
        assertThat(hex(digest)).isEqualTo("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    }

    /** Where a message ends at, or just before or behind, a block; from Python's hashlib, salt "HashX v1". */
    @ParameterizedTest
    @CsvSource({"0, 92bec5b34777cacade215f8b26bd6a29", "127, 253d0e4059049c20b02447139d9a2ac4",
            "128, f7d59b90955aac519187ca4f0c1c31d3", "129, 7332fbd29fcc38a08f69847b245cdcb3",
            "256, 70a3f0b5fad15dffee6c576406220724", "300, 92be12e0e5c0b0cc2c21815702f75853"})
    void blake2bSaltedOfManyBlocks(int length, String expected) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
            data[i] = (byte) i;
        long[] digest = new long[Blake2b.WORDS];
        new Blake2b().hash(0x3176205868736148L, data, digest);
        assertThat(hex(digest)).startsWith(expected);
    }

    /** tevador/hashx, src/tests.c; the seeds end in the C strings' zero. */
    @ParameterizedTest
    @CsvSource({"This is a test, 0, 2b2f54567dcbea98fdb5d5e5ce9a65983c4a4e35ab1464b1efb61e83b7074bb2",
            "This is a test, 123456, aebdd50aa67c93afb82a4c534603b65e46decd584c55161c526ebc099415ccf1",
            "Lorem ipsum dolor sit amet, 123456, ab3d155bf4bbb0aa3a71b7801089826186e44300e6932e6ffd287cf302bbb0ba",
            "Lorem ipsum dolor sit amet, 987654321123456789, "
                    + "8dfef0497c323274a60d1d93292b68d9a0496379ba407b4341cf868a14d30113"})
    void referenceVectors(String seed, long input, String expected) {
        assertThat(hash(seed + "\0", input)).isEqualTo(expected);
    }

    /** Tor's arti, crates/hashx/tests/hashx_gen.rs: seeds whose programs take a second try at a register. */
    @ParameterizedTest
    @CsvSource({"llompmb, ce3917d056269f6e, cafda60c4c351be4ccdc8a9375fd9aea830200dc472da04651150868591bd32f",
            "nqgxgl, 502d1f959c141a1b, 73c0aa53b1c6a667e85c5c4d4263e0029b6c117ff29ca3d6f7c89db87500feea",
            "yatmebd, c431100bf283cd89, 3792c60a2616b04a8eebfb76ce11f7cb7786fd3d767a47f10a4f63db50a36e11",
            "jvanmtb, 399b83de5eb85d81, 24d1ce6019c3ceb4be0af9ea57ee636472902cce04c10cee97b07eb141904e2d",
            "amftbk, 81d20d7110e3c280, 04458aa05b54322ca87cd773d0177f223df0c930b4db6e0371ecb3c2cc653770",
            "ebrazua, ebc19ba9cafb0863, 41cb0b4b24551d26b0a98a57b4da5d22d03883a0626ed674995a6d8688b38bf9",
            "zsakied, d190bb98e2d7ebdf, 1c4b22f9710ef2a8fc54296e64b62580a1aaadc66ab4031549e9e30c57c2cc18",
            "wlmaqhb, f9b239ca5919578c, 1cf2a67e5836a0486580bde5a7e51551cf269eb05d53c8872375e11137f41937",
            "ezfvvx, 06b4a7079456083b, c0d2d29ce6d67d0ae6bf178b4d61359dd0e4631d7f2aab936b04c480c7259603",
            "jxzoddc, 1e37c61f64bb59c6, c3a9c90b17a74be31ad538d5d569dca7e77332ff92e4f68793ca0049b7a1a0cd"})
    void secondTries(String seed, String input, String expected) {
        assertThat(hash(seed, Long.parseUnsignedLong(input, 16))).isEqualTo(expected);
    }

    /** The same file: seeds whose programs stall, and so have no function. */
    @ParameterizedTest
    @ValueSource(strings = {"cflngib", "qzdfsbb", "klwysfa", "ijuorca", "naivvwc", "nnbved", "mhelht", "pjkzbyc",
            "hnpzsn", "qfjsfv", "\u00f9\u0005\0\0", "]\u0093\u0002\0"})
    void seedsWithoutFunction(String seed) {
        assertThat(function.seed(seed.getBytes(ISO_8859_1))).isFalse();
    }

    /** hashx_vectors.rs: the neighbours of the last two. */
    @Test
    void neighboursOfSeedsWithoutFunction() {
        assertThat(function.seed("\u00f8\u0005\0\0".getBytes(ISO_8859_1))).isTrue();
        assertThat(function.seed("^\u0093\u0002\0".getBytes(ISO_8859_1))).isTrue();
    }

    @Test
    void manyAtOnceHashAsOneAtATime() {
        RandomSource random = Seeds.random();
        HashXLanes lanes = new HashXLanes();
        long[] hashes = new long[1 << 16];
        for (int seeds = 0; seeds < 60; seeds++) {
            byte[] seed = random.bytes(random.nextInt(100));
            if (!function.seed(seed))
                continue;
            int count = HashXLanes.LANES * (1 + random.nextInt(seeds == 0 ? 128 : 4));
            lanes.hash(function, count, hashes);
            for (int i = 0; i < count; i++)
                assertThat(hashes[i]).as("seed %s, input %d", HexFormat.of().formatHex(seed), i)
                        .isEqualTo(function.hash(i));
        }
    }

    private String hash(String seed, long input) {
        assertThat(function.seed(seed.getBytes(ISO_8859_1))).isTrue();
        long[] digest = new long[4];
        function.hash(input, digest);
        assertThat(function.hash(input)).isEqualTo(digest[0]);
        return hex(digest);
    }

    private static String hex(long[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        return HexFormat.of().formatHex(bytes.array());
    }
}
