package org.schiltron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * {@code bench/run rules}: ten thousand rules read, compiled and in force, in nftables and at a router by BGP FlowSpec, and one of them
 * changed. Beside it, what {@code nft -f} alone takes for the same text and for the same written by hand. In a namespace of its own;
 * the router is BIRD on loopback.
 */
final class RulesTable {
    private static final double WANTED_SECONDS = 2;
    private static final int HEAP_MIB = 1_024;
    private static final String BIRD = """
            log stderr all;
            router id 10.0.0.3;
            flow4 table rules4;
            protocol device {}
            protocol bgp schiltron {
                local 127.0.0.1 port $PORT as 65002;
                neighbor 127.0.0.1 as 65001;
                strict bind yes;
                passive yes;
                multihop;
                error wait time 1, 1;
                flow4 { table rules4; import all; export none; };
            }
            """;

    /** What one process said: rounds, and what each took and counted, as in {@link RulesRun}. */
    private record Row(String enforcer, String what, boolean target, double[][] rounds) {
        double first(int column) {
            return rounds[0][column];
        }

        double median(int column) {
            double[] sorted = sorted(column);
            return sorted[sorted.length / 2];
        }

        double worst(int column) {
            double[] sorted = sorted(column);
            return sorted[sorted.length - 1];
        }

        private double[] sorted(int column) {
            return Arrays.stream(rounds).mapToDouble(round -> round[column]).sorted().toArray();
        }

        boolean isNft() {
            return enforcer.equals("nftables");
        }

        /** Parts of the change of one rule, of those of the whole: lines, or announcements and withdrawals. */
        double share() {
            return (median(5) + (isNft() ? 0 : median(6))) / median(4);
        }

        boolean reached() {
            return worst(1) <= WANTED_SECONDS && share() < 0.1;
        }
    }

    private final Options options;
    private final Scene scene;

    private RulesTable(Options options, Scene scene) {
        this.options = options;
        this.scene = scene;
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options("rules").number("rounds", 5, 1, 50).number("rules", 10_000, 10, 16_000)
                .number("prefixes", 100_000, 10, 1_000_000).read(args);
        List<Row> rows = new ArrayList<>();
        try (Scene scene = new Scene()) {
            RulesTable table = new RulesTable(options, scene);
            int rules = options.get("rules");
            table.nft(rows, RuleTexts.SOURCES, rules, true);
            table.nft(rows, RuleTexts.MIXED, rules, true);
            table.nft(rows, RuleTexts.PORTS, rules, true);
            table.nft(rows, RuleTexts.LIST, options.get("prefixes"), false);
            table.flowSpec(rows, RuleTexts.SOURCES, rules);
            table.flowSpec(rows, RuleTexts.MIXED, rules);
        } catch (IOException e) {
            System.err.println("bench/run rules: " + e.getMessage());
            System.exit(1);
        }
        System.out.print(options.json() ? json(rows) : table(rows, options.get("rounds")));
        if (rows.stream().anyMatch(row -> row.target && !row.reached())) {
            System.err.println("bench/run rules: a target is missed");
            System.exit(1);
        }
    }

    private Path[] files(RuleTexts texts, int count) throws IOException {
        return new Path[]{scene.write(texts + ".toml", texts.toml(count, -1)),
                scene.write(texts + "-changed.toml", texts.toml(count, count / 2))};
    }

    private void nft(List<Row> rows, RuleTexts texts, int count, boolean target)
            throws IOException, InterruptedException {
        if (Scene.find("nft") == null || Scene.find("ip") == null) {
            System.err.println("without nftables: needs nft and ip (Debian: nftables, iproute2), and root");
            return;
        }
        System.err.println("nftables: " + texts.title(count));
        String space = System.getProperty("schiltron.bench.namespaces", "schiltron") + "-"
                + ProcessHandle.current().pid() + "-" + texts.name().toLowerCase(Locale.ROOT);
        BorderSpaces.add(scene, space);
        Path[] files = files(texts, count);
        Path byHand = scene.write(texts + ".nft", texts.byHand(count));
        rows.add(new Row("nftables", texts.title(count), target, run("nft", space, files[0].toString(),
                files[1].toString(), byHand.toString(), Integer.toString(options.get("rounds")))));
    }

    private void flowSpec(List<Row> rows, RuleTexts texts, int count) throws IOException, InterruptedException {
        String bird = Scene.find("bird");
        if (bird == null || Scene.find("birdc") == null) {
            System.err.println("without FlowSpec: needs bird and birdc (Debian: bird2)");
            return;
        }
        System.err.println("FlowSpec: " + texts.title(count));
        int port = Scene.freePort();
        Path directory = Files.createDirectories(scene.directory().resolve("bird" + port));
        String socket = directory.resolve("ctl").toString();
        String config = scene.write("bird" + port + ".conf", BIRD.replace("$PORT", Integer.toString(port))).toString();
        Child router = scene.start("bird",
                List.of(bird, "-f", "-c", config, "-s", socket, "-P", directory.resolve("pid").toString()));
        Path[] files = files(texts, count);
        rows.add(new Row("FlowSpec, BIRD", texts.title(count), true, run("flowspec", Integer.toString(port), socket,
                files[0].toString(), files[1].toString(), Integer.toString(options.get("rounds")))));
        router.end();
    }

    private double[][] run(String... arguments) throws IOException, InterruptedException {
        Child child = scene.start("rules", Scene.java(HEAP_MIB, RulesRun.class, arguments));
        return child.awaitLongExit().lines().filter(line -> line.startsWith("round: "))
                .map(line -> Arrays.stream(line.substring(7).split(" ", -1)).mapToDouble(Double::parseDouble).toArray())
                .toArray(double[][]::new);
    }

    private static String table(List<Row> rows, int rounds) {
        StringBuilder text = new StringBuilder(
                """
                        | enforcer | rules | in force, in a new process: s | of which to read the file | of processor, s | again: median, worst, s | of which to read | `nft -f` alone, s | by hand, s |
                        |---|---|---|---|---|---|---|---|---|
                        """);
        for (Row row : rows)
            text.append(String.format(Locale.ROOT, "| %s | %s | %.2f | %.2f | %.2f | %.2f, %.2f | %.2f | %s | %s |%n",
                    row.enforcer, row.what, row.first(1), row.first(0), row.first(2), row.median(1), row.worst(1),
                    row.median(0), row.isNft() ? seconds(row.median(6)) : "",
                    row.isNft() ? seconds(row.median(7)) : ""));
        text.append("""

                | enforcer | rules | one changed: median, worst, s | lines or routes in all | of the change |
                |---|---|---|---|---|
                """);
        for (Row row : rows)
            text.append(String.format(Locale.ROOT, "| %s | %s | %.2f, %.2f | %,.0f | %s |%n", row.enforcer, row.what,
                    row.median(3), row.worst(3), row.median(4),
                    row.isNft()
                            ? String.format(Locale.ROOT, "%,.0f", row.median(5))
                            : String.format(Locale.ROOT, "%.0f and %.0f withdrawn", row.median(5), row.median(6))));
        return text.append(String.format(Locale.ROOT,
                "%n%d rounds in a process each; \"again\" are all rounds, the first included, a change includes reading the file. Wanted: ten thousand rules in force in %.0f s, and a change that does not reload the rest.%n",
                rounds, WANTED_SECONDS)).toString();
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String json(List<Row> rows) {
        StringJoiner text = new StringJoiner(",", "{\"table\":\"rules\",\"rows\":[", "]}\n");
        for (Row row : rows)
            text.add(String.format(Locale.ROOT,
                    "{\"enforcer\":\"%s\",\"rules\":\"%s\",\"firstSeconds\":%.3f,\"firstReadSeconds\":%.3f,"
                            + "\"firstProcessorSeconds\":%.3f,\"seconds\":%.3f,\"worstSeconds\":%.3f,\"readSeconds\":%.3f,"
                            + "\"changeSeconds\":%.3f,\"worstChangeSeconds\":%.3f,\"parts\":%.0f,\"shareOfChange\":%.5f%s}",
                    row.enforcer, row.what, row.first(1), row.first(0), row.first(2), row.median(1), row.worst(1),
                    row.median(0), row.median(3), row.worst(3), row.median(4), row.share(),
                    row.isNft()
                            ? String.format(Locale.ROOT, ",\"nftSeconds\":%.3f,\"byHandSeconds\":%.3f", row.median(6),
                                    row.median(7))
                            : ""));
        return text.toString();
    }
}
