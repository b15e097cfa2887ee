package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
    private static final Setup SMALL = new Setup(WorldFiles.NONE, 1_000, 3, 20_000, 200, 4, Setup.ANY);

    @ParameterizedTest
    @EnumSource(Experiments.class)
    void theSameSetupGivesTheSameBytesAndFilesForEveryTableAndChart(Experiments which, @TempDir Path directory)
            throws IOException {
        Experiment one = which.run(SMALL, Progress.SILENT);
        Experiment same = which.run(SMALL, Progress.SILENT);
        List<Path> files = one.write(directory.resolve("one"), "schiltron sim internet");
        List<Path> others = same.write(directory.resolve("same"), "schiltron sim internet");
        assertThat(files).hasSize(one.tables().size() + one.charts().size() + 1);
        for (int i = 0; i < files.size(); i++)
            assertThat(others.get(i)).hasSameBinaryContentAs(files.get(i));
        String page = Files.readString(files.getLast());
        assertThat(page).contains("seed 3").contains("<svg").doesNotContain("http://www.example")
                .doesNotContain("src=").contains("schiltron sim internet").endsWith("</html>\n");
        assertThat(one.claims()).allSatisfy(claim -> assertThat(claim.ours()).isNotBlank());
    }

    @Test
    void anotherSeedGivesAnotherWorld() throws IOException {
        Setup other = new Setup(WorldFiles.NONE, 1_000, 4, 20_000, 200, 4, Setup.ANY);
        assertThat(Experiments.POINT.run(other, Progress.SILENT).tables())
                .isNotEqualTo(Experiments.POINT.run(SMALL, Progress.SILENT).tables());
    }

    @Test
    void withoutBotsNothingIsLost() throws IOException {
        Setup calm = new Setup(WorldFiles.NONE, 1_000, 3, 0, 200, 0, Setup.ANY);
        Table table = Experiments.POINT.run(calm, Progress.SILENT).tables().getFirst();
        for (List<Object> row : table.rows()) {
            assertThat(row.get(table.columns().indexOf("lossless_share"))).isEqualTo(1.0);
            assertThat(row.get(table.columns().indexOf("loss_mean"))).isEqualTo(0.0);
        }
    }

    /** On a star all bots reach the mailboxes, and each access link loses what does not fit it. */
    @Test
    void lossAtAccessLinksIsWhatDoesNotFit(@TempDir Path directory) throws IOException {
        StringBuilder links = new StringBuilder();
        for (int customer = 2; customer <= 60; customer++)
            links.append("1|").append(customer).append("|-1\n");
        Path file = Files.writeString(directory.resolve("star"), links);
        Setup setup = new Setup(new WorldFiles(file, null, null, null, null), 1_000, 5, 40_000, 59, 0, Setup.ANY);
        World world = setup.world(Progress.SILENT);
        Mailboxes mailboxes = Mailboxes.placed(world.hosting(), 59);
        boolean[] all = new boolean[60];
        java.util.Arrays.fill(all, true);
        int server = setup.serverNode(world);
        Ways ways = Ways.of(world.graph(), mailboxes, new int[]{server}, all, true, _ -> {
        })[0];
        Capacities wide = new Capacities("wide", new double[]{1e6, 1e6, 1e6, 1e6}, new int[]{1, 1, 1, 1});
        Botnet botnet = Botnet.of(world, 40_000, 59, 5);
        Siege.Result result = new Siege(new Scene(world, server, mailboxes, ways), wide, 100e6, 1e9, 160e6, 0).against(
                botnet,
                new boolean[60], _ -> {
                });
        double own = 160e6 / 59;
        for (int i = 0; i < 59; i++) {
            assertThat(result.flood()[i]).isCloseTo(botnet.targets()[i] * botnet.total(), within(1.0));
            assertThat(result.arrives()[i]).isCloseTo(
                    100e6 / (result.flood()[i] + own * (1 + Siege.REQUEST_SHARE)), within(1e-9));
        }
        assertThat(result.mean()).isBetween(0.1, 0.3); // 33 Gbit/s at 5.9
        Sizing sizing = Sizing.of(new Siege(new Scene(world, server, mailboxes, ways), wide, 100e6, 1e9, 160e6, 0),
                result);
        long needed = sizing.needed(100e6, 1, 0.5);
        assertThat(sizing.passing(needed, 100e6)).isGreaterThanOrEqualTo(0.5);
        assertThat(sizing.passing(needed - 1, 100e6)).isLessThan(0.5);
        assertThat(needed).isBetween((long) (botnet.total() / 100e6 / 2 * 0.9),
                (long) (botnet.total() / 100e6 / 2 * 1.3));
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsBounds() throws IOException {
        assertThatThrownBy(() -> new Setup(WorldFiles.NONE, 1_000, 1, -1, 10, 4, Setup.ANY))
                .hasMessage("bots -1: from 0 to 1000000000");
        Setup elsewhere = new Setup(WorldFiles.NONE, 1_000, 1, 10, 10, 4, 4_000_000_000L);
        assertThatThrownBy(() -> Experiments.POINT.run(elsewhere, Progress.SILENT))
                .hasMessage("server 4000000000: not in the graph");
    }
}
