package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** What one test starts, ended with it; its directory; and what became of everyone, for a failure's message. */
final class Stage implements AutoCloseable {
    /** Below the range from which the kernel takes ports by itself. */
    private static final int LOWEST_PORT = 15_000;
    private static final int HIGHEST_PORT = 32_000;

    private final Path directory;
    private final List<Child> children = new CopyOnWriteArrayList<>();
    private final List<Runnable> undoing = new CopyOnWriteArrayList<>();
    private final Thread hook = new Thread(this::close, "end what the tests started");

    Stage(Path directory) {
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Path directory() {
        return directory;
    }

    /** For what would be overwritten otherwise. */
    Path newDirectory(String prefix) {
        try {
            return Files.createTempDirectory(directory, prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts what the launcher would start. */
    Child schiltron(String... args) {
        return start(Launcher.java(args));
    }

    /** A command that is done, and well. */
    Child ok(String... args) {
        Child child = schiltron(args);
        assertThat(child.awaitExit()).as(child::toString).isZero();
        return child;
    }

    /** A command that ends with this code and one line that says this. */
    void refused(int exit, String says, String... args) {
        assertRefused(schiltron(args), exit, says);
    }

    static void assertRefused(Child child, int exit, String says) {
        assertThat(child.awaitExit()).as(child::toString).isEqualTo(exit);
        assertThat(child.err()).as(child::toString).singleElement().asString().containsIgnoringCase(says);
    }

    Child start(List<String> command) {
        return start(command, Map.of());
    }

    /** Roles of this stage can be asked for their status by this stage alone. */
    Child start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        builder.environment().put("XDG_STATE_HOME", directory.toString());
        builder.environment().put("SCHILTRON_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("SCHILTRON_JAVA_OPTS");
        builder.environment().putAll(environment);
        List<String> shown = command.stream().dropWhile(word -> !word.endsWith("app.Schiltron")).skip(1).toList();
        Child child = new Child(String.join(" ", shown.isEmpty() ? command : shown), builder);
        children.add(child);
        return child;
    }

    /** A port that nobody uses on loopback, neither for UDP nor for TCP. */
    static int freePort() {
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (DatagramSocket _ = new DatagramSocket(port); ServerSocket _ = new ServerSocket(port)) {
                return port;
            } catch (IOException e) {
                // Busy: try another.
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /** A TCP port that stays taken until the socket is closed. */
    static ServerSocket busyPort() throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    static String sha256(Path file) {
        try (var in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer))
                digest.update(buffer, 0, n);
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Done when all that was started has ended, the last first. */
    void undoLater(Runnable undo) {
        undoing.add(undo);
    }

    /** What everyone has said. */
    @Override
    public String toString() {
        return children.stream().map(Child::toString).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        for (Child child : children.reversed()) {
            if (child.isAlive())
                child.kill();
        }
        undoing.reversed().forEach(Runnable::run);
        undoing.clear();
        if (Thread.currentThread() != hook)
            Runtime.getRuntime().removeShutdownHook(hook);
    }
}
