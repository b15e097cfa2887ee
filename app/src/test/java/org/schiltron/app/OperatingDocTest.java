package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.schiltron.swarm.MailboxConfig;

/** docs/OPERATING.md says what the code does. */
class OperatingDocTest {
    private final String doc;

    OperatingDocTest() throws IOException {
        doc = Files.readString(Path.of("").toAbsolutePath().resolveSibling("docs").resolve("OPERATING.md"));
    }

    @Test
    void listsEverySettingAsItIs() {
        assertThat(Stream.of(MailboxSettings.ALL, RingSettings.ALL, ProtectSettings.ALL, ConnectSettings.ALL,
                EdgeSettings.ALL, LandingCommand.ALL,
                List.of(RoleCommand.METRICS)).flatMap(List::stream).map(Setting::row)).allSatisfy(
                        row -> assertThat(doc).contains(row + "\n"));
    }

    @Test
    void listsEveryExitCode() {
        for (Exit exit : Exit.values())
            assertThat(doc).contains("| " + exit.code() + " | " + exit.meaning() + " |\n");
    }

    @Test
    void saysEachLevelOfExposure() {
        for (Exposure.Level level : Exposure.Level.values())
            assertThat(doc).contains("| `" + level.title() + "` |");
    }

    @Test
    void givesTheMemoryOfAMailbox() {
        for (long mbit : List.of(10L, 100L, 1_000L, 10_000L)) {
            long bytes = MailboxConfig.builder(mbit * 125_000).storeSeconds(0.25).build().memoryBytes();
            assertThat(doc)
                    .contains(String.format(java.util.Locale.ROOT, "| %,d | %d |\n", mbit, Math.round(bytes / 1e6)));
        }
    }
}
