package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file through the whole overlay. */
class FetchIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]"})
    void arrivesAsItWas(String host) {
        Programs.curl();
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.start(stage, host);
            Path original = nginx.file("file", 1_000_003, new Random(1));
            Overlay overlay = Overlay.with(stage, host, nginx);
            Curl curl = Curl.start(stage, overlay.url("file"), "copy");
            assertThat(curl.exitCode()).as(stage::toString).isZero();
            assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));
        }
    }
}
