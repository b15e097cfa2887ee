package org.schiltron.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of a table, with what it says in a file. */
final class Child {
    private static final long PATIENCE_NS = 60_000_000_000L;
    /** The kernel's unit of processor time as it shows it to programs (USER_HZ). */
    static final double TICKS_PER_SECOND = 100;

    private final String name;
    private final Process process;
    private final Path log;
    private int linesTaken;

    Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private List<String> lines() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8).lines().toList();
    }

    /** The rest of the first line that contains {@code mark}, as soon as there is one. */
    String awaitLine(String mark) throws IOException, InterruptedException {
        return awaitLine(mark, 0);
    }

    /** As {@link #awaitLine}, of the lines after the one that was waited for last. */
    String awaitNextLine(String mark) throws IOException, InterruptedException {
        return awaitLine(mark, linesTaken);
    }

    /** How many lines so far contain {@code mark}. */
    int count(String mark) throws IOException {
        return (int) lines().stream().filter(line -> line.contains(mark)).count();
    }

    private String awaitLine(String mark, int from) throws IOException, InterruptedException {
        long giveUpNs = System.nanoTime() + PATIENCE_NS;
        while (true) {
            boolean ended = !process.isAlive();
            List<String> said = lines();
            for (int i = from; i < said.size(); i++) {
                int at = said.get(i).indexOf(mark);
                if (at >= 0) {
                    linesTaken = i + 1;
                    return said.get(i).substring(at + mark.length());
                }
            }
            if (ended || System.nanoTime() > giveUpNs)
                throw new IOException(name + (ended ? " has ended" : " does not say \"" + mark + "\"") + ": "
                        + (said.isEmpty() ? "it said nothing" : said.getLast()));
            Thread.sleep(10);
        }
    }

    /** Writes a line to it and waits for the next that it answers with {@code mark}. */
    String ask(String line, String mark) throws IOException, InterruptedException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
        return awaitLine(mark, linesTaken);
    }

    /** Waits for its end; its output. */
    String awaitExit() throws IOException, InterruptedException {
        return awaitExit(PATIENCE_NS);
    }

    /** Likewise, of one that is known to take its time. */
    String awaitLongExit() throws IOException, InterruptedException {
        return awaitExit(10 * PATIENCE_NS);
    }

    private String awaitExit(long patienceNs) throws IOException, InterruptedException {
        if (!process.waitFor(patienceNs, TimeUnit.NANOSECONDS) || process.exitValue() != 0)
            throw new IOException(name + " failed: " + String.join(" ", lines()));
        return String.join("\n", lines());
    }

    /** Processor time of it and of what it has started that still runs, seconds. */
    double cpuSeconds() throws IOException {
        double sum = 0;
        for (ProcessHandle each : Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList()) {
            try {
                String stat = Files.readString(Path.of("/proc/" + each.pid() + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
            } catch (NoSuchFileException e) {
                // gone meanwhile
            }
        }
        return sum;
    }

    /** A value of /proc/PID/status in bytes, or 0. */
    long statusBytes(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
            if (line.startsWith(field + ":"))
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
        return 0;
    }

    /** Asks it to end, and makes it after five seconds. */
    void end() {
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        family.forEach(ProcessHandle::destroy);
        long giveUpNs = System.nanoTime() + 5_000_000_000L;
        for (ProcessHandle each : family) {
            try {
                each.onExit().get(Math.max(1, giveUpNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (Exception e) {
                each.destroyForcibly();
            }
        }
    }
}
