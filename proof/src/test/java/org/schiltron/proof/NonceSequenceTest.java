package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class NonceSequenceTest {
    private static final byte[] SECRET = HexFormat.of()
            .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    private static final List<Function<byte[], NonceSequence>> KINDS = List.of(IteratedSequence::new,
            KeyedSequence::new, NonceSequence::ofSecret);

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVectors() {
        NonceSequence iterated = new IteratedSequence(SECRET);
        assertThat(nonce(iterated, 0)).isEqualTo("7c26fdd1387b71ca2b32c77780879333");
        assertThat(nonce(iterated, 1)).isEqualTo("a73200a77111f5cb08bb814478458536");
        assertThat(nonce(iterated, 2)).isEqualTo("e88374071cb6c8b1d57ff8b739504588");
        assertThat(nonce(iterated, 1_000)).isEqualTo("ecdcbdf873c60cc54babd1ce34b4a836");
        NonceSequence keyed = new KeyedSequence(SECRET);
        assertThat(nonce(keyed, 0)).isEqualTo("4bd382f0f7ea30211a51bb2b6734e263");
        assertThat(nonce(keyed, 1)).isEqualTo("72588617ea1ab954ee4503c73e5801b3");
        assertThat(nonce(keyed, 2)).isEqualTo("03ce2115016e52560e8339d011e70787");
        assertThat(nonce(keyed, 1_000)).isEqualTo("8ba0c34946ef1995b8644e854ef3a6f7");
    }

    @Test
    void theIteratedSequenceIsThePapers() {
        byte[] x = Primitives.sha256(SECRET, SECRET);
        NonceSequence sequence = new IteratedSequence(SECRET);
        for (int i = 0; i < 300; i++) {
            byte[] nonce = Arrays.copyOf(x, 16);
            assertThat(nonce(sequence, i)).isEqualTo(HexFormat.of().formatHex(nonce));
            x = Primitives.sha256(nonce, SECRET);
        }
    }

    @Test
    void theKeyedSequenceIsAesOfTheIndex() throws Exception {
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Primitives.expand(SECRET, "schiltron nonces", 16), "AES"));
        NonceSequence sequence = new KeyedSequence(SECRET);
        for (long index : new long[]{0, 1, 63, 64, 1L << 32, Long.MAX_VALUE}) {
            byte[] block = new byte[16];
            for (int i = 0; i < 8; i++)
                block[8 + i] = (byte) (index >>> (56 - 8 * i));
            assertThat(nonce(sequence, index)).isEqualTo(HexFormat.of().formatHex(aes.doFinal(block)));
        }
    }

    @Test
    void anyOrderOfAskingGivesTheSameNonces() {
        RandomSource random = Seeds.random();
        byte[] secret = random.bytes(32);
        for (Function<byte[], NonceSequence> kind : KINDS) {
            long[] all = new long[2 * 12_000];
            kind.apply(secret).generate(0, 12_000, all, 0);
            NonceSequence sequence = kind.apply(secret);
            int highest = 0;
            for (int ask = 0; ask < 2_000; ask++) {
                int count = random.nextInt(200);
                int from = Math.max(0, highest - IteratedSequence.MEMORY);
                int first = Math.min(12_000 - count, from + random.nextInt(IteratedSequence.MEMORY + 300));
                long[] some = new long[2 * count + 5];
                sequence.generate(first, count, some, 3);
                assertThat(Arrays.copyOfRange(some, 3, 3 + 2 * count))
                        .isEqualTo(Arrays.copyOfRange(all, 2 * first, 2 * (first + count)));
                assertThat(some[2]).isZero();
                assertThat(some[2 * count + 3]).isZero();
                highest = Math.max(highest, first + count - 1);
            }
        }
    }

    @Test
    void noncesAreDistinctAndDependOnTheSecret() {
        for (Function<byte[], NonceSequence> kind : KINDS) {
            Set<String> seen = new HashSet<>();
            for (int key = 0; key < 3; key++) {
                NonceSequence sequence = kind.apply(Arrays.copyOf(new byte[]{(byte) key}, 32));
                for (int i = 0; i < 5_000; i++)
                    assertThat(seen.add(nonce(sequence, i))).isTrue();
            }
        }
    }

    @Test
    void theIteratedSequenceForgets() {
        IteratedSequence sequence = new IteratedSequence(SECRET);
        long[] one = new long[2];
        sequence.generate(20_000, 1, one, 0);
        sequence.generate(20_000 - IteratedSequence.MEMORY, 1, one, 0);
        assertThatThrownBy(() -> sequence.generate(10_000, 1, one, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("forgotten");
        sequence.generate(20_001, 1, one, 0);
        NonceSequence fresh = new IteratedSequence(SECRET);
        assertThat(nonce(fresh, 20_001)).isEqualTo("%016x%016x".formatted(one[0], one[1]));
    }

    @Test
    void badArgumentsAreRefused() {
        for (Function<byte[], NonceSequence> kind : KINDS) {
            assertThatThrownBy(() -> kind.apply(new byte[15])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kind.apply(new byte[65])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kind.apply(SECRET).generate(-1, 1, new long[2], 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static String nonce(NonceSequence sequence, long index) {
        long[] words = new long[2];
        sequence.generate(index, 1, words, 0);
        return "%016x%016x".formatted(words[0], words[1]);
    }
}
