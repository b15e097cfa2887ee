package org.schiltron.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.schiltron.figures.Table;
import org.schiltron.scenario.Result;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a scenario came to, for a terminal and as JSON. */
final class ScenarioText {
    private static final int MAX_ROWS = 40;

    private ScenarioText() {
    }

    // For a terminal

    static void print(PrintWriter target, Result result) {
        target.println(result.scenario() + ", seed " + result.seed() + ": "
                + String.format(Locale.ROOT, "%.1f", result.durationNs() * 1e-9) + " s, " + whole(result.datagrams())
                + " datagrams, " + whole(result.events()) + " events, trace " + trace(result));
        print(target, links(result));
        if (result.routers().stream().anyMatch(router -> router.refused() > 0))
            print(target, routers(result));
        print(target, taps(result));
        print(target, machines(result));
        print(target, clients(result));
        print(target, seconds(result));
        if (!result.clients().isEmpty())
            target.println("\nclients' requests answered in time: " + percent(result.success()));
    }

    private static void print(PrintWriter target, Table table) {
        if (table.rows().isEmpty())
            return;
        target.println();
        target.println(table.title());
        List<List<Object>> rows = table.rows();
        List<List<Object>> shown = rows.subList(0, Math.min(MAX_ROWS, rows.size()));
        ExperimentText.columns(target, new Table(table.title(), table.columns(), shown));
        if (shown.size() < rows.size())
            target.println("  and " + (rows.size() - shown.size()) + " more; --json has all");
    }

    /** Links of a group's hosts together: sums, and the most used one's share. */
    private static Table links(Result result) {
        Map<String, List<Result.Link>> alike = new LinkedHashMap<>();
        for (Result.Link link : result.links()) {
            String way = link.from().equals(link.link()) ? link.group() + " > " + link.to() : "";
            if (link.to().equals(link.link()))
                way = link.from() + " > " + link.group();
            alike.computeIfAbsent(way.isEmpty() ? link.link() + ": " + link.from() + " > " + link.to() : way,
                    _ -> new ArrayList<>()).add(link);
        }
        double seconds = result.durationNs() * 1e-9;
        List<List<Object>> rows = new ArrayList<>();
        alike.forEach((way, links) -> {
            long offered = links.stream().mapToLong(Result.Link::bytes).sum();
            long carried = links.stream().mapToLong(Result.Link::carriedBytes).sum();
            rows.add(List.of(way, links.size(), mbits(offered, seconds), mbits(carried, seconds),
                    percent(links.stream().mapToDouble(Result.Link::utilisation).max().orElse(Double.NaN)),
                    counts(links.stream().map(link -> link.drops().entrySet().stream().collect(Collectors.toMap(
                            drop -> drop.getKey().name().toLowerCase(Locale.ROOT), Map.Entry::getValue)))
                            .toList())));
        });
        return new Table("links", List.of("direction", "links", "offered Mbit/s", "carried Mbit/s", "used", "dropped"),
                rows);
    }

    private static Table routers(Result result) {
        List<List<Object>> rows = new ArrayList<>();
        for (Result.Router router : result.routers())
            rows.add(List.of(router.router(), whole(router.forwarded()), whole(router.refused()), gates(router)));
        return new Table("routers", List.of("router", "let on", "refused", "by gate"), rows);
    }

    private static String gates(Result.Router router) {
        List<String> gates = new ArrayList<>();
        for (int i = 0; i < router.gates().size(); i++) {
            Result.Gate gate = router.gates().get(i);
            if (!gate.refused().isEmpty())
                gates.add((i + 1) + " " + gate.gate() + ": " + counts(List.of(gate.refused())));
        }
        return String.join("; ", gates);
    }

    private static Table taps(Result result) {
        List<List<Object>> rows = new ArrayList<>();
        for (Result.Tap tap : result.taps())
            rows.add(List.of(tap.link(), tap.habit(), whole(tap.seen()), whole(tap.acted())));
        return new Table("taps", List.of("link", "habit", "saw", "did"), rows);
    }

    private static Table machines(Result result) {
        Map<String, List<Result.Machine>> groups = result.machines().stream()
                .collect(Collectors.groupingBy(Result.Machine::group, LinkedHashMap::new, Collectors.toList()));
        List<List<Object>> rows = new ArrayList<>();
        groups.forEach((group, machines) -> {
            if (!machines.getFirst().machine().equals("flood"))
                rows.add(List.of(group, machines.getFirst().machine(), machines.size(),
                        whole(machines.stream().mapToLong(Result.Machine::datagramsIn).sum()),
                        whole(machines.stream().mapToLong(Result.Machine::datagramsOut).sum()),
                        counts(machines.stream().map(Result.Machine::drops).toList())));
        });
        return new Table("machines", List.of("host", "machine", "hosts", "got", "sent", "dropped"), rows);
    }

    private static Table clients(Result result) {
        List<List<Object>> rows = new ArrayList<>();
        for (Result.Client client : result.clients())
            rows.add(List.of(client.client(),
                    client.connectedNs() < 0
                            ? "never"
                            : String.format(Locale.ROOT, "%.2f s", client.connectedNs() * 1e-9),
                    client.sessions(), whole(client.asked()), whole(client.answered()),
                    whole(client.failed()), whole(client.bytes()), millis(client.p50Ns()),
                    millis(client.p99Ns())));
        return new Table("clients", List.of("client", "connected", "sessions", "asked", "answered", "failed", "bytes",
                "p50", "p99"), rows);
    }

    private static Table seconds(Result result) {
        List<List<Object>> rows = new ArrayList<>();
        for (Result.Second second : result.seconds())
            rows.add(List.of(second.second() + " s", second.asked(), second.answered(), second.failed(),
                    mbits(second.bytes(), 1)));
        return new Table("by the second, all clients",
                List.of("from", "asked", "answered", "failed", "received Mbit/s"), rows);
    }

    private static String counts(List<Map<String, Long>> all) {
        Map<String, Long> sums = new java.util.TreeMap<>();
        for (Map<String, Long> one : all)
            one.forEach((what, count) -> sums.merge(what, count, Long::sum));
        return sums.entrySet().stream().map(sum -> sum.getKey() + " " + whole(sum.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String mbits(long bytes, double seconds) {
        return String.format(Locale.ROOT, "%.3f", bytes * 8e-6 / seconds);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String millis(long ns) {
        return ns < 0 ? "-" : String.format(Locale.ROOT, "%.1f ms", ns * 1e-6);
    }

    private static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String trace(Result result) {
        return String.format(Locale.ROOT, "%016x", result.traceHash());
    }

    // As JSON

    static ObjectNode json(Result result) {
        ObjectNode json = Json.MAPPER.createObjectNode().put("scenario", result.scenario()).put("seed", result.seed())
                .put("seconds", result.durationNs() * 1e-9).put("events", result.events())
                .put("datagrams", result.datagrams()).put("trace", trace(result));
        number(json, "success", result.success());
        ArrayNode links = json.putArray("links");
        for (Result.Link link : result.links()) {
            ObjectNode node = links.addObject().put("link", link.link()).put("from", link.from()).put("to", link.to())
                    .put("bytesPerSecond", link.rate()).put("packets", link.packets()).put("bytes", link.bytes())
                    .put("carriedPackets", link.carriedPackets()).put("carriedBytes", link.carriedBytes());
            number(node, "utilisation", link.utilisation());
            ObjectNode drops = node.putObject("drops");
            link.drops().forEach((cause, count) -> drops.put(cause.name().toLowerCase(Locale.ROOT), count));
        }
        ArrayNode routers = json.putArray("routers");
        for (Result.Router router : result.routers()) {
            ArrayNode gates = routers.addObject().put("router", router.router()).put("forwarded", router.forwarded())
                    .put("refused", router.refused()).putArray("gates");
            for (Result.Gate gate : router.gates()) {
                ObjectNode refused = gates.addObject().put("gate", gate.gate()).putObject("refused");
                gate.refused().forEach(refused::put);
            }
        }
        ArrayNode taps = json.putArray("taps");
        for (Result.Tap tap : result.taps())
            taps.addObject().put("link", tap.link()).put("habit", tap.habit()).put("seen", tap.seen()).put("acted",
                    tap.acted());
        ArrayNode machines = json.putArray("machines");
        for (Result.Machine machine : result.machines()) {
            ObjectNode drops = machines.addObject().put("host", machine.host()).put("group", machine.group())
                    .put("machine", machine.machine()).put("address", machine.address())
                    .put("datagramsIn", machine.datagramsIn()).put("datagramsOut", machine.datagramsOut())
                    .putObject("drops");
            machine.drops().forEach(drops::put);
        }
        ArrayNode clients = json.putArray("clients");
        for (Result.Client client : result.clients()) {
            ObjectNode node = clients.addObject().put("client", client.client()).put("group", client.group());
            number(node, "connectedSeconds", client.connectedNs() < 0 ? Double.NaN : client.connectedNs() * 1e-9);
            node.put("sessions", client.sessions()).put("asked", client.asked()).put("answered", client.answered())
                    .put("failed", client.failed()).put("waiting", client.waiting()).put("bytes", client.bytes());
            number(node, "p50Ms", client.p50Ns() < 0 ? Double.NaN : client.p50Ns() * 1e-6);
            number(node, "p99Ms", client.p99Ns() < 0 ? Double.NaN : client.p99Ns() * 1e-6);
        }
        ArrayNode bySecond = json.putArray("bySecond");
        for (Result.Second second : result.seconds())
            bySecond.addObject().put("second", second.second()).put("asked", second.asked())
                    .put("answered", second.answered()).put("failed", second.failed()).put("bytes", second.bytes());
        return json;
    }

    private static void number(ObjectNode json, String name, double value) {
        if (Double.isNaN(value))
            json.putNull(name);
        else
            json.put(name, value);
    }
}
