package org.schiltron.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The round trips measured between hosts of PlanetLab, where they lie beside the project; elsewhere these tests are skipped. */
class RealDataTest {
    private static final Path RTT = Path.of("..", "..", "shared", "data", "rtt", "PlanetLabData_1.490x490.txt.xz");

    @BeforeAll
    static void isThere() {
        assumeTrue(Files.isReadable(RTT), "no data beside the project");
    }

    @Test
    void theMatrixIsWholeAndItsPairsFindMailboxes() throws IOException {
        Scene scene = new Setup(RTT, 1, 1, 0).scene();
        assertThat(scene.words()).contains("490 hosts, median 135 ms, 90th percentile 291 ms");
        Scene.Pair sample = scene.sample();
        assertThat(scene.rtt.ms(sample.client(), sample.service())).isBetween(124.9, 125.1);
        Overlay overlay = Objects.requireNonNull(
                scene.opened(sample, scene.detours.least(sample.client(), sample.service()), 0));
        Probes.Outcome outcome = new Probes(overlay, 50, true).run();
        assertThat(outcome.overlay().lost()).isZero();
        assertThat(outcome.overlay().meanMs()).isBetween(100.0, 150.0);
    }
}
