package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.schiltron.host.Addresses;

/**
 * Whether a mailbox's process holds to the memory its configuration says, plus a constant, while a flood fills all its
 * tables several times over.
 */
final class MemoryTable {
    /** What docs/OPERATING.md states. */
    private static final long CONSTANT_BYTES = 250_000_000L;
    private static final int MAX_OWNERS = 16_384;

    /** Bytes of one mailbox: as configured, and as its process holds. */
    private record Row(int linkMbit, long configured, long atStart, long most, double gets, double packets,
            double owners, double services, long datagrams, double received) {
        long beside() {
            return most - configured;
        }
    }

    private MemoryTable() {
    }

    public static void main(String[] args) throws InterruptedException {
        Options options = new Options("memory").number("seed", 1, 0, 999_999_999).number("most-mbit", 1_000, 10, 10_000)
                .read(args);
        List<Row> rows = new ArrayList<>();
        try {
            for (int mbit = 10; mbit <= options.get("most-mbit"); mbit *= 10)
                rows.add(measure(mbit, options.get("seed")));
        } catch (IOException e) {
            System.err.println("bench/run memory: " + e.getMessage());
            System.exit(1);
        }
        System.out.print(options.json() ? json(rows) : table(rows));
        if (rows.stream().anyMatch(row -> row.beside() > CONSTANT_BYTES)) {
            System.err
                    .println("bench/run memory: a process holds more than its tables and " + CONSTANT_BYTES + " bytes");
            System.exit(1);
        }
    }

    private static Row measure(int mbit, long seed) throws IOException, InterruptedException {
        System.err.println("a mailbox of " + mbit + " Mbit/s");
        try (Scene scene = new Scene()) {
            int metrics = Scene.freePort();
            Child mailbox = scene.start("mailbox", Scene.schiltron("mailbox", "--listen", "127.0.0.1:0", "--metrics",
                    "127.0.0.1:" + metrics, "--link-mbit-per-second", Integer.toString(mbit), "--set",
                    "rare.checks-per-second=8000"));
            String address = mailbox.awaitLine("mailbox: ");
            String status = scene.run(Scene.schiltron("status", "--json").toArray(String[]::new));
            long configured = number(status, "memoryBytes");
            long atStart = mailbox.statusBytes("VmRSS");
            MemoryFlood flood = new MemoryFlood(Addresses.resolve(address), seed);
            long maxGets = Math.max(16_384, Math.min(4_194_304, mbit * 1_250L));
            int sources = MAX_OWNERS + MAX_OWNERS / 4;
            int gets = (int) Math.max(1, 3 * maxGets / 72 / sources);
            int puts = (int) Math.max(2, 3L * mbit * 125_000 / 4 / 600 / sources);
            double[] most = new double[4];
            for (int i = 0; i < sources; i++) {
                flood.source(i, gets, puts);
                if (i % 1_024 == 1_023) {
                    keepMost(most, metrics);
                    if (!mailbox.isAlive())
                        mailbox.awaitLine("\0"); // throws with what it said
                }
            }
            keepMost(most, metrics);
            return new Row(mbit, configured, atStart, mailbox.statusBytes("VmHWM"), most[0], most[1], most[2], most[3],
                    flood.datagrams(), Inspection.metric(metrics, "schiltron_datagrams_in_total"));
        }
    }

    private static void keepMost(double[] most, int metrics) throws IOException {
        String[] names = {"gets", "stored_packets", "owners", "services"};
        for (int i = 0; i < names.length; i++)
            most[i] = Math.max(most[i], Inspection.metric(metrics, "schiltron_mailbox_" + names[i]));
    }

    private static long number(String json, String name) {
        int at = json.indexOf('"' + name + '"');
        String digits = json.substring(at + name.length() + 2).replaceFirst("^[^0-9]*", "")
                .replaceFirst("[^0-9].*(?s:.*)", "");
        return Long.parseLong(digits);
    }

    private static String table(List<Row> rows) {
        StringBuilder text = new StringBuilder("| link, Mbit/s | tables, MB | process at its start, MB | at most, MB |"
                + " beside the tables, MB | gets | packets | addresses | services | datagrams sent | taken in |\n"
                + "|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (Row r : rows) {
            text.append(String.format(Locale.ROOT,
                    "| %,d | %.1f | %.1f | %.1f | %.1f | %,.0f | %,.0f | %,.0f | %,.0f | %,d | %,.0f |%n", r.linkMbit,
                    r.configured / 1e6, r.atStart / 1e6, r.most / 1e6, r.beside() / 1e6, r.gets, r.packets, r.owners,
                    r.services, r.datagrams, r.received));
        }
        return text.toString();
    }

    private static String json(List<Row> rows) {
        StringJoiner text = new StringJoiner(",", "{\"table\":\"memory\",\"rows\":[", "]}\n");
        for (Row r : rows) {
            text.add(String.format(Locale.ROOT,
                    "{\"linkMbitPerSecond\":%d,\"configuredBytes\":%d,\"residentBytesAtStart\":%d,"
                            + "\"residentBytesMost\":%d,\"gets\":%.0f,\"packets\":%.0f,\"owners\":%.0f,"
                            + "\"services\":%.0f,\"datagramsSent\":%d,\"datagramsTaken\":%.0f}",
                    r.linkMbit, r.configured, r.atStart, r.most, r.gets, r.packets, r.owners, r.services, r.datagrams,
                    r.received));
        }
        return text.toString();
    }
}
