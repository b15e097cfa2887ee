package org.schiltron.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The program as a user starts it: by the launcher, or, to spare its look around the source tree at each start, by the
 * java command line that the launcher builds.
 */
final class Launcher {
    static final Path ROOT = root();
    private static final Path JDK = Path.of(System.getProperty("java.home"));
    /** Most of what a test starts is over before C2 pays; on two cores its threads stand in the way of the rest. */
    static final String QUICKLY_STARTED = "-XX:TieredStopAtLevel=1";
    private static final List<String> JAVA = javaCommand();

    private Launcher() {
    }

    /** The command line of the launcher itself. */
    static List<String> script(String... args) {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("schiltron").toString()));
        command.addAll(List.of(args));
        return command;
    }

    /** What the launcher would start. */
    static List<String> java(String... args) {
        List<String> command = new ArrayList<>(JAVA);
        command.addAll(List.of(args));
        return command;
    }

    private static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isExecutable(at.resolve("schiltron")))
            at = at.getParent();
        if (at == null)
            throw new IllegalStateException("no launcher here or above: run these tests in the source tree");
        return at;
    }

    /** Asks the launcher, by way of a JDK whose java only says what it was given. */
    private static List<String> javaCommand() {
        try {
            run(JDK, "--version"); // builds what is out of date
            Path says = Files.createTempDirectory("says-what-it-was-given");
            Files.createDirectory(says.resolve("bin"));
            Files.writeString(says.resolve("release"), "JAVA_VERSION=\"25\"\n");
            for (String tool : List.of("bin/java", "bin/javac")) {
                Files.writeString(says.resolve(tool), "#!/bin/sh\nfor a in \"$@\"; do echo \"$a\"; done\n");
                Files.setPosixFilePermissions(says.resolve(tool), PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            List<String> command = new ArrayList<>(List.of(JDK.resolve("bin/java").toString()));
            command.addAll(run(says));
            for (String made : List.of("bin/java", "bin/javac", "bin", "release", ""))
                Files.delete(says.resolve(made));
            return List.copyOf(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> run(Path jdk, String... args) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(script(args)).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("SCHILTRON_JAVA_HOME", jdk.toString());
        builder.environment().put("SCHILTRON_JAVA_OPTS", QUICKLY_STARTED);
        Process process = builder.start();
        try (var out = process.getInputStream()) {
            List<String> lines = new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            if (process.waitFor() != 0)
                throw new IllegalStateException("the launcher ended with code " + process.exitValue());
            return lines;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
