package org.schiltron.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.schiltron.internet.AsRelFile;
import org.schiltron.internet.Experiments;
import org.schiltron.internet.Setup;
import org.schiltron.internet.WorldFiles;

/**
 * What the model of the Internet costs: loading a graph, and a point of figure 7 with all bots
 * at the mailboxes and another with all at the server. Everything happens once, in a process
 * that has just started, as users run it. The files come from the environment (SCHILTRON_AS_REL, SCHILTRON_ADDRESSES); without them
 * a generated graph of the size of August 2024 takes their place.
 */
final class InternetTable {
    private static final int REAL_SIZE = 77_242;

    /** One line: seconds on the clock and of all processors together. */
    private record Row(String what, double seconds, double cpuSeconds) {
        String json() {
            return String.format(Locale.ROOT, "{\"what\":\"%s\",\"seconds\":%.2f,\"cpu_seconds\":%.2f}", what, seconds,
                    cpuSeconds);
        }

        String line() {
            return String.format(Locale.ROOT, "%-44s %6.2f s  %6.2f s of processor", what, seconds, cpuSeconds);
        }
    }

    private final List<Row> rows = new ArrayList<>();
    private long wallNs = System.nanoTime();
    private double cpuSeconds = cpuSeconds();
    private String running = "";

    private InternetTable() {
    }

    public static void main(String[] args) {
        Options options = new Options("internet").number("bots", 8_000_000, 16, 1_000_000_000)
                .number("mailboxes", 7_200, 1, 1_000_000).number("seed", 1, 0, 999_999_999).read(args);
        try {
            new InternetTable().measure(options);
        } catch (IOException e) {
            System.err.println("bench/run internet: " + e.getMessage());
            System.exit(1);
        }
    }

    private static @Nullable Path file(String variable) {
        String value = System.getenv(variable);
        return value == null ? null : Path.of(value);
    }

    private void measure(Options options) throws IOException {
        Path asRel = file("SCHILTRON_AS_REL");
        if (asRel != null) {
            AsRelFile.load(asRel);
            done("load " + asRel.getFileName() + ", cold");
            AsRelFile.load(asRel);
            done("load it again");
        }
        Setup setup = new Setup(new WorldFiles(asRel, file("SCHILTRON_ADDRESSES"), null, null, null), REAL_SIZE,
                options.get("seed"), options.get("bots"), options.get("mailboxes"), 4, Setup.ANY);
        long beganNs = System.nanoTime();
        double began = cpuSeconds();
        Experiments.POINT.run(setup, this::hear);
        done(running);
        rows.add(new Row("the point in all", (System.nanoTime() - beganNs) / 1e9, cpuSeconds() - began));
        print(options.json());
    }

    private void hear(String what, double part) {
        if (what.equals(running))
            return;
        if (!running.isEmpty())
            done(running);
        running = what;
    }

    private void done(String what) {
        long nowNs = System.nanoTime();
        double cpu = cpuSeconds();
        rows.add(new Row(what, (nowNs - wallNs) / 1e9, cpu - cpuSeconds));
        wallNs = nowNs;
        cpuSeconds = cpu;
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    private static long peakHeapMib() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed()).sum() >> 20;
    }

    private void print(boolean json) {
        for (Row row : rows)
            System.out.println(json ? row.json() : row.line());
        System.out.println(json ? "{\"peak_heap_mib\":" + peakHeapMib() + "}" : "peak heap, MiB: " + peakHeapMib());
    }
}
