package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Bulk TCP and small HTTP requests through the whole overlay, and through what people use otherwise. All ways are up all
 * the while and are measured in turn, round after round; ratios are taken within a round, medians over the rounds.
 * Nothing is pinned to a core.
 */
final class OverlayTable {
    /** One round's results of one way. */
    record Sample(Way.Bulk bulk, Way.Small kept, Way.Small fresh) {
    }

    private final Options options;
    private final Map<Way, List<Sample>> samples = new LinkedHashMap<>();

    private OverlayTable(Options options) {
        this.options = options;
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options("overlay").number("rounds", 5, 1, 50).number("mailboxes", 4, 1, 64)
                .number("rings", 2, 1, 16).number("bulk-seconds", 3, 1, 60).number("rate", 1_000, 10, 100_000)
                .number("connections", 32, 1, 1_000).number("new-rate", 200, 10, 10_000)
                .number("small-ms", 4_000, 500, 60_000).number("warm-seconds", 15, 0, 600).read(args);
        try {
            new OverlayTable(options).measure();
        } catch (IOException e) {
            System.err.println("bench/run overlay: " + e.getMessage());
            System.exit(1);
        }
    }

    private void measure() throws IOException, InterruptedException {
        try (Scene scene = new Scene()) {
            Ways ways = new Ways(scene, 200_000_000);
            for (Way way : Arrays.asList(ways.direct(), ways.haproxy(), ways.ssh(), ways.openvpn(),
                    ways.overlay(options.get("mailboxes"), options.get("rings")))) {
                if (way != null)
                    samples.put(way, new ArrayList<>());
            }
            for (Way way : samples.keySet()) // the JVM compiles what it has run often
                warm(way, way.name().equals("overlay") ? options.get("warm-seconds") : 1);
            for (int round = 1; round <= options.get("rounds"); round++) {
                System.err.println("round " + round + " of " + options.get("rounds"));
                for (Map.Entry<Way, List<Sample>> e : samples.entrySet())
                    e.getValue().add(sample(e.getKey()));
            }
        }
        System.out.print(options.json() ? json() : table());
    }

    private void warm(Way way, int seconds) throws IOException, InterruptedException {
        if (seconds == 0)
            return;
        way.bulk(seconds);
        way.small(false, options.get("connections"), options.get("rate"), 0, 1_000 * seconds);
        way.small(true, options.get("connections"), options.get("new-rate"), 0, 1_000 * seconds);
    }

    private Sample sample(Way way) throws IOException, InterruptedException {
        Way.Bulk bulk = way.bulk(options.get("bulk-seconds"));
        int ms = options.get("small-ms");
        Way.Small kept = way.small(false, options.get("connections"), options.get("rate"), 500, ms);
        Way.Small fresh = way.small(true, options.get("connections"), options.get("new-rate"), 500, ms);
        return new Sample(bulk, kept, fresh);
    }

    private static double median(List<Sample> list, ToDoubleFunction<Sample> value) {
        double[] values = list.stream().mapToDouble(value).sorted().toArray();
        int n = values.length;
        return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    }

    /** The median over the rounds of the quotient of two ways' values; NaN where the other is missing. */
    private double ratio(List<Sample> row, String other, ToDoubleFunction<Sample> value) {
        List<Sample> base = named(other);
        if (base == null)
            return Double.NaN;
        double[] ratios = new double[row.size()];
        for (int i = 0; i < ratios.length; i++)
            ratios[i] = value.applyAsDouble(row.get(i)) / value.applyAsDouble(base.get(i));
        Arrays.sort(ratios);
        int n = ratios.length;
        return n % 2 == 1 ? ratios[n / 2] : (ratios[n / 2 - 1] + ratios[n / 2]) / 2;
    }

    private @Nullable List<Sample> named(String name) {
        return samples.entrySet().stream().filter(e -> e.getKey().name().equals(name)).map(Map.Entry::getValue)
                .findFirst().orElse(null);
    }

    private static long errors(List<Sample> list) {
        return list.stream().mapToLong(s -> s.kept.errors() + s.fresh.errors()).sum();
    }

    private String table() {
        StringBuilder text = new StringBuilder("| way | bulk MB/s | x openvpn | CPU s/GB | with both ends |"
                + " p50 ms | p99 ms | p99 x haproxy | CPU us/request | p50 ms, new connections | p99 ms |"
                + " x haproxy | errors |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        samples.forEach((way, list) -> text.append(String.format(Locale.ROOT,
                "| %s | %,.0f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.0f | %.2f | %.2f | %.2f | %d |%n",
                way.name(), median(list, s -> s.bulk.bytesPerSecond() / 1e6),
                ratio(list, "openvpn", s -> s.bulk.bytesPerSecond()), median(list, s -> s.bulk.cpuPerGb()),
                median(list, s -> s.bulk.cpuPerGbWithEnds()), median(list, s -> s.kept.p50Us() / 1e3),
                median(list, s -> s.kept.p99Us() / 1e3), ratio(list, "haproxy", s -> s.kept.p99Us()),
                median(list, s -> s.kept.cpuUsPerRequest()), median(list, s -> s.fresh.p50Us() / 1e3),
                median(list, s -> s.fresh.p99Us() / 1e3), ratio(list, "haproxy", s -> s.fresh.p99Us()),
                errors(list))));
        text.append('\n');
        samples.keySet().forEach(way -> text.append("- ").append(way.name()).append(": ").append(way.does())
                .append(way.version().isEmpty() ? "" : " (" + way.version() + ")").append('\n'));
        text.append(String.format(Locale.ROOT,
                "%nMedians of %d rounds; bulk for %d s over one connection; requests of 1,000 bytes, due %d a second on"
                        + " %d kept connections and %d a second on new ones, for %.1f s each.%n",
                options.get("rounds"), options.get("bulk-seconds"), options.get("rate"), options.get("connections"),
                options.get("new-rate"), options.get("small-ms") / 1e3));
        return text.toString();
    }

    private String json() {
        StringJoiner rows = new StringJoiner(",",
                "{\"table\":\"overlay\",\"rounds\":" + options.get("rounds") + ",\"rate\":" + options.get("rate")
                        + ",\"newRate\":" + options.get("new-rate") + ",\"rows\":[",
                "]}\n");
        samples.forEach((way, list) -> rows.add(String.format(Locale.ROOT,
                "{\"way\":\"%s\",\"version\":\"%s\",\"does\":\"%s\",\"bulkBytesPerSecond\":%.0f,\"bulkByOpenvpn\":%s,"
                        + "\"cpuSecondsPerGb\":%.3f,\"cpuSecondsPerGbWithEnds\":%.3f,\"p50Us\":%.0f,\"p99Us\":%.0f,"
                        + "\"p99ByHaproxy\":%s,\"cpuUsPerRequest\":%.1f,\"newP50Us\":%.0f,\"newP99Us\":%.0f,"
                        + "\"newP99ByHaproxy\":%s,\"errors\":%d}",
                way.name(), way.version(), way.does(), median(list, s -> s.bulk.bytesPerSecond()),
                number(ratio(list, "openvpn", s -> s.bulk.bytesPerSecond())), median(list, s -> s.bulk.cpuPerGb()),
                median(list, s -> s.bulk.cpuPerGbWithEnds()), median(list, s -> s.kept.p50Us()),
                median(list, s -> s.kept.p99Us()), number(ratio(list, "haproxy", s -> s.kept.p99Us())),
                median(list, s -> s.kept.cpuUsPerRequest()), median(list, s -> s.fresh.p50Us()),
                median(list, s -> s.fresh.p99Us()), number(ratio(list, "haproxy", s -> s.fresh.p99Us())),
                errors(list))));
        return rows.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.4f", value);
    }
}
