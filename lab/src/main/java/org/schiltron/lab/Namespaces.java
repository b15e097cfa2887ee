package org.schiltron.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The network namespaces of a lab, made and removed with iproute2's {@code ip}. Their names begin with {@link #PREFIX}, and whatever is
 * called so is the lab's: so that what one has left that was killed is found without having been written down.
 */
final class Namespaces {
    static final String PREFIX = "schiltron-lab-";
    private static final Path MOUNTED = Path.of("/run/netns");
    /** {@code ip netns exec} puts a namespace's files here in the place of those in /etc. */
    private static final Path ETC = Path.of("/etc/netns");
    private static final String HOSTS = "hosts";
    private static final int STOP_SECONDS = 2;

    private Namespaces() {
    }

    static String nameOf(String host) {
        return PREFIX + host;
    }

    static Path fileOf(String host) {
        return MOUNTED.resolve(nameOf(host));
    }

    /** Makes one, with its loopback up. */
    static void add(String host) throws IOException {
        ip(List.of("netns", "add", nameOf(host)), "");
        ip(List.of("-n", nameOf(host), "link", "set", "lo", "up"), "");
    }

    /** @param commands of {@code ip}, one a line */
    static void batch(String host, String commands) throws IOException {
        ip(List.of("-n", nameOf(host), "-batch", "-"), commands);
    }

    /** What {@code /etc/hosts} says inside. */
    static void hosts(String host, String text) throws IOException {
        Path directory = Files.createDirectories(ETC.resolve(nameOf(host)));
        Files.writeString(directory.resolve(HOSTS), text);
    }

    /** Hosts whose namespaces are there, by name. */
    static List<String> present() throws IOException {
        return hosts(MOUNTED);
    }

    private static List<String> hosts(Path directory) throws IOException {
        if (!Files.isDirectory(directory))
            return List.of();
        List<String> hosts = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(PREFIX))
                    hosts.add(name.substring(PREFIX.length()));
            }
        }
        return hosts;
    }

    /**
     * Ends all programs in the lab's namespaces, those that do not end by SIGTERM in two seconds by SIGKILL, and removes
     * the namespaces and their files.
     *
     * @return the hosts that were there
     */
    static List<String> clear() throws IOException {
        List<String> hosts = present();
        List<ProcessHandle> programs = new ArrayList<>();
        for (String host : hosts)
            programs.addAll(programs(host));
        end(programs);
        for (String host : hosts) {
            end(programs(host)); // what was started meanwhile
            ip(List.of("netns", "delete", nameOf(host)), "");
        }
        for (String host : hosts(ETC)) {
            Path directory = ETC.resolve(nameOf(host));
            Files.deleteIfExists(directory.resolve(HOSTS));
            removeIfEmpty(directory); // somebody may have put files there for his programs
        }
        removeIfEmpty(ETC);
        return hosts;
    }

    private static void removeIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            // somebody else's
        }
    }

    private static List<ProcessHandle> programs(String host) throws IOException {
        List<ProcessHandle> programs = new ArrayList<>();
        for (String line : ip(List.of("netns", "pids", nameOf(host)), "").lines().toList()) {
            if (line.strip().matches("[0-9]{1,18}")) // not a warning
                ProcessHandle.of(Long.parseLong(line.strip())).ifPresent(programs::add);
        }
        return programs;
    }

    private static void end(List<ProcessHandle> programs) {
        programs.forEach(ProcessHandle::destroy);
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        for (ProcessHandle program : programs) {
            try {
                program.onExit().get(Math.max(0, untilNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                program.destroyForcibly();
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                program.destroyForcibly();
            }
        }
    }

    private static String ip(List<String> arguments, String input) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("needs the program ip (Debian: iproute2)", e);
        }
        try (var to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0)
                throw new IOException(String.join(" ", command) + ": " + output.strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }
}
