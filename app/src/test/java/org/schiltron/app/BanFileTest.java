package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.proof.ClientId;
import org.schiltron.swarm.ClientLimits;

class BanFileTest {
    private static final ClientId ONE = ClientId.of(new byte[32]);
    private static final ClientId TWO = new ClientId(1, 2);

    @TempDir
    Path directory;

    private BanFile file() {
        return BanFile.besideKey(directory.resolve("service.key"));
    }

    /** Client ids are nobody else's business, and who may write here lets clients in again. */
    @Test
    void onlyTheOwnerMayReadItWhateverWasThereBefore() throws IOException {
        BanFile file = BanFile.besideKey(directory.resolve("service.key"));
        Files.writeString(directory.resolve("service.key.bans"), "");
        Files.writeString(directory.resolve("service.key.bans.new"), "left behind\n");
        Files.setPosixFilePermissions(directory.resolve("service.key.bans.new"),
                PosixFilePermissions.fromString("rw-rw-rw-"));
        BanFile.Rules rules = new BanFile.Rules(List.of(new ClientId(1, 2)), Map.of());
        file.write(rules);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path()))).isEqualTo("rw-------");
        assertThat(file.read()).isEqualTo(rules);
        assertThat(directory.resolve("service.key.bans.new")).doesNotExist();
    }

    @Test
    void keepsBansAndLimitsBesideTheKey() {
        assertThat(file().read()).isEqualTo(BanFile.Rules.NONE);
        BanFile.Rules rules = new BanFile.Rules(List.of(ONE, TWO), Map.of(TWO, new ClientLimits(1, 2, 300)));
        file().write(rules);
        assertThat(directory.resolve("service.key.bans")).exists();
        assertThat(file().read()).isEqualTo(rules);
    }

    @Test
    void whatALimitLeavesOutIsTheDefault() throws IOException {
        Files.writeString(file().path(), "# by hand\n" + ONE.text() + "  streams=3\n");
        assertThat(file().read()).isEqualTo(
                new BanFile.Rules(List.of(), Map.of(ONE, ClientLimits.DEFAULT.withStreams(3))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not an id", "aaaaaaaaaaaaaaaa sessions=x", "aaaaaaaaaaaaaaaa sessions=0",
            "aaaaaaaaaaaaaaaa packets-per-second=99999999999"})
    void aDamagedFileIsOneLineThatNamesIt(String line) throws IOException {
        Files.writeString(file().path(), "\n" + line + "\n");
        Failure failure = catchThrowableOfType(Failure.class, file()::read);
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("service.key.bans:2: ");
    }
}
