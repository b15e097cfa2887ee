package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

class PuzzleTest {
    private static final long NOW = 1_800_000_000;
    private static final Path HERE = Path.ofIpv4(0xc0000201, 4_500);
    private static final Path THERE = Path.ofIpv4(0xc0000202, 4_500);

    private final EdgeKey key = new EdgeKey(new byte[32]);
    private final Puzzle puzzle = new Puzzle(key, 12, new SeededRandom(1));

    private String solution() {
        String issued = puzzle.issue(NOW);
        return Solver.solve(issued, puzzle.challenge(issued, HERE, "shop.example"), puzzle.partBits());
    }

    @Test
    void aSolutionCountsOnce() {
        String solution = solution();
        assertThat(puzzle.check(solution, HERE, "shop.example", NOW + 9)).isEqualTo(Puzzle.Outcome.SOLVED);
        assertThat(puzzle.check(solution, HERE, "shop.example", NOW + 9)).isEqualTo(Puzzle.Outcome.SPENT);
        assertThat(puzzle.check(solution(), HERE, "shop.example", NOW + 9)).isEqualTo(Puzzle.Outcome.SOLVED);
    }

    @Test
    void itCountsForOneAddressHostKeyAndEffort() {
        String solution = solution();
        assertThat(puzzle.check(solution, THERE, "shop.example", NOW)).isEqualTo(Puzzle.Outcome.WRONG);
        assertThat(puzzle.check(solution, HERE, "other.example", NOW)).isEqualTo(Puzzle.Outcome.WRONG);
        Puzzle harder = new Puzzle(key, 13, new SeededRandom(1));
        assertThat(harder.check(solution, HERE, "shop.example", NOW)).isEqualTo(Puzzle.Outcome.WRONG);
        Puzzle foreign = new Puzzle(new EdgeKey(new SeededRandom(9).bytes(32)), 12, new SeededRandom(1));
        assertThat(foreign.check(solution, HERE, "shop.example", NOW)).isEqualTo(Puzzle.Outcome.WRONG);
        assertThat(puzzle.check(solution, HERE, "shop.example", NOW)).isEqualTo(Puzzle.Outcome.SOLVED);
    }

    @Test
    void anotherEdgeWithTheSameKeyTakesItToo() {
        assertThat(new Puzzle(key, 12, new SeededRandom(2)).check(solution(), HERE, "shop.example", NOW))
                .isEqualTo(Puzzle.Outcome.SOLVED);
    }

    @Test
    void itGetsOldAndDoesNotComeFromTheFuture() {
        String solution = solution();
        assertThat(puzzle.check(solution, HERE, "shop.example", NOW + Puzzle.LIFETIME_SECONDS + 1))
                .isEqualTo(Puzzle.Outcome.OLD);
        assertThat(puzzle.check(solution, HERE, "shop.example", NOW - 3_600)).isEqualTo(Puzzle.Outcome.WRONG);
        assertThat(puzzle.check(solution, HERE, "shop.example", NOW + Puzzle.LIFETIME_SECONDS))
                .isEqualTo(Puzzle.Outcome.SOLVED);
    }

    /** Each counter is for its place: one good one does not stand for all. */
    @Test
    void countersCannotChangePlaces() {
        String[] parts = solution().split("\\.");
        String first = parts[2];
        for (int i = 2; i < parts.length; i++)
            parts[i] = first;
        assertThat(puzzle.check(String.join(".", parts), HERE, "shop.example", NOW)).isEqualTo(Puzzle.Outcome.WRONG);
    }

    @Test
    void mutantsAreNoSolutions() {
        RandomSource random = Fuzz.random();
        byte[] valid = solution().getBytes(StandardCharsets.US_ASCII);
        Fuzz.mutants(random, List.of(valid), mutant -> {
            String text = new String(mutant, StandardCharsets.ISO_8859_1);
            Puzzle.Outcome outcome = puzzle.check(text, HERE, "shop.example", NOW);
            assertThat(outcome == Puzzle.Outcome.SOLVED || outcome == Puzzle.Outcome.SPENT)
                    .isEqualTo(sixteenGood(text));
        });
    }

    /** Other counters may be right by chance: one in 256 each. */
    private boolean sixteenGood(String text) {
        Puzzle fresh = new Puzzle(key, 12, new SeededRandom(3));
        return fresh.check(text, HERE, "shop.example", NOW) == Puzzle.Outcome.SOLVED;
    }

    @Test
    void effortHasItsRange() {
        assertThatThrownBy(() -> new Puzzle(key, 7, new SeededRandom(1))).hasMessageContaining("8 to 28");
        assertThatThrownBy(() -> new Puzzle(key, 29, new SeededRandom(1))).hasMessageContaining("8 to 28");
        assertThatThrownBy(() -> new EdgeKey(new byte[15])).hasMessageContaining("16 bytes");
    }
}
