package org.schiltron.app;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the roles of one user on this machine can be asked: a directory of Unix domain sockets named
 * {@code role-pid.sock}, which no other user may enter. A socket that nobody answers was left by a role that was
 * killed, and is removed by whoever looks next.
 */
record ControlDirectory(Path path) {
    private static final String SUFFIX = ".sock";

    /** {@code $XDG_RUNTIME_DIR/schiltron}, else {@code /tmp/schiltron-<uid>}. */
    static ControlDirectory ofUser() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isBlank() && Files.isDirectory(Path.of(runtime)))
            return new ControlDirectory(Path.of(runtime, "schiltron"));
        return new ControlDirectory(Path.of("/tmp", "schiltron-" + new UnixSystem().getUid()));
    }

    /** Creates it if need be; refuses one that another user made or may enter. */
    void prepare() {
        try {
            try {
                Files.createDirectory(path,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Checked below, like one just made.
            }
            PosixFileAttributes is = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!is.isDirectory() || !isMine() || !PosixFilePermissions.toString(is.permissions()).endsWith("------"))
                throw new Failure(Exit.FILE,
                        path + ": must be a directory of yours with mode 0700; remove it and start again");
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be made ready: " + Reason.of(e), e);
        }
    }

    private boolean isMine() {
        try {
            Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return owner instanceof Integer uid && uid == new UnixSystem().getUid();
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be looked at: " + Reason.of(e), e);
        }
    }

    Path socketOf(String role, long pid) {
        return path.resolve(role + "-" + pid + SUFFIX);
    }

    /** The sockets behind which a role listens, by name. Removes the others. */
    List<Path> live() {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
            return List.of();
        if (!isMine())
            throw new Failure(Exit.FILE, path + ": belongs to another user");
        List<Path> live = new ArrayList<>();
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
                if (!entry.toString().endsWith(SUFFIX))
                    continue;
                if (answers(entry))
                    live.add(entry);
                else
                    Files.deleteIfExists(entry);
            }
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be listed: " + Reason.of(e), e);
        }
        return live;
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
