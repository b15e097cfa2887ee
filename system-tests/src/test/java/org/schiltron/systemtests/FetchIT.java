package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
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

    @Test
    void manyRequestsAtOnce() {
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.start(stage, "127.0.0.1");
            nginx.file("small", 1_000, new Random(1));
            Overlay overlay = Overlay.with(stage, "127.0.0.1", nginx);
            Child wrk = stage.start(List.of(Programs.wrk(), "-t1", "-c8", "-d3s", "--timeout", "60s",
                    overlay.url("small")));
            assertThat(wrk.awaitExit()).as(stage::toString).isZero();
            assertThat(wrk.out()).as(stage::toString).anyMatch(line -> line.matches(" *[1-9]\\d* requests in .*"))
                    .noneMatch(line -> line.contains("Socket errors") || line.contains("Non-2xx"));
        }
    }

    @Test
    void aRingWithoutCustomersEnrolsTheFirst() {
        Programs.curl();
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.start(stage, "127.0.0.1");
            nginx.file("small", 1_000, new Random(1));
            Child mailbox = stage.schiltron("mailbox", "--listen", "127.0.0.1:0");
            Child ring = stage.schiltron("ring", "--listen", "127.0.0.1:0");
            Child protect = stage.schiltron("protect", nginx.address(), "--mailbox", mailbox.awaitLine("mailbox: "),
                    "--ring", ring.awaitLine("ring: "));
            protect.awaitLine("link: ");
            assertThat(ring.awaitLine("customer: the first that came, ")).contains("is the only one from now on");
        }
    }
}
