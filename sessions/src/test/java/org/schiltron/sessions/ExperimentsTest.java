package org.schiltron.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.figures.Experiment;
import org.schiltron.figures.Table;

class ExperimentsTest {
    private static final long SEED = Long.getLong("schiltron.seed", 1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @EnumSource(Experiments.class)
    void theSameSetupGivesTheSameBytesAndAnotherSeedOthers(Experiments figure) throws IOException {
        String first = figure.run(new Setup(null, SEED, 1, 0.02)).html("");
        assertThat(figure.run(new Setup(null, SEED, 1, 0.02)).html("")).as("seed %d", SEED).isEqualTo(first);
        assertThat(figure.run(new Setup(null, SEED + 1, 1, 0.02)).html("")).as("seed %d", SEED).isNotEqualTo(first);
    }

    /** With nothing lost but at the attacked mailboxes: all comes before, and the stream is whole after. */
    @Test
    void underAttackAStreamKeepsItsRateAndItsSenderSendsMore() throws IOException {
        Experiment experiment = Experiments.FIG5.run(new Setup(null, SEED, 1, 0));
        Table seconds = experiment.tables().getFirst();
        double received = 0;
        for (int i = 0; i < Attack.SECONDS; i++) {
            List<Object> row = seconds.rows().get(i);
            received += (double) row.get(2);
            if (i > 0 && i < Attack.FROM_SECOND)
                assertThat((double) row.get(2)).as("second %d, seed %d", i, SEED).isEqualTo(Probes.PER_SECOND);
        }
        assertThat(received).as("seed %d", SEED).isGreaterThan((Attack.SECONDS - 1) * Probes.PER_SECOND);
        assertThat((double) seconds.rows().get(Attack.FROM_SECOND).get(1)).as("sent in the first second of the attack")
                .isGreaterThan((double) seconds.rows().get(Attack.FROM_SECOND - 1).get(1));
        assertThat((double) seconds.rows().get(Attack.FROM_SECOND).get(4)).as("datagrams in that second")
                .isLessThan(Probes.PER_SECOND);
    }

    @Test
    void aMatrixWithTooFewSitesIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("rtt"), ("1 ".repeat(30) + "\n").repeat(30));
        for (Experiments figure : Experiments.values())
            assertThatThrownBy(() -> figure.run(new Setup(file, SEED, 1, 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("rtt: two hosts and 10 mailboxes");
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new Setup(null, SEED, 0, 0)).hasMessage("pairs 0: from 1 to 100000");
        assertThatThrownBy(() -> new Setup(null, SEED, 1, -0.1)).hasMessage("loss -0.1: from 0 to 0.1");
    }
}
