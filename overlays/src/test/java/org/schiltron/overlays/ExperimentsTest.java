package org.schiltron.overlays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

class ExperimentsTest {
    private static final List<Integer> KEYS = List.of(64, 1_000);

    private static Setup small(Experiments which, long seed) {
        int trials = which == Experiments.MATRIX ? 2 : 20; // of each of its cells
        return new Setup(seed, trials, 60, List.of(1, 2, 20), List.of(0, 5, 10, 15, 20, 25, 30, 40, 60), KEYS, 0.1);
    }

    private static Setup setup(int trials, int nodes, int perRole, int attacked, int keys, double noise) {
        return new Setup(1, trials, nodes, List.of(perRole), List.of(attacked), List.of(keys), noise);
    }

    @ParameterizedTest
    @EnumSource(Experiments.class)
    void theSameSetupGivesTheSameBytesAndFilesForEveryTableAndChart(Experiments which, @TempDir Path directory)
            throws IOException {
        Experiment one = which.run(small(which, 3));
        List<Path> files = one.write(directory.resolve("one"), "schiltron sim overlays");
        List<Path> others = which.run(small(which, 3)).write(directory.resolve("same"), "schiltron sim overlays");
        assertThat(one.name()).isEqualTo(which.name().toLowerCase(Locale.ROOT));
        assertThat(files).hasSize(one.tables().size() + one.charts().size() + 1);
        for (int i = 0; i < files.size(); i++)
            assertThat(others.get(i)).hasSameBinaryContentAs(files.get(i));
        assertThat(Files.readString(files.getLast())).contains("seed").contains("<svg").doesNotContain("src=")
                .doesNotContain("NaN").contains("schiltron sim overlays").endsWith("</html>\n");
        assertThat(one.claims()).allSatisfy(claim -> assertThat(claim.ours()).isNotBlank());
    }

    @ParameterizedTest
    @EnumSource(value = Experiments.class, mode = EnumSource.Mode.EXCLUDE, names = "SCANS")
    void anotherSeedDrawsAnother(Experiments which) {
        assertThat(which.run(small(which, 4)).tables()).isNotEqualTo(which.run(small(which, 3)).tables());
    }

    /** The claims that hold for any seed, by the numbers and not by luck. */
    @Test
    void whatHoldsHolds() {
        Experiment flooding = Experiments.FLOODING.run(small(Experiments.FLOODING, 5));
        assertThat(flooding.claims().getFirst().holds()).isTrue();
        assertThat(flooding.claims().getLast().holds()).isTrue();
        Table changed = flooding.tables().getLast();
        int ended = changed.columns().indexOf("ended_share");
        int lives = changed.columns().indexOf("key_lives_rounds");
        assertThat(changed.rows()).filteredOn(row -> (double) row.get(lives) < 1)
                .allSatisfy(row -> assertThat(row.get(ended)).isEqualTo(0.0)).hasSize(3);
        assertThat(changed.rows()).filteredOn(row -> (double) row.get(lives) > 100)
                .allSatisfy(row -> assertThat(row.get(ended)).isEqualTo(1.0)).hasSize(9);
    }

    /** Nobody attacked, nobody cut off; everybody attacked, everybody. */
    @Test
    void theEndsOfTheScaleAreCertain() {
        Table table = Experiments.SOS.run(small(Experiments.SOS, 6)).tables().getFirst();
        for (List<Object> row : table.rows()) {
            if (row.get(1).equals(0))
                assertThat(List.of(row.get(3), row.get(4), row.get(7), row.get(8))).containsOnly(0.0);
            if (row.get(1).equals(60))
                assertThat(List.of(row.get(3), row.get(4), row.get(7), row.get(8))).containsOnly(1.0);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsBounds() {
        assertThatThrownBy(() -> setup(0, 9, 3, 9, 2, 0)).hasMessage("trials 0: from 1 to 1000000");
        assertThatThrownBy(() -> setup(1, 2, 1, 0, 2, 0)).hasMessage("nodes 2: from 3 to 100000");
        assertThatThrownBy(() -> setup(1, 100_001, 1, 0, 2, 0)).hasMessage("nodes 100001: from 3 to 100000");
        assertThatThrownBy(() -> setup(1, 9, 4, 0, 2, 0)).hasMessage("per-role 4: from 1 to 3");
        assertThatThrownBy(() -> setup(1, 9, 0, 0, 2, 0)).hasMessage("per-role 0: from 1 to 3");
        assertThatThrownBy(() -> setup(1, 9, 3, 10, 2, 0)).hasMessage("attacked 10: from 0 to 9");
        assertThatThrownBy(() -> setup(1, 9, 3, -1, 2, 0)).hasMessage("attacked -1: from 0 to 9");
        assertThatThrownBy(() -> setup(1, 9, 3, 9, 1, 0)).hasMessage("keys 1: from 2 to 1073741824");
        assertThatThrownBy(() -> setup(1, 9, 3, 9, 2, 0.41)).hasMessage("noise 0.41: from 0 to 0.4");
        assertThatThrownBy(() -> setup(1, 9, 3, 9, 2, -0.1)).hasMessage("noise -0.1: from 0 to 0.4");
        assertThatThrownBy(() -> setup(1, 9, 3, 9, 2, Double.NaN)).hasMessage("noise NaN: from 0 to 0.4");
        assertThatThrownBy(() -> new Setup(1, 1, 9, List.of(), List.of(1), KEYS, 0))
                .hasMessage("per-role: number of values 0: from 1 to 6");
        assertThat(setup(1, 9, 3, 9, 2, 0.4).noise()).isEqualTo(0.4);
        assertThat(Setup.twentieths(10_000)).hasSize(20).contains(500, 10_000);
        assertThat(Setup.twentieths(3)).containsExactly(0, 1, 2, 3);
    }
}
