package org.schiltron.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compiles the C programs of the relay benchmark, and starts the relays and the load, each on its core. */
final class RelayPrograms implements AutoCloseable {
    private static final int RELAY_CORE = 0;
    private static final int LOAD_CORE = 1;
    /** Packets under way: enough to keep any relay's batches full, and well below its receive buffer. */
    private static final int WINDOW = 2_048;

    private final Path directory;
    private final boolean realtime;

    private RelayPrograms(Path directory, boolean realtime) {
        this.directory = directory;
        this.realtime = realtime;
    }

    /**
     * @param realtime run relays and load at real-time priority, for a machine with other work; needs root
     */
    static RelayPrograms compile(boolean realtime) throws IOException, InterruptedException {
        Path sources = Path.of(System.getProperty("schiltron.root", "."), "bench/src/main/c");
        RelayPrograms programs = new RelayPrograms(Files.createTempDirectory("schiltron-bench"), realtime);
        programs.gcc("load", sources.resolve("load.c"), sources.resolve("modes.c"),
                sources.resolve("ring.c"));
        programs.gcc("forward", sources.resolve("forward.c"));
        return programs;
    }

    private void gcc(String name, Path... sources) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("gcc", "-O2", "-o", directory.resolve(name).toString()));
        for (Path source : sources)
            command.add(source.toString());
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0)
            throw new IOException("gcc failed");
    }

    private Process start(int core, List<String> command) throws IOException {
        return start(core, ProcessBuilder.Redirect.INHERIT, command);
    }

    private Process start(int core, ProcessBuilder.Redirect errors, List<String> command) throws IOException {
        List<String> pinned = new ArrayList<>();
        if (realtime)
            pinned.addAll(List.of("chrt", "--rr", "1"));
        pinned.addAll(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return new ProcessBuilder(pinned).directory(directory.toFile()).redirectError(errors).start();
    }

    Relay forwarder() throws IOException {
        return Relay.thatSaysReady(start(RELAY_CORE, List.of(directory.resolve("forward").toString(), "0")), false);
    }

    /** A {@link RelayProcess} in a JVM like this one. */
    Relay java(String machine, String driver, boolean egressTrains, boolean ingressTrains) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Relay.thatSaysReady(
                start(RELAY_CORE,
                        List.of(java, "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+UseTransparentHugePages",
                                "--enable-native-access=org.schiltron.host", "-p",
                                System.getProperty("jdk.module.path", "."), "-m",
                                "org.schiltron.bench/org.schiltron.bench.RelayProcess", machine, driver,
                                Boolean.toString(egressTrains), Boolean.toString(ingressTrains))),
                true);
    }

    /** Debian's coturn with one relay thread, open to loopback and to nobody else; null if it is not installed. */
    @Nullable
    Relay coturn() throws IOException {
        if (Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .noneMatch(bin -> Files.isExecutable(Path.of(bin, "turnserver")))) {
            System.err.println("no turnserver on the PATH: the coturn row is left out (Debian: coturn)");
            return null;
        }
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        // It says on its error output which of its relay ports were taken.
        Process process = start(RELAY_CORE, ProcessBuilder.Redirect.DISCARD,
                List.of("turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "-p",
                        Integer.toString(port), "--no-auth", "--no-tls", "--no-dtls", "--no-tcp",
                        "--allow-loopback-peers", "--no-cli", "--relay-threads=1", "--min-port=20000",
                        "--max-port=40000", "--realm=bench", "--log-file=stdout", "--simple-log",
                        "--userdb=" + directory.resolve("turndb"), "--pidfile=" + directory.resolve("turn.pid")));
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.contains("Total General servers"))
            line = output.readLine();
        Thread.ofVirtual().start(() -> output.lines().forEach(said -> {
        }));
        return Relay.onPort(process, port);
    }

    /** Loads a relay and says what came of it. */
    RelayTable.Sample load(RelayTable.Row row, int peers, int bodyBytes, int warmMs, int measureMs, boolean interleave)
            throws IOException, InterruptedException {
        Relay relay = row.relay();
        long[] before = relay.counts() ? relay.counters() : new long[4];
        Process load = start(LOAD_CORE,
                List.of(directory.resolve("load").toString(), row.mode(), Integer.toString(relay.port()),
                        Integer.toString(peers), Integer.toString(bodyBytes), Integer.toString(warmMs),
                        Integer.toString(measureMs), Long.toString(relay.pid()), row.sinkTakesTrains() ? "1" : "0",
                        interleave ? "1" : "0", Integer.toString(WINDOW), relay.extra()));
        String line = load.inputReader(StandardCharsets.UTF_8).readLine();
        if (load.waitFor() != 0 || line == null)
            throw new IOException(row.name() + ": the load failed");
        long[] after = relay.counts() ? relay.counters() : before;
        double delivered = field(line, "delivered");
        return new RelayTable.Sample(delivered / field(line, "seconds"), 1e6 * field(line, "cpuSeconds") / delivered,
                (long) field(line, "lost"),
                relay.counts() ? (double) (after[3] - before[3]) / Math.max(1, after[1] - before[1]) : Double.NaN);
    }

    private static double field(String json, String name) {
        int at = json.indexOf('"' + name + "\":") + name.length() + 3;
        int end = at;
        while (end < json.length() && ",}".indexOf(json.charAt(end)) < 0)
            end++;
        return Double.parseDouble(json.substring(at, end));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(file);
        }
    }
}
