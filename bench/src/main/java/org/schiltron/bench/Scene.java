package org.schiltron.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The processes of a table, their files, and whatever else must be undone: all gone at the end, also after Ctrl-C. */
final class Scene implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("schiltron.root", ".")).toAbsolutePath();

    private final Path directory;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Thread hook = new Thread(this::undoAll, "clean up");
    private int started;

    Scene() throws IOException {
        directory = Files.createTempDirectory("schiltron-bench");
        undo.push(this::deleteFiles);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Path directory() {
        return directory;
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** To be done at the end, before what was asked for earlier. */
    synchronized void atEnd(Runnable action) {
        undo.push(action);
    }

    /** Starts a process in the scene's directory; what it says goes to a file. */
    Child start(String name, List<String> command) throws IOException {
        return start(name, "", command);
    }

    /** @param javaOptions for Schiltron's launcher */
    synchronized Child start(String name, String javaOptions, List<String> command) throws IOException {
        Path log = directory.resolve(started++ + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("SCHILTRON_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SCHILTRON_JAVA_OPTS", javaOptions);
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString()); // control sockets too are this run's own
        Child child = new Child(name, builder.start(), log);
        undo.push(child::end);
        return child;
    }

    /** Runs a command to its end; its output. */
    String run(String... command) throws IOException, InterruptedException {
        return start(String.join(" ", command), List.of(command)).awaitExit();
    }

    /** Schiltron's own command line, through its launcher. */
    static List<String> schiltron(String... args) {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("schiltron").toString()));
        command.addAll(List.of(args));
        return command;
    }

    /** A class of this module in a JVM of its own, with a heap of so many MiB. */
    static List<String> java(int heapMib, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xms64m", "-Xmx" + heapMib + "m",
                "-XX:+UseSerialGC", "--enable-native-access=org.schiltron.host", "-p",
                System.getProperty("jdk.module.path", "."), "-m", "org.schiltron.bench/" + main.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /** Where a program is, or null. */
    static @Nullable String find(String program) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)),
                Stream.of("/usr/sbin", "/sbin")).map(bin -> Path.of(bin, program)).filter(Files::isExecutable)
                .map(Path::toString).findFirst().orElse(null);
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    static int freeUdpPort() throws IOException {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** What a program prints of its version, the first line that does. */
    static String version(String mark, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().filter(line -> line.contains(mark)).findFirst().orElse("").replaceAll(
                "^(nginx version: )|[ ,]+(\\[.*|\\d{4}/.*|x86.*|aarch.*|OpenSSL.*)$", "");
    }

    private void deleteFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void undoAll() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException e) {
                System.err.println("while cleaning up: " + e);
            }
        }
    }

    @Override
    public void close() {
        undoAll();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
