package org.schiltron.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * {@code bench/run flood}: how it gives way as the flood grows. The demo's links and load in virtual time
 * ({@link FloodModel}), each strength of flood in a world of its own, several seeds each; the same run on any machine.
 */
final class FloodTable {
    private static final long LINK_BYTES_PER_SECOND = 20_000_000 / 8;
    /** What reaches each flooded address, in hundredths of its link. */
    private static final int[] PERCENT_OF_LINK = {0, 50, 80, 90, 95, 100, 105, 110, 125, 150, 200, 400};
    private static final int OPENING_SECONDS = 3;
    private static final int WARM_UP_SECONDS = 3;
    private static final int ONSET_SECONDS = 2;
    private static final double WANTED_SUCCESS = 0.99;
    private static final double WANTED_SLOWDOWN = 2;

    /** One strength; means over the seeds, and the worst success. */
    private record Row(int percentOfLink, double timesLink, double success, double worstSuccess,
            double goodputBytesPerSecond, double p50Ms, double p99Ms, double ringLinkLoss) {
    }

    private FloodTable() {
    }

    public static void main(String[] args) {
        Options options = new Options("flood").number("rings", 4, 1, 16).number("seconds", 20, 1, 600)
                .number("seeds", 3, 1, 1_000).number("seed", 1, 0, 999_999_999).read(args);
        List<Row> rows = new ArrayList<>();
        for (int percent : PERCENT_OF_LINK)
            rows.add(measure(options, percent));
        if (options.json())
            printJson(options, rows);
        else
            printTable(options, rows);
    }

    private static Row measure(Options options, int percent) {
        int seeds = options.get("seeds");
        int seconds = options.get("seconds");
        double[] sums = new double[5];
        double worst = 1;
        for (int i = 0; i < seeds; i++) {
            FloodModel model = new FloodModel(options.get("seed") + i, options.get("rings"), LINK_BYTES_PER_SECOND);
            model.run(OPENING_SECONDS);
            model.load(WARM_UP_SECONDS);
            model.flood(LINK_BYTES_PER_SECOND * percent / 100,
                    ONSET_SECONDS + seconds + FloodModel.PATIENCE_NS / (double) FloodModel.SECOND_NS);
            model.load(ONSET_SECONDS);
            FloodModel.Seen seen = model.measure(seconds);
            worst = Math.min(worst, seen.success());
            double[] values = {seen.success(), seen.goodputBytesPerSecond(), seen.p50Ms(), seen.p99Ms(),
                    seen.ringLinkLoss()};
            for (int j = 0; j < values.length; j++)
                sums[j] += values[j] / seeds;
        }
        // The old address is flooded too; it is of no use to the model, only to the sum.
        double timesLink = percent / 100.0 * (1 + FloodModel.CONTACTS + options.get("rings"));
        return new Row(percent, timesLink, sums[0], worst, sums[1], sums[2], sums[3], sums[4]);
    }

    private static boolean holds(Row row, Row calm) {
        return row.worstSuccess >= WANTED_SUCCESS && row.p99Ms <= WANTED_SLOWDOWN * calm.p99Ms;
    }

    private static void printTable(Options options, List<Row> rows) {
        System.out.println(
                """
                        | flood at each address, x its link | in all, x a link | success | worst seed | goodput kB/s | p50 ms | \
                        p99 ms | dropped before the ring nodes |
                        |---|---|---|---|---|---|---|---|""");
        for (Row row : rows) {
            System.out.printf(Locale.ROOT, "| %.2f | %.1f | %.1f %% | %.1f %% | %.0f | %s | %s | %.1f %% |%n",
                    row.percentOfLink / 100.0, row.timesLink, 100 * row.success, 100 * row.worstSuccess,
                    row.goodputBytesPerSecond / 1e3, ms(row.p50Ms), ms(row.p99Ms), 100 * row.ringLinkLoss);
        }
        int held = 0;
        while (held + 1 < rows.size() && holds(rows.get(held + 1), rows.getFirst()))
            held++;
        System.out.printf(Locale.ROOT,
                """

                        Held (99 %% success with every seed, p99 at most twice calm) at %.2f of each link, %.1f times a link in all\
                        %s.
                        Simulated: %d ring nodes, %d seeds from %d, %d s each.
                        """,
                rows.get(held).percentOfLink / 100.0, rows.get(held).timesLink,
                held + 1 < rows.size()
                        ? String.format(Locale.ROOT, ", until %.2f and %.1f", rows.get(held + 1).percentOfLink / 100.0,
                                rows.get(held + 1).timesLink)
                        : "",
                options.get("rings"), options.get("seeds"), options.get("seed"), options.get("seconds"));
    }

    private static String ms(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,.0f", value);
    }

    private static void printJson(Options options, List<Row> rows) {
        System.out.printf(Locale.ROOT, "{\"rings\":%d,\"seeds\":%d,\"rows\":[%s]}%n", options.get("rings"),
                options.get("seeds"),
                rows.stream().map(row -> String.format(Locale.ROOT,
                        "{\"timesLinkEach\":%.2f,\"timesLink\":%.2f,\"successRate\":%.4f,\"worstSuccessRate\":%.4f,"
                                + "\"goodputBytesPerSecond\":%.0f,\"p50Ms\":%s,\"p99Ms\":%s,\"ringLinkLoss\":%.4f}",
                        row.percentOfLink / 100.0, row.timesLink, row.success, row.worstSuccess,
                        row.goodputBytesPerSecond, number(row.p50Ms), number(row.p99Ms), row.ringLinkLoss))
                        .collect(Collectors.joining(",")));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.1f", value);
    }
}
