package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that cannot go well is one line on standard error, which names what is wrong, and its documented exit code. */
class BadInputIT {
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 3;
    private static final int CANNOT_LISTEN = 4;
    private static final int FILE = 5;
    private static final int ENVIRONMENT = 7;
    private static final String SOON = "rare.start-seconds=1";

    @TempDir
    Path directory;

    /** @param says what the line must name */
    private record Expected(int exitCode, String says) {
    }

    @Test
    void oneLineAndAnExitCode() throws IOException {
        try (Stage stage = new Stage(directory); ServerSocket busy = Stage.busyPort()) {
            Child key = stage.schiltron("key", "new", "some.key");
            assertThat(key.awaitExit()).isZero();
            String noMailbox = "127.0.0.1:" + Stage.freePort();
            String link = "schiltron:" + key.awaitLine("") + "@" + noMailbox;
            String taken = "127.0.0.1:" + busy.getLocalPort();
            Files.writeString(directory.resolve("role.toml"), "listen = [\"127.0.0.1:0\"]\ncolour = \"blue\"\n");

            // All at once: most of each one's time is the start of a JVM and waiting.
            Map<Child, Expected> started = new LinkedHashMap<>();
            started.put(stage.schiltron("connect", "schiltron:nonsense", "--listen", "127.0.0.1:0"),
                    new Expected(USAGE, "link"));
            started.put(stage.schiltron("protect", "127.0.0.1:1", "--key", "missing.key"),
                    new Expected(FILE, "missing.key"));
            started.put(stage.schiltron("connect", link, "--listen", taken), new Expected(CANNOT_LISTEN, taken));
            started.put(stage.schiltron("protect", "127.0.0.1:1", "--mailbox", noMailbox, "--set", SOON),
                    new Expected(UNREACHABLE, "--mailbox"));
            started.put(stage.schiltron("connect", link, "--listen", "127.0.0.1:0", "--set", SOON),
                    new Expected(UNREACHABLE, "link"));
            started.put(stage.schiltron("mailbox", "-c", "role.toml"), new Expected(USAGE, "role.toml:2"));
            started.put(stage.start(Launcher.script("status"), Map.of("SCHILTRON_JAVA_HOME", "/nowhere")),
                    new Expected(ENVIRONMENT, "/nowhere"));
            started.forEach((child, expected) -> {
                assertThat(child.awaitExit()).as(child::toString).isEqualTo(expected.exitCode());
                assertThat(child.err()).as(child::toString).singleElement().asString().startsWith("schiltron")
                        .contains(expected.says());
            });
            assertThat(List.copyOf(started.keySet()).getLast().out()).isEmpty();
        }
    }
}
