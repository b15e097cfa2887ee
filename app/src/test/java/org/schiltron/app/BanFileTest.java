package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.proof.ClientId;

class BanFileTest {
    @TempDir
    Path directory;

    @Test
    void keepsBansBesideTheKey() {
        BanFile file = BanFile.besideKey(directory.resolve("service.key"));
        assertThat(file.read()).isEmpty();
        List<ClientId> banned = List.of(ClientId.of(new byte[32]), new ClientId(1, 2));
        file.write(banned);
        assertThat(directory.resolve("service.key.bans")).exists();
        assertThat(file.read()).isEqualTo(banned);
    }

    /** Client ids are nobody else's business, and who may write here lets clients in again. */
    @Test
    void onlyTheOwnerMayReadItWhateverWasThereBefore() throws IOException {
        BanFile file = BanFile.besideKey(directory.resolve("service.key"));
        Files.writeString(directory.resolve("service.key.bans"), "");
        Files.writeString(directory.resolve("service.key.bans.new"), "left behind\n");
        Files.setPosixFilePermissions(directory.resolve("service.key.bans.new"),
                PosixFilePermissions.fromString("rw-rw-rw-"));
        file.write(List.of(new ClientId(1, 2)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path()))).isEqualTo("rw-------");
        assertThat(file.read()).containsExactly(new ClientId(1, 2));
        assertThat(directory.resolve("service.key.bans.new")).doesNotExist();
    }

    @Test
    void aDamagedFileIsOneLine() throws IOException {
        BanFile file = BanFile.besideKey(directory.resolve("service.key"));
        Files.writeString(file.path(), "not an id\n");
        Failure failure = catchThrowableOfType(Failure.class, file::read);
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("service.key.bans");
    }
}
