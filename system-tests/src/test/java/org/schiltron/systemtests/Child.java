package org.schiltron.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A process that a test has started, with what it has said so far. */
final class Child {
    /** Generous: a busy machine starts a dozen JVMs at once. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    private final String name;
    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final Thread outReader;
    private final Thread errReader;

    Child(String name, ProcessBuilder builder) {
        this.name = name;
        try {
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        outReader = collect(process.getInputStream(), out);
        errReader = collect(process.getErrorStream(), err);
    }

    private static Thread collect(InputStream stream, List<String> lines) {
        return Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                // The process is gone; what it said is kept.
            }
        });
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<String> out() {
        return out;
    }

    List<String> err() {
        return err;
    }

    /** The rest of the first line that starts with {@code prefix}, as soon as there is one. */
    String awaitLine(String prefix) {
        await(name + " says " + prefix).atMost(LONGEST).pollInterval(Duration.ofMillis(20))
                .failFast(() -> {
                    if (!process.isAlive() && awaitExit() >= 0 && line(prefix).isEmpty())
                        throw new AssertionError("has ended: " + this);
                })
                .until(() -> !line(prefix).isEmpty());
        return line(prefix).getFirst();
    }

    private List<String> line(String prefix) {
        return out.stream().filter(line -> line.startsWith(prefix)).map(line -> line.substring(prefix.length()))
                .toList();
    }

    /** Waits for the end of the process and of its output. */
    int awaitExit() {
        try {
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                throw new AssertionError(this + " does not end");
            outReader.join();
            errReader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM; gives the exit code. */
    int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** SIGSTOP: there, and silent. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    /** SIGHUP: another configuration. */
    void hangUp() {
        signal("HUP");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Name, state, and what it said. */
    @Override
    public String toString() {
        String state = process.isAlive() ? "runs" : "exit code " + process.exitValue();
        return name + " (" + state + ")\n  out: " + String.join("\n  out: ", out) + "\n  err: "
                + String.join("\n  err: ", err);
    }
}
