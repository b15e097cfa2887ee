package org.schiltron.dht;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.libtorrent4j.LibTorrent;

/**
 * libtorrent itself, which lies in a jar of its own for each platform. The system loads libraries from files only, so it is
 * copied to one, for the moment of loading.
 */
final class NativeLibrary {
    /** Where libtorrent4j looks; whoever sets it brings a library of his own. */
    private static final String PATH = "libtorrent4j.jni.path";

    private NativeLibrary() {
    }

    /** @throws IOException that says why it cannot be loaded */
    static synchronized void load() throws IOException {
        if (System.getProperty(PATH) != null) {
            check();
            return;
        }
        String platform = System.getProperty("os.name").toLowerCase(Locale.ROOT) + " " + System.getProperty("os.arch");
        if (!platform.equals("linux amd64"))
            throw new IOException("libtorrent is here for linux amd64, not for " + platform + " (-D" + PATH
                    + "=FILE names another libtorrent4j 2.0.6)");
        Path directory = Files.createTempDirectory("schiltron-dht"); // mode 0700
        Path file = directory.resolve("libtorrent4j.so");
        try (InputStream in = ClassLoader.getSystemResourceAsStream("lib/x86_64/libtorrent4j.so")) {
            if (in == null)
                throw new IOException("libtorrent4j-linux is missing beside libtorrent4j");
            Files.copy(in, file);
            System.setProperty(PATH, file.toString());
            check();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static void check() throws IOException {
        try {
            LibTorrent.version();
        } catch (LinkageError | IllegalCallerException e) {
            throw new IOException("libtorrent cannot be loaded: " + reason(e), e);
        }
    }

    private static Throwable reason(Throwable e) {
        Throwable why = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause())
            why = cause;
        return why;
    }
}
