package org.schiltron.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.schiltron.host.Entropy;
import org.schiltron.proof.Identity;
import org.schiltron.proof.KeyFile;

/** Secret keys on disk: readable by their owner alone, never overwritten. */
final class KeyFiles {
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private KeyFiles() {
    }

    /** Makes a key and writes it with mode 0600. */
    static Identity create(Path file) {
        Identity identity = Identity.generate(new Entropy());
        ByteBuffer text = StandardCharsets.UTF_8.encode(KeyFile.encode(identity));
        try (SeekableByteChannel channel = Files.newByteChannel(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            while (text.hasRemaining())
                channel.write(text);
            return identity;
        } catch (FileAlreadyExistsException e) {
            throw new Failure(Exit.FILE,
                    file + ": exists already, and a lost key cannot be made again: choose another name",
                    e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be written: " + Reason.of(e), e);
        }
    }

    /** @throws Failure also where others than the owner may read or replace what is in the file */
    static Identity read(Path file) {
        try {
            if (Files.isDirectory(file))
                throw new Failure(Exit.FILE, file + ": a directory, not a file");
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(OF_OTHERS::contains))
                throw new Failure(Exit.FILE, file + ": others may read or write this secret key: chmod 600 " + file);
            if (Files.size(file) > KeyFile.MAX_CHARACTERS)
                throw new Failure(Exit.FILE, file + ": too long for a key file");
            return KeyFile.decode(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }
}
