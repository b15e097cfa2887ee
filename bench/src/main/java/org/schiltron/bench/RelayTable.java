package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Relay speed: packets per second that one core delivers, and the processor time each takes. The relay runs on one core, the
 * load and the sink on another, over loopback; every relay sees the same peers and packet sizes. The relays stay up
 * all the while and are measured in turn, round after round, so that what disturbs the machine disturbs all alike; ratios are
 * taken within a round, and medians over the rounds.
 */
final class RelayTable {
    private static final int MAX_ROUNDS = 50;
    private static final int MAX_PEERS = 16_000;

    /** How a relay is loaded. The window is what keeps it busy without loss. */
    record Row(String name, Relay relay, String mode, boolean sinkTakesTrains) {
    }

    /** One measurement: what the sink received, and the processor time the relay's process took. */
    record Sample(double packetsPerSecond, double cpuUsPerPacket, long lost, double allocatedBytesPerPacket) {
    }

    private int rounds = 5;
    private int peers = 1_000;
    private int bodyBytes = 100;
    private int measureMs = 2_000;
    private int warmMs = 5_000;
    private boolean interleave;
    private boolean realtime;
    private boolean json;

    private RelayTable() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        RelayTable table = new RelayTable();
        try {
            table.read(args);
        } catch (IllegalArgumentException e) {
            System.err.println("bench/run relay: " + e.getMessage());
            System.err.println(
                    "usage: bench/run relay [--rounds N] [--peers N] [--body BYTES] [--measure-ms N] [--warm-ms N]"
                            + " [--interleave] [--realtime] [--json]");
            System.exit(2);
        }
        table.measure();
    }

    private void read(String[] args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--json" -> json = true;
                case "--interleave" -> interleave = true;
                case "--realtime" -> realtime = true;
                case "--rounds" -> rounds = number(args, ++i, 1, MAX_ROUNDS);
                case "--peers" -> peers = number(args, ++i, 1, MAX_PEERS);
                case "--body" -> bodyBytes = number(args, ++i, 24, 1_152);
                case "--measure-ms" -> measureMs = number(args, ++i, 100, 20_000);
                case "--warm-ms" -> warmMs = number(args, ++i, 0, 30_000);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
    }

    private static int number(String[] args, int index, int least, int most) {
        if (index >= args.length || !args[index].matches("[0-9]{1,6}"))
            throw new IllegalArgumentException(args[index - 1] + " needs a number");
        int value = Integer.parseInt(args[index]);
        if (value < least || value > most)
            throw new IllegalArgumentException(
                    args[index - 1] + ": " + value + " is not within " + least + " to " + most);
        return value;
    }

    private void measure() throws IOException, InterruptedException {
        if (Runtime.getRuntime().availableProcessors() < 2)
            throw new IOException("needs two cores: one for the relay, one for the load");
        Map<Row, List<Sample>> samples = new LinkedHashMap<>();
        List<Relay> relays = new ArrayList<>();
        try (RelayPrograms programs = RelayPrograms.compile(realtime)) {
            try {
                for (Row row : rows(programs, relays))
                    samples.put(row, new ArrayList<>());
                for (Row row : samples.keySet()) {
                    if (row.relay().counts() && row.sinkTakesTrains()) // the JVM compiles what it has run often
                        programs.load(row, peers, bodyBytes, warmMs, 200, interleave);
                }
                for (int round = 1; round <= rounds; round++) {
                    System.err.println("round " + round + " of " + rounds);
                    for (Map.Entry<Row, List<Sample>> e : samples.entrySet())
                        e.getValue().add(programs.load(e.getKey(), peers, bodyBytes, 300, measureMs, interleave));
                }
            } finally {
                relays.forEach(Relay::close);
            }
        }
        System.out.print(json ? json(samples) : table(samples));
    }

    private static List<Row> rows(RelayPrograms programs, List<Relay> relays) throws IOException {
        List<Row> rows = new ArrayList<>();
        add(rows, relays, "C forwarder", "forward", programs.forwarder());
        Relay turn = programs.coturn();
        if (turn != null)
            add(rows, relays, "coturn", "turn", turn);
        add(rows, relays, "loop alone", "forward", programs.java("forward", "NATIVE", false, false));
        add(rows, relays, "mailbox", "mailbox", programs.java("mailbox", "NATIVE", false, false));
        Relay trains = add(rows, relays, "mailbox, trains out", "mailbox",
                programs.java("mailbox", "NATIVE", true, false));
        rows.add(new Row("mailbox, trains out, cut at the sink", trains, "mailbox", false));
        add(rows, relays, "mailbox, trains in and out", "mailbox", programs.java("mailbox", "NATIVE", true, true));
        add(rows, relays, "mailbox, portable driver", "mailbox",
                programs.java("mailbox", "PORTABLE", false, false));
        add(rows, relays, "ring node", "ring", programs.java("ring", "NATIVE", false, false));
        add(rows, relays, "ring node, trains out", "ring", programs.java("ring", "NATIVE", true, false));
        return rows;
    }

    private static Relay add(List<Row> rows, List<Relay> relays, String name, String mode, Relay relay) {
        relays.add(relay);
        rows.add(new Row(name, relay, mode, true));
        return relay;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int n = values.length;
        return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    }

    /** The median over the rounds of this row's rate by that of another; NaN where there is no other. */
    private static double ratio(List<Sample> row, @Nullable List<Sample> base) {
        if (base == null)
            return Double.NaN;
        double[] ratios = new double[row.size()];
        for (int i = 0; i < ratios.length; i++)
            ratios[i] = row.get(i).packetsPerSecond / base.get(i).packetsPerSecond;
        return median(ratios);
    }

    private static double cpuRatio(List<Sample> row, @Nullable List<Sample> base) {
        if (base == null)
            return Double.NaN;
        double[] ratios = new double[row.size()];
        for (int i = 0; i < ratios.length; i++)
            ratios[i] = base.get(i).cpuUsPerPacket / row.get(i).cpuUsPerPacket;
        return median(ratios);
    }

    private static @Nullable List<Sample> named(Map<Row, List<Sample>> samples, String name) {
        return samples.entrySet().stream().filter(e -> e.getKey().name.equals(name)).map(Map.Entry::getValue)
                .findFirst().orElse(null);
    }

    private String table(Map<Row, List<Sample>> samples) {
        List<Sample> forwarder = named(samples, "C forwarder");
        List<Sample> coturn = named(samples, "coturn");
        StringBuilder text = new StringBuilder("| relay | packets/s | CPU us/packet | rate x C | rate x coturn |"
                + " CPU x C | CPU x coturn | lost | heap bytes/packet |\n|---|---|---|---|---|---|---|---|---|\n");
        samples.forEach((row, list) -> text.append(String.format(Locale.ROOT,
                "| %s | %,.0f | %.2f | %s | %s | %s | %s | %d | %s |%n", row.name,
                median(list.stream().mapToDouble(Sample::packetsPerSecond).toArray()),
                median(list.stream().mapToDouble(Sample::cpuUsPerPacket).toArray()), cell(ratio(list, forwarder)),
                cell(ratio(list, coturn)), cell(cpuRatio(list, forwarder)), cell(cpuRatio(list, coturn)),
                list.stream().mapToLong(Sample::lost).sum(),
                cell(median(list.stream().mapToDouble(Sample::allocatedBytesPerPacket).toArray())))));
        text.append(String.format(Locale.ROOT,
                "%nMedians of %d rounds of %.1f s; %d peers, bodies of %d bytes, packets of a peer %s.%n", rounds,
                measureMs / 1e3, peers, bodyBytes, interleave ? "interleaved with the others'" : "16 in a row"));
        return text.toString();
    }

    private String json(Map<Row, List<Sample>> samples) {
        StringJoiner rows = new StringJoiner(",", "{\"table\":\"relay\",\"rounds\":" + rounds + ",\"peers\":" + peers
                + ",\"bodyBytes\":" + bodyBytes + ",\"rows\":[", "]}\n");
        List<Sample> forwarder = named(samples, "C forwarder");
        List<Sample> coturn = named(samples, "coturn");
        samples.forEach((row, list) -> rows.add(String.format(Locale.ROOT,
                "{\"relay\":\"%s\",\"packetsPerSecond\":%.0f,\"cpuUsPerPacket\":%.4f,\"rateByForwarder\":%.4f,"
                        + "\"rateByCoturn\":%s,\"lost\":%d,\"allocatedBytesPerPacket\":%s}",
                row.name, median(list.stream().mapToDouble(Sample::packetsPerSecond).toArray()),
                median(list.stream().mapToDouble(Sample::cpuUsPerPacket).toArray()), ratio(list, forwarder),
                number(ratio(list, coturn)), list.stream().mapToLong(Sample::lost).sum(),
                number(median(list.stream().mapToDouble(Sample::allocatedBytesPerPacket).toArray())))));
        return rows.toString();
    }

    /** Empty where there is nothing to compare with. */
    static String cell(double ratio) {
        return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.4f", value);
    }
}
