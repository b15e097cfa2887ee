package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.schiltron.figures.Experiment;

/** The public data that the figures are made of, where it lies beside the project; elsewhere these tests are skipped. */
class RealDataTest {
    private static final Path DATA = Path.of("..", "..", "shared", "data");
    private static final Path GRAPH_2024 = DATA.resolve("asrel/20240801.as-rel2.txt.bz2");
    private static final Path GRAPH_2008 = DATA.resolve("asrel/20080101.as-rel.txt.bz2");

    @BeforeAll
    static void isThere() {
        assumeTrue(Files.isReadable(GRAPH_2024), "no data beside the project");
    }

    @Test
    void theGraphOf2024IsWhole() throws IOException {
        AsRelFile file = AsRelFile.load(GRAPH_2024);
        assertThat(file.graph().size()).isEqualTo(77_242);
        assertThat(file.graph().links()).as("160,571 to customers, 411,302 between peers").isEqualTo(571_873);
        assertThat(file.apart()).isZero();
        Routes routes = new Routes(file.graph());
        for (int destination = 0; destination < file.graph().size(); destination += 19_309) {
            routes.to(destination);
            int reached = 0;
            for (int u = 0; u < file.graph().size(); u++) {
                if (!routes.reaches(u))
                    continue;
                reached++;
                RoutesTest.assertValleyFree(file.graph(), routes.path(u));
            }
            assertThat(reached).as("of 77,242, to AS%d", file.graph().asn(destination)).isGreaterThan(75_000);
        }
    }

    @Test
    void theGraphOf2008HasTwoAsesApart() throws IOException {
        AsRelFile file = AsRelFile.load(GRAPH_2008);
        assertThat(file.graph().size()).isEqualTo(27_320);
        assertThat(file.graph().links()).isEqualTo(75_094);
        assertThat(file.apart()).isEqualTo(2);
    }

    /** Bots, uplinks, addresses and hosters together: what the figure of today is made of. */
    @Test
    void todaysBotnetFillsTheHomeNetworksOfTheGraph() throws IOException {
        Setup setup = new Setup(new WorldFiles(GRAPH_2024, DATA.resolve("asattr/ipfire-20221029-as-ipcount-cc.tsv.xz"),
                DATA.resolve("botnet/bots-per-as-20260822.tsv.xz"), DATA.resolve("botnet/oxl-kind_hosting.csv"),
                DATA.resolve("asattr/speedtest-2020.04-speed-data.json.xz")), 1_000, 1, 1, 20, 4, Setup.ANY);
        World world = setup.world(Progress.SILENT);
        for (int u = 0; u < world.graph().size(); u++)
            assertThat(world.bots()[u] == 0 || world.hosting()[u] == 0).as("AS%d", world.graph().asn(u)).isTrue();
        Experiment sized = Size.run(setup, new SizeQuestion(50e9, 1e9, 10e9, 0.03, 24), Progress.SILENT);
        assertThat(sized.title()).startsWith("50 Gbit/s against 1 Gbit/s of clients: ");
        assertThat((long) sized.tables().getFirst().rows().get(3).get(2)).as("mailboxes of 1 Gbit/s, one copy")
                .isBetween(48L, 80L);
    }
}
