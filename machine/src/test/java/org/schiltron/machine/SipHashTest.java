package org.schiltron.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Against the vectors of the reference implementation (github.com/veorq/SipHash, vectors.h). */
class SipHashTest {
    /** SipHash-2-4 of the messages "", 00, 00 01, ... of 0 to 63 bytes under the key 00 01 ... 0f. */
    private static final String VECTORS_64 = ""
            + "310e0edd47db6f72fd67dc93c539f8745a4fa9d909806c0d2d7efbd796666785"
            + "b7877127e09427cf8da699cd64557618cee3fe586e46c9cb37d1018bf50002ab"
            + "6224939a79f5f593b0e4a90bdf82009ef3b9dd94c5bb5d7aa7ad6b22462fb3f4"
            + "fbe50e86bc8f1e75903d84c02756ea14eef27a8e90ca23f7e545be4961ca29a1"
            + "db9bc2577fcc2a3f9447be2cf5e99a699cd38d96f0b3c14bbd6179a71dc96dbb"
            + "98eea21af25cd6bec7673b2eb0cbf2d0883ea3e395675393c8ce5ccd8c030ca8"
            + "94af49f6c650adb8eab8858ade92e1bcf315bb5bb835d817adcf6b0763612e2f"
            + "a5c91da7acaa4dde716595876650a2a628ef495c53a387ad42c341d8fa92d832"
            + "ce7cf2722f512771e37859f94623f3a7381205bb1ab0e012ae97a10fd434e015"
            + "b4a31508beff4d3181396229f09079024d0cf49ee5d4dcca5c73336a76d8bf9a"
            + "d0a704536ba93e0e925958fcd6420cada915c29bc8067318952b79f3bc0aa6d4"
            + "f21df2e41d4535f987577519048f53a910a56cf5dfcd9adbeb75095ccd986cd0"
            + "51a9cb9ecba312e696afadfc2ce666c772fe52975a4364ee5a1645b276d592a1"
            + "b274cb8ebf87870a6f9bb4203de7b381eaecb2a30b22a87f9924a43cc1315724"
            + "bd838d3aafbf8db70b1a2a3265d51aea135079a3231ce660932b2846e4d70666"
            + "e1915f5cb1eca46cf325965ca16d629f575ff28e60381be5724506eb4c328a95";
    /** SipHash-2-4-128 of 00 01 ... 07 under the same key. */
    private static final String VECTOR_128 = "3b62a9ba6258f5610f83e264f31497b4";

    private static final byte[] KEY = counting(16);

    @Test
    void referenceVectors64() {
        SipHash hash = SipHash.fromKey(KEY, 0);
        for (int length = 0; length < 64; length++) {
            long expected = littleEndian(HexFormat.of().parseHex(VECTORS_64, 16 * length, 16 * length + 16), 0);
            assertThat(hash.hash(MemorySegment.ofArray(counting(length)), 0, length)).as("%d bytes", length)
                    .isEqualTo(expected);
        }
    }

    @Test
    void referenceVector128() {
        byte[] expected = HexFormat.of().parseHex(VECTOR_128);
        long k0 = littleEndian(KEY, 0);
        long k1 = littleEndian(KEY, 8);
        long word = littleEndian(counting(8), 0);
        assertThat(SipHash.hash128(k0, k1, word, false)).isEqualTo(littleEndian(expected, 0));
        assertThat(SipHash.hash128(k0, k1, word, true)).isEqualTo(littleEndian(expected, 8));
    }

    @Test
    void offsetsAndNativeMemoryGiveTheSame() {
        SipHash hash = SipHash.fromKey(counting(24), 8);
        MemorySegment onHeap = MemorySegment.ofArray(counting(64));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment offHeap = arena.allocate(100).asSlice(3);
            MemorySegment.copy(onHeap, 0, offHeap, 0, 64);
            for (int offset = 0; offset < 16; offset++) {
                for (int length = 0; length <= 48; length++)
                    assertThat(hash.hash(offHeap, offset, length)).isEqualTo(hash.hash(onHeap, offset, length))
                            .isEqualTo(hash.hash(onHeap.asSlice(offset, length), 0, length));
            }
        }
    }

    @Test
    void threeWordsAreTheirTwentyFourBytes() {
        byte[] bytes = counting(40);
        SipHash hash = SipHash.fromKey(KEY, 0);
        for (int at = 0; at < 16; at++)
            assertThat(hash.hash(littleEndian(bytes, at), littleEndian(bytes, at + 8), littleEndian(bytes, at + 16)))
                    .isEqualTo(hash.hash(MemorySegment.ofArray(bytes), at, 24));
    }

    @Test
    void imagesDependOnEveryBitOfTheNonce() {
        long high = SipHash.imageHigh(1, 2);
        long low = SipHash.imageLow(1, 2);
        for (int bit = 0; bit < 64; bit++) {
            assertThat(SipHash.imageHigh(1 ^ 1L << bit, 2)).isNotEqualTo(high);
            assertThat(SipHash.imageHigh(1, 2 ^ 1L << bit)).isNotEqualTo(high);
            assertThat(SipHash.imageLow(1 ^ 1L << bit, 2)).isNotEqualTo(low);
            assertThat(SipHash.imageLow(1, 2 ^ 1L << bit)).isNotEqualTo(low);
        }
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte) i;
        return bytes;
    }

    private static long littleEndian(byte[] bytes, int at) {
        long word = 0;
        for (int i = 7; i >= 0; i--)
            word = word << 8 | bytes[at + i] & 0xff;
        return word;
    }
}
