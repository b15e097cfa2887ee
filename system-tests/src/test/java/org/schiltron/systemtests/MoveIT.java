package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service goes to other ring nodes and to another host, and its clients' sessions with it. */
class MoveIT {
    private static final long BIG = 20_000_000;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    @TempDir
    Path directory;

    private Stage stage;

    @BeforeEach
    void openStage() {
        stage = new Stage(directory);
    }

    @AfterEach
    void closeStage() {
        stage.close();
    }

    private void assertFetches(String url, Path original) {
        Curl curl = Curl.start(stage, url, "copy");
        assertThat(curl.exitCode()).as(stage::toString).isZero();
        assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));
    }

    /** Ways to mailboxes that the service has by the ring node at this address. */
    private int serving(String ring) {
        for (JsonNode role : JsonMapper.shared().readTree(stage.ok("status", "--json").out().getFirst()).path("roles"))
            for (JsonNode path : role.path("paths"))
                if (path.path("ring").asString().equals(ring))
                    return path.path("mailboxes").asInt();
        return 0;
    }

    @Test
    void aTransferGoesOnWhileTheRingNodesAreExchangedAndTheSessionAtAnotherHost() throws Exception {
        Programs.curl();
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        Path big = nginx.file("big", BIG, new Random(3));
        Path small = nginx.file("small", 10_000, new Random(4));
        Overlay overlay = new Overlay(stage, "127.0.0.1", 4, 0, 1);
        Child first = overlay.startProtect(nginx.address());
        Child connect = overlay.startConnect();

        Child left = overlay.rings().getFirst();
        overlay.addRing();
        Curl open = Curl.start(stage, overlay.url("big"), "whole", "--limit-rate", "4M");
        await("the transfer is under way").atMost(Child.LONGEST).until(() -> open.bytes() > 200_000);
        stage.ok("move", "--ring", overlay.ringAddresses().getLast());
        await("mailboxes have gone over").atMost(Child.LONGEST)
                .until(() -> serving(overlay.ringAddresses().getLast()) == overlay.mailboxes().size());
        left.kill();
        assertThat(open.exitCode()).as(stage::toString).isZero();
        assertThat(Stage.sha256(open.file())).isEqualTo(Stage.sha256(big));

        Path sessions = directory.resolve("sessions");
        stage.refused(FAILED, "does not reach", "move", "--ring", "192.0.2.1:4600");
        stage.ok("move", "--to", sessions.toString());
        assertThat(first.awaitExit()).as(first::toString).isZero();
        assertThat(Files.getPosixFilePermissions(sessions)).hasSize(2);
        String sealed = Files.readString(sessions);
        overlay.ringAddresses().removeFirst();
        Child second = overlay.startProtect(nginx.address(), "--resume", sessions.toString());
        assertThat(second.awaitLine("resumed: ")).isEqualTo("1 session");
        assertThat(sessions).doesNotExist();
        assertFetches(overlay.url("small"), small);
        assertThat(connect.out().stream().filter(line -> line.startsWith("connected: "))).as(connect::toString)
                .hasSize(1);

        Path another = directory.resolve("another");
        Files.writeString(another, sealed);
        stage.ok("key", "new", directory.resolve("other.key").toString());
        stage.refused(5, "another key", "protect", nginx.address(), "--key", directory.resolve("other.key").toString(),
                "--mailbox", overlay.mailboxAddresses().getFirst(), "--resume", another.toString());
        stage.refused(5, "other mailboxes", "protect", nginx.address(), "--key", overlay.serviceKey().toString(),
                "--mailbox", overlay.mailboxAddresses().getFirst(), "--resume", another.toString());
        assertThat(another).exists();
        assertThat(second.terminate()).as(second::toString).isZero();
        stage.refused(6, "no \"protect\"", "move", "--to", directory.resolve("none").toString());
        stage.refused(USAGE, "issing", "move");
    }
}
