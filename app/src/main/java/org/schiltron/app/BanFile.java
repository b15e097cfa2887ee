package org.schiltron.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.schiltron.proof.ClientId;

/** Who is banned from a service, one id a line, beside the service's key: {@code service.key.bans}. */
record BanFile(Path path) {
    static BanFile besideKey(Path key) {
        return new BanFile(key.resolveSibling(key.getFileName() + ".bans"));
    }

    List<ClientId> read() {
        try {
            return Files.readAllLines(path).stream().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#")).map(ClientId::parse).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, path + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be read: " + Reason.of(e), e);
        }
    }

    /** Replaces the file in one step, with mode 0600: it says who has used the service. */
    void write(List<ClientId> banned) {
        Path next = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(next); // of a process that was killed in between, or somebody else's
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(next, banned.stream().map(ClientId::text).toList());
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure(Exit.FILE,
                    path + ": the ban holds until the next start only, as the file cannot be written: "
                            + Reason.of(e),
                    e);
        }
    }
}
