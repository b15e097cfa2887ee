package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service's end is killed under its clients. */
class KilledServiceIT {
    private static final long BIG = 50_000_000;
    private static final int PARTIAL = 18;
    private static final int RESET = 56;

    @TempDir
    Path directory;

    @Test
    void aRoleThatIsStillStartingEndsAsItIsAskedTo() {
        try (Stage stage = new Stage(directory)) {
            Child waits = stage.schiltron("connect",
                    "schiltron:4ztzlb7lq3vvarnpypikgx6bxgw7rcfuxjpagclpn2oumhivtfon765t@127.0.0.1:9", "--listen",
                    "127.0.0.1:0");
            waits.awaitLine("listen: tcp ");
            assertThat(waits.terminate()).as(waits::toString).isZero();
        }
    }

    @Test
    void openConnectionsAreResetAndTheNextOnesWork() {
        Programs.curl();
        try (Stage stage = new Stage(directory)) {
            Nginx nginx = Nginx.start(stage, "127.0.0.1");
            nginx.file("big", BIG, new Random(3));
            Path small = nginx.file("small", 10_000, new Random(4));
            Overlay overlay = new Overlay(stage, "127.0.0.1", 4, 0, 2);
            Child first = overlay.startProtect(nginx.address());
            Child connect = overlay.startConnect();

            Curl open = Curl.start(stage, overlay.url("big"), "cut", "--limit-rate", "1M");
            await("the transfer is under way").atMost(Child.LONGEST).until(() -> open.bytes() > 200_000);
            first.kill();
            Child second = overlay.startProtect(nginx.address());
            // Not curl's own time limit: the connection ends because the far end has said so.
            assertThat(open.exitCode()).as(stage::toString).isIn(PARTIAL, RESET);
            assertThat(open.bytes()).isLessThan(BIG);
            assertFetches(stage, overlay, small, "after a restart");

            // Two serve together; whichever holds the client's session, the other takes over.
            Child third = overlay.startProtect(nginx.address());
            second.kill();
            assertFetches(stage, overlay, small, "one of two killed");
            assertThat(third.isAlive() && connect.isAlive()).as(stage::toString).isTrue();

            // And all the others end as they are asked to.
            for (Child asked : Stream.of(List.of(connect, third), overlay.rings(), overlay.mailboxes())
                    .flatMap(List::stream).toList())
                assertThat(asked.terminate()).as(asked::toString).isZero();
        }
    }

    /** By as many requests as it takes: those sent to the dead end are reset until the client knows. */
    private static void assertFetches(Stage stage, Overlay overlay, Path original, String when) {
        await(when).atMost(Child.LONGEST).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            Curl curl = Curl.start(stage, overlay.url(original.getFileName().toString()), "again");
            assertThat(curl.exitCode()).as(stage::toString).isZero();
            assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));
        });
    }
}
