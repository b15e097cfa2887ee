package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files through the whole overlay, over IPv4 and IPv6. */
class FetchIT {
    private static final int MAILBOXES = 6;
    private static final int RINGS = 2;

    @TempDir
    private static Path directory;

    private static Stage stage;
    /** By loopback address. */
    private static final Map<String, Served> SERVED = new LinkedHashMap<>();

    private record Served(Path big, Path small, Overlay overlay) {
        static Served start(String host) {
            Nginx nginx = Nginx.start(stage, host);
            Overlay overlay = new Overlay(stage, host, MAILBOXES, 0, RINGS);
            overlay.startProtect(nginx.address());
            overlay.startConnect();
            return new Served(nginx.file("big", 1_000_003, new Random(1)), nginx.file("small", 1_000, new Random(2)),
                    overlay);
        }
    }

    @BeforeAll
    static void start() {
        stage = new Stage(directory);
    }

    @AfterAll
    static void stop() {
        stage.close();
        SERVED.clear();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]"})
    void arrivesAsItWas(String host) {
        Programs.curl();
        Served served = SERVED.computeIfAbsent(host, Served::start);
        Curl curl = Curl.start(stage, served.overlay.url("big"), "copy");
        assertThat(curl.exitCode()).as(stage::toString).isZero();
        assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(served.big));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "[::1]"})
    void manyRequestsAtOnce(String host) {
        Programs.wrk();
        Served served = SERVED.computeIfAbsent(host, Served::start);
        Child wrk = stage.start(
                List.of(Programs.wrk(), "-t1", "-c8", "-d6s", "--timeout", "60s", served.overlay.url("small")));
        assertThat(wrk.awaitExit()).as(stage::toString).isZero();
        assertThat(wrk.out()).as(stage::toString).anyMatch(line -> line.matches(" *[1-9]\\d* requests in .*"))
                .noneMatch(line -> line.contains("Socket errors") || line.contains("Non-2xx"));
    }

    @Test
    void aRingWithoutCustomersEnrolsTheFirst() {
        Child mailbox = stage.schiltron("mailbox", "--listen", "127.0.0.1:0");
        Child ring = stage.schiltron("ring", "--listen", "127.0.0.1:0");
        Child protect = stage.schiltron("protect", "127.0.0.1:1", "--mailbox", mailbox.awaitLine("mailbox: "),
                "--ring", ring.awaitLine("ring: "));
        ring.awaitLine("no --customer was given: the first that enrols ");
        protect.awaitLine("link: ");
        assertThat(ring.awaitLine("customer: the first that came, ")).contains("is the only one from now on");
    }
}
