package org.schiltron.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.schiltron.proof.HandOverSeal;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.HandOver;

/** A service's sessions on their way to another machine: a file of mode 0600, or {@code -} for a pipe. */
final class HandOverFile {
    static final String PIPE = "-";
    private static final int MAX_BYTES = 64 << 20;

    private HandOverFile() {
    }

    /** Makes the file, empty: what cannot be written is to be known before the sessions are given up. */
    static void prepare(Path file) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new Failure(Exit.FILE, file + ": exists already: choose another name", e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be written: " + Reason.of(e), e);
        }
    }

    /** Nothing was handed over. */
    static void abandon(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it is empty
        }
    }

    static void write(Path file, String text) {
        try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE)) {
            out.write(text + "\n");
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be written: " + Reason.of(e)
                    + "; the sessions have ended, their clients connect again", e);
        }
    }

    /**
     * Reads a hand-over sealed with {@code key}, for a service with these mailboxes.
     *
     * @param from a file's name, or {@code -} for standard input
     */
    static HandOver read(String from, Identity key, List<org.schiltron.machine.Path> mailboxes) {
        HandOver found;
        try {
            found = new HandOver(HandOverSeal.open(key, Lifetime.nowEpochSeconds(), text(from).strip()));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, name(from) + ": " + e.getMessage(), e);
        }
        if (!found.fits(mailboxes))
            throw new Failure(Exit.FILE, name(from) + ": that service has other mailboxes: give the same as there, in "
                    + "the same order (" + found.mailboxes().size() + ": "
                    + String.join(" ", found.mailboxes().stream().map(Object::toString).toList()) + ")");
        return found;
    }

    private static String text(String from) {
        byte[] bytes;
        try (InputStream in = from.equals(PIPE) ? System.in : Files.newInputStream(Path.of(from))) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, name(from) + ": cannot be read: " + Reason.of(e), e);
        }
        if (bytes.length > MAX_BYTES)
            throw new Failure(Exit.FILE, name(from) + ": too long for a hand-over");
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Two that go on with the same sessions would give them away. */
    static void remove(String from) {
        if (from.equals(PIPE))
            return;
        Path file = Path.of(from);
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be removed, and must not be used twice: " + Reason.of(e), e);
        }
    }

    private static String name(String from) {
        return from.equals(PIPE) ? "standard input" : from;
    }
}
