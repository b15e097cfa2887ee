package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.proof.Identity;

class KeyFilesTest {
    @TempDir
    Path directory;

    @Test
    void onlyTheOwnerMayReadItAndItIsNeverOverwritten() throws IOException {
        Path file = directory.resolve("service.key");
        Identity made = KeyFiles.create(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(KeyFiles.read(file).publicKey()).isEqualTo(made.publicKey());

        String before = Files.readString(file);
        Failure failure = catchThrowableOfType(Failure.class, () -> KeyFiles.create(file));
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("service.key: exists already");
        assertThat(file).hasContent(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
    void aKeyThatOthersMayReadOrReplaceIsRefused(String mode) throws IOException {
        Path file = directory.resolve("service.key");
        KeyFiles.create(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThat(catchThrowableOfType(Failure.class, () -> KeyFiles.read(file)).line()).contains("chmod 600");
    }

    @Test
    void aDirectoryIsNotToldToChangeItsMode() {
        Failure failure = catchThrowableOfType(Failure.class, () -> KeyFiles.read(directory.getRoot()));
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).contains("not a file").doesNotContain("chmod");
    }

    @Test
    void noErrorShowsTheSecret() throws IOException {
        Path file = directory.resolve("service.key");
        KeyFiles.create(file);
        String secret = Files.readString(file).lines().filter(l -> l.startsWith("schiltron-secret-")).findFirst()
                .orElseThrow();
        Files.writeString(file, secret.substring(0, secret.length() - 1) + "\n");
        Failure failure = catchThrowableOfType(Failure.class, () -> KeyFiles.read(file));
        assertThat(failure.exit()).isEqualTo(Exit.FILE);
        assertThat(failure.line()).doesNotContain(secret.substring(19, 30));
    }
}
