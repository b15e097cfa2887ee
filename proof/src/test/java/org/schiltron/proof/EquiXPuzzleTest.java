package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

final class EquiXPuzzleTest {
    private final EquiXPuzzle puzzle = new EquiXPuzzle();

    /** docs/PROTOCOL.md, "Equi-X". */
    @Test
    void vector() {
        byte[] target = new byte[32];
        for (int i = 0; i < 32; i++)
            target[i] = (byte) i;
        EquiXPuzzle.Search search = new EquiXPuzzle.Search(target, 0x0102030405060700L);
        search.run(20);
        assertThat(search.nonce()).isEqualTo(0x0102030405060712L);
        assertThat(HexFormat.of().formatHex(search.solution())).isEqualTo("a617b63704311aae0d26d09d049398e3");
        assertThat(search.bits()).isEqualTo(5);
        assertThat(search.trials()).isEqualTo(37);
        assertThat(puzzle.bits(target, search.solution())).isEqualTo(5);
        assertThat(puzzle.verify(target, search.nonce(), search.solution())).isTrue();
    }

    @Test
    void whatASearchKeepsHoldsAndGetsBetter() {
        RandomSource random = Seeds.random();
        byte[] target = random.bytes(32);
        EquiXPuzzle.Search search = new EquiXPuzzle.Search(target, random.nextLong());
        assertThat(search.bits()).isEqualTo(-1);
        assertThat(search.solution()).isEmpty();
        int before = -1;
        for (int i = 0; i < 20; i++) {
            boolean better = search.run(1);
            assertThat(search.bits() > before).isEqualTo(better);
            before = search.bits();
            if (better) {
                assertThat(puzzle.bits(target, search.solution())).isEqualTo(before);
                assertThat(puzzle.verify(target, search.nonce(), search.solution())).isTrue();
            }
        }
        assertThat(search.trials()).isPositive();
        assertThat(puzzle.verify(target, search.nonce() + 1, search.solution())).isFalse();
        target[31] ^= 1;
        assertThat(puzzle.verify(target, search.nonce(), search.solution())).isFalse();
    }

    /** Of random bytes a half claims a bit, a quarter two: the claim says nothing of what it took. */
    @Test
    void claimsAreOfTheHashAlone() {
        RandomSource random = Seeds.random();
        byte[] target = random.bytes(32);
        int[] atLeast = new int[8];
        for (int i = 0; i < 4_096; i++) {
            int bits = puzzle.bits(target, random.bytes(16));
            for (int b = 0; b <= Math.min(bits, 7); b++)
                atLeast[b]++;
        }
        for (int b = 0; b < 6; b++)
            assertThat(atLeast[b]).as("%d bits", b).isBetween((4_096 >> b) * 2 / 5, (4_096 >> b) * 5 / 3);
    }

    /** The target of a hello: the solution is of all of it, the effort of its end. */
    @Test
    void ofALongerTargetTheLast32BytesAreInTheEffortAndAllInTheSolution() {
        RandomSource random = Seeds.random();
        byte[] target = random.bytes(HelloTarget.BYTES);
        EquiXPuzzle.Search search = new EquiXPuzzle.Search(target, random.nextLong());
        while (search.bits() < 1)
            search.run(1);
        byte[] end = Arrays.copyOfRange(target, HelloTarget.BYTES - 32, HelloTarget.BYTES);
        assertThat(puzzle.bits(end, search.solution())).isEqualTo(search.bits());
        assertThat(puzzle.verify(target, search.nonce(), search.solution())).isTrue();
        assertThat(puzzle.verify(end, search.nonce(), search.solution())).isFalse();
        target[0] ^= 1;
        assertThat(puzzle.bits(target, search.solution())).isEqualTo(search.bits());
        assertThat(puzzle.verify(target, search.nonce(), search.solution())).isFalse();
    }

    @Test
    void otherLengthsClaimNothing() {
        assertThat(puzzle.bits(new byte[32], new byte[15])).isZero();
        assertThat(puzzle.verify(new byte[32], 0, new byte[15])).isFalse();
    }
}
