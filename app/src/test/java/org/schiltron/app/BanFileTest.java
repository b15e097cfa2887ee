package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Test
    void aDamagedFileIsOneLine() throws IOException {
        BanFile file = BanFile.besideKey(directory.resolve("service.key"));
        Files.writeString(file.path(), "not an id\n");
        Failure failure = catchThrowableOfType(Failure.class, file::read);
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("service.key.bans");
    }
}
