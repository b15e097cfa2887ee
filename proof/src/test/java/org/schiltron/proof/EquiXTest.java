package org.schiltron.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.EquiX.Verdict;

/** Against the vectors of Tor (arti, crates/equix/tests; those of tor_equix_vectors.rs are from C Tor's test_crypto.c). */
final class EquiXTest {
    private final EquiX equiX = new EquiX();

    @ParameterizedTest
    @CsvSource({"bsipdp, ''", "espceob, ''", "qqq, ''", "0123456789, ''", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz, ''",
            "zzz, ae21 d392 3215 dd9c 2f08 93df 232c e5dc", "rrr, 0873 57a8 73e0 912e 1ca8 ad96 9abd d7de",
            "'', 0098 3a4d c489 cfba 7ef3 a498 a00f ec20;78d8 8611 a4df ec19 0927 a729 842f f771;"
                    + "54b5 cc11 1593 e624 9357 b339 b138 ed99",
            "a, 4b38 8c81 9255 ad99 5ce7 eb3e c635 ee38;3f9e 659b 9ae6 b891 63ae 777c 06ca c593;"
                    + "2227 a173 365a b47d 1bb2 a077 0d5e f25f",
            "abc, 371f 8865 8189 fbc3 26df e4c0 ab39 fe5a;2101 b88f c525 ccb3 5785 a41e 4fba ed18",
            "abce, 4fca 72eb 101f afab 1add 2d71 75a3 c978;17f1 7aa6 23e3 ab00 7e2f 917e 16da da9e;"
                    + "70ee 7757 8a54 bd2b 90e4 e31e 2085 e47e;62c5 86d1 5752 e1f0 12da 8f33 7336 f161",
            "01234567890123456789, 4803 6775 c5c9 d1b0 1bc3 e4f6 4027 f5ad;5a8a 9542 ef99 f0b9 4905 4e29 2da5 fbd5;"
                    + "4c79 c935 2bcb cd0f 0362 9fa9 a62e f83a;5878 6edf 1e00 f5e3 43de 9212 d01e fd11;"
                    + "0b69 2d17 01be 6cb4 0fba 4a9e 8d75 a50f"})
    void solutions(String challenge, String expected) {
        List<byte[]> wanted = new ArrayList<>();
        for (String solution : expected.isEmpty() ? new String[0] : expected.split(";", -1))
            wanted.add(solution(solution));
        List<byte[]> found = solve(challenge.getBytes(US_ASCII));
        assertThat(found).containsExactlyInAnyOrderElementsOf(wanted);
        for (byte[] solution : found)
            assertThat(equiX.verify(challenge.getBytes(US_ASCII), solution)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"a, 2227 a173 365a b47d 1bb2 a077 0d5e f25f, OK",
            "a, 1bb2 a077 0d5e f25f 2220 a173 365a b47d, ORDER",
            "a, 2220 a173 365a b47d 1bb2 a077 0d5e f25f, PARTIAL_SUM",
            "tvfdrjb, 0000 0001 0002 0003 0004 0005 0006 0007, CHALLENGE",
            "zuneuh, 0000 0001 0002 0003 0004 0005 0006 0007, CHALLENGE"})
    void verdicts(String challenge, String solution, Verdict expected) {
        assertThat(check(challenge.getBytes(US_ASCII), solution(solution))).isEqualTo(expected);
    }

    /** The first is two fours that each end in 30 zeros, of a challenge's own, whose sum is not 0. */
    @Test
    void twoFoursThatDoNotAddUp() {
        byte[] challenge = "abce".getBytes(US_ASCII);
        byte[] one = solution("4fca 72eb 101f afab 1add 2d71 75a3 c978");
        byte[] other = solution("17f1 7aa6 23e3 ab00 7e2f 917e 16da da9e");
        byte[] mixed = one.clone();
        System.arraycopy(other, 8, mixed, 8, 8);
        assertThat(check(challenge, mixed)).isEqualTo(Verdict.FINAL_SUM);
        assertThat(equiX.verify(challenge, mixed)).isFalse();
    }

    /** The reference's own count of the first 20 challenges (equix_verify.rs). */
    @Test
    void asManySolutionsAsTheReferenceFinds() {
        Set<String> all = new HashSet<>();
        int count = 0;
        for (int i = 0; i < 20; i++) {
            for (byte[] solution : solve(new byte[]{(byte) i, 0, 0, 0})) {
                all.add(i + ":" + HexFormat.of().formatHex(solution));
                count++;
            }
        }
        assertThat(count).isEqualTo(38);
        assertThat(all).hasSize(38);
    }

    /** One of 40,320 (src/tests.c, test_permutations), and 314 fail by their sums alone (equix_verify.rs). */
    @Test
    void oneOrderOnly() {
        byte[] challenge = {0, 0, 0, 0};
        List<byte[]> found = solve(challenge);
        assertThat(found).hasSize(1);
        Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        permute(challenge, found.getFirst(), 0, verdicts);
        assertThat(verdicts.get(Verdict.OK)).isEqualTo(1);
        assertThat(verdicts.getOrDefault(Verdict.PARTIAL_SUM, 0) + verdicts.getOrDefault(Verdict.FINAL_SUM, 0))
                .isEqualTo(314);
    }

    @Test
    void noSingleBitOfASolutionOrItsChallengeCanChange() {
        RandomSource random = Seeds.random();
        byte[] challenge = random.bytes(40);
        List<byte[]> found = solve(challenge);
        for (; found.isEmpty(); found = solve(challenge))
            challenge = random.bytes(40);
        byte[] solution = found.getFirst();
        assertThat(equiX.verify(challenge, solution)).isTrue();
        for (int bit = 0; bit < 8 * solution.length; bit++)
            assertThat(equiX.verify(challenge, flipped(solution, bit))).as("bit %d", bit).isFalse();
        for (int bit = 0; bit < 8 * challenge.length; bit++)
            assertThat(equiX.verify(flipped(challenge, bit), solution)).as("challenge bit %d", bit).isFalse();
        assertThat(equiX.verify(challenge, solution)).isTrue();
    }

    @Test
    void randomBytesSolveNothing() {
        RandomSource random = Seeds.random();
        for (int i = 0; i < 5_000; i++) {
            byte[] solution = random.bytes(16);
            if ((i & 1) == 0) // in order, so that the hashes are looked at
                Arrays.fill(solution, (byte) i);
            assertThat(equiX.verify(random.bytes(random.nextInt(300)), solution)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "15", "17", "1000"})
    void otherLengthsSolveNothing(int length) {
        assertThat(equiX.verify(new byte[40], new byte[length])).isFalse();
    }

    @Test
    void tooLittleRoom() {
        assertThatThrownBy(() -> equiX.solve(new byte[40], new byte[127])).hasMessageContaining("128");
    }

    private List<byte[]> solve(byte[] challenge) {
        byte[] into = new byte[EquiX.MAX_SOLUTIONS * EquiX.SOLUTION_BYTES];
        int count = equiX.solve(challenge, into);
        List<byte[]> solutions = new ArrayList<>();
        for (int i = 0; i < count; i++)
            solutions.add(Arrays.copyOfRange(into, 16 * i, 16 * i + 16));
        return solutions;
    }

    private Verdict check(byte[] challenge, byte[] solution) {
        return equiX.check(challenge, word(solution, 0), word(solution, 8));
    }

    private void permute(byte[] challenge, byte[] solution, int from, Map<Verdict, Integer> verdicts) {
        if (from == 7) {
            verdicts.merge(check(challenge, solution), 1, Integer::sum);
            return;
        }
        for (int i = from; i < 8; i++) {
            swap(solution, from, i);
            permute(challenge, solution, from + 1, verdicts);
            swap(solution, from, i);
        }
    }

    private static void swap(byte[] solution, int a, int b) {
        for (int i = 0; i < 2; i++) {
            byte kept = solution[2 * a + i];
            solution[2 * a + i] = solution[2 * b + i];
            solution[2 * b + i] = kept;
        }
    }

    private static long word(byte[] bytes, int at) {
        long word = 0;
        for (int i = 7; i >= 0; i--)
            word = word << 8 | bytes[at + i] & 0xff;
        return word;
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
        return flipped;
    }

    /** From indices in hexadecimal. */
    private static byte[] solution(String indices) {
        byte[] bytes = new byte[16];
        int at = 0;
        for (String index : indices.split(" ", -1)) {
            int i = Integer.parseInt(index, 16);
            bytes[at++] = (byte) i;
            bytes[at++] = (byte) (i >> 8);
        }
        return bytes;
    }
}
