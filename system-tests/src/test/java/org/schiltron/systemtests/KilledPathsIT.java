package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large download arrives identical, whatever becomes of a minority of mailboxes, or of a ring node, on its way. */
class KilledPathsIT {
    private static final long BYTES = Long.getLong("schiltron.bytes", 20_000_000);
    private static final long SEED = Long.getLong("schiltron.seed", System.nanoTime());
    /** So that it lasts while faults come: each starts a JVM. */
    private static final long BYTES_PER_SECOND = Math.max(BYTES / 30, 2_000_000);
    /** As slow as a busy machine may be. */
    private static final long LONGEST_SECONDS = 280 + BYTES / 500_000;
    private static final int MAILBOXES = 7;
    private static final int LATER = 2;

    @TempDir
    private static Path directory;

    private static Stage stage;
    private static Overlay overlay;
    private static Path original;

    /** What becomes of a mailbox, or of the swarm. */
    private enum Fault {
        KILLED, KILLED_AND_RESTARTED, SILENT_FOR_A_WHILE, SLOW, ADDED, ADDED_TOO
    }

    @BeforeAll
    static void start() {
        Programs.curl();
        stage = new Stage(directory);
        Nginx nginx = Nginx.start(stage, "127.0.0.1");
        original = nginx.file("big", BYTES, new Random(SEED));
        overlay = new Overlay(stage, "127.0.0.1", MAILBOXES, LATER, 2);
        overlay.startProtect(nginx.address());
        overlay.startConnect();
    }

    @AfterAll
    static void stop() {
        if (stage != null)
            stage.close();
    }

    @Test
    void mailboxesKilledDegradedAndAdded() {
        Random random = new Random(SEED);
        List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
        Collections.shuffle(faults, random);
        List<Integer> victims = IntStream.range(0, MAILBOXES).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(victims, random);
        System.out.println("seed: -Dschiltron.seed=" + SEED + " " + faults + " of mailboxes " + victims);
        Curl curl = download("through-mailboxes");
        Runnable after = () -> {
        };
        for (int i = 0; i < faults.size(); i++) {
            awaitPart(curl, i + 1, faults.size() + 2);
            after.run();
            after = apply(faults.get(i), victims.get(i));
        }
        awaitPart(curl, faults.size() + 1, faults.size() + 2);
        after.run();
        assertArrives(curl);
    }

    @Test
    void aRingNodeKilledAndRestarted() {
        Curl curl = download("through-rings");
        awaitPart(curl, 1, 4);
        overlay.rings().getFirst().kill();
        awaitPart(curl, 2, 4);
        overlay.startRing(0).awaitLine("ring: ");
        assertArrives(curl);
    }

    /** @return what ends it */
    private static Runnable apply(Fault fault, int victim) {
        Child mailbox = overlay.mailboxes().get(victim);
        switch (fault) {
            case KILLED -> mailbox.kill();
            case KILLED_AND_RESTARTED -> {
                mailbox.kill();
                overlay.startMailbox(victim);
            }
            case SLOW -> {
                mailbox.kill();
                overlay.startMailbox(victim, "--link-mbit-per-second", "1");
            }
            case ADDED -> overlay.startMailbox(MAILBOXES);
            case ADDED_TOO -> overlay.startMailbox(MAILBOXES + 1);
            case SILENT_FOR_A_WHILE -> {
                mailbox.freeze();
                return mailbox::thaw;
            }
        }
        return () -> {
        };
    }

    private static Curl download(String file) {
        return Curl.start(stage, overlay.url("big"), file, "--limit-rate", Long.toString(BYTES_PER_SECOND),
                "--max-time", Long.toString(LONGEST_SECONDS));
    }

    private static void awaitPart(Curl curl, int part, int of) {
        long bytes = BYTES * part / of;
        await("byte " + bytes + " of " + BYTES).atMost(Child.LONGEST).pollInterval(Duration.ofMillis(20))
                .until(() -> curl.bytes() >= bytes || !curl.process().isAlive());
    }

    private static void assertArrives(Curl curl) {
        assertThat(curl.exitCode()).as(() -> "seed " + SEED + "\n" + stage).isZero();
        assertThat(Stage.sha256(curl.file())).as("seed " + SEED).isEqualTo(Stage.sha256(original));
    }
}
