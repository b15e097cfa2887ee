package org.schiltron.scenario;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.TomlFile;
import org.schiltron.toml.Fields;
import org.schiltron.toml.BadFileException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads a scenario: first routers, then the links between them, then hosts; each may name only what is there. */
final class ScenarioFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

    private final String file;
    private final Fields top;
    /** The line of each router, link and member of a group: all may be asked for by name, so none is there twice. */
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Map<String, Fields> routerFields = new LinkedHashMap<>();
    private final List<Scenario.Trunk> trunks = new ArrayList<>();
    private final List<Scenario.Group> groups = new ArrayList<>();

    private ScenarioFile(String file, Fields top) {
        this.file = file;
        this.top = top;
    }

    static Scenario read(Path path) throws IOException {
        return new ScenarioFile(path.toString(), TomlFile.read(path, MAX_BYTES, "a scenario")).scenario();
    }

    private Scenario scenario() throws BadFileException {
        top.need("duration", "\"20s\"");
        long durationNs = top.quantity("duration", Quantity.DURATION, 0, 1_000_000, Scenario.MAX_DURATION_NS);
        for (String key : List.of("router", "link", "host", "at", "tap"))
            top.has(key);
        top.end();
        readRouters();
        readTrunks();
        checkConnected();
        Map<String, Fields> hostFields = tables("host", "a scenario needs hosts: add [host.NAME] with a machine");
        for (Map.Entry<String, Fields> entry : hostFields.entrySet())
            declare(entry.getKey(), entry.getValue());
        List<Scenario.Host> hosts = new RoleFields(durationNs, groups, hostFields).hosts();
        List<Scenario.Router> routers = new ArrayList<>();
        GateFields gates = new GateFields(Path.of(file), hosts);
        for (Map.Entry<String, Fields> entry : routerFields.entrySet()) {
            routers.add(new Scenario.Router(entry.getKey(), gates.row(entry.getValue())));
            entry.getValue().end();
        }
        EventFields events = new EventFields(durationNs, trunks, hosts);
        return new Scenario(file, durationNs, routers, trunks, hosts, events.events(top),
                new TapFields(durationNs, events::links).taps(top));
    }

    /** The tables in a table, by name. */
    private Map<String, Fields> tables(String kind, String missing) throws BadFileException {
        Fields all = top.table(kind);
        if (all == null || all.keys().isEmpty())
            throw new BadFileException(file, 0, missing);
        Map<String, Fields> found = new LinkedHashMap<>();
        for (String name : all.keys()) {
            Fields fields = all.table(name);
            if (fields == null)
                continue;
            if (!NAME.matcher(name).matches())
                throw all.wrong(name, "not a name: small letters, digits and -, at most 64, a letter first");
            found.put(name, fields);
        }
        return found;
    }

    private void take(String name, Fields fields) throws BadFileException {
        Integer before = lines.putIfAbsent(name, fields.line());
        if (before != null)
            throw fields.wrong("the name " + name + " is taken, in line " + before);
    }

    private void readRouters() throws BadFileException {
        routerFields.putAll(tables("router", "a scenario needs a router: add [router.NAME]"));
        if (routerFields.size() > Scenario.MAX_ROUTERS)
            throw new BadFileException(file, 0, routerFields.size() + " routers, at most " + Scenario.MAX_ROUTERS
                    + " are allowed");
        for (Map.Entry<String, Fields> entry : routerFields.entrySet())
            take(entry.getKey(), entry.getValue());
    }

    private void readTrunks() throws BadFileException {
        if (!top.has("link"))
            return;
        for (Map.Entry<String, Fields> entry : tables("link", "link: an empty table").entrySet()) {
            Fields fields = entry.getValue();
            take(entry.getKey(), fields);
            List<String> between = fields.names("between");
            if (between == null || between.size() != 2)
                throw fields.wrong("needs a key between with two routers, such as between = [\"core\", \"provider\"]");
            for (String router : between)
                checkRouter(fields, "between", router);
            if (between.getFirst().equals(between.getLast()))
                throw fields.wrong("between", "a link from " + between.getFirst() + " to itself");
            LinkFields.Pair pair = LinkFields.read(fields, "there", "back");
            trunks.add(new Scenario.Trunk(entry.getKey(), between.getFirst(), between.getLast(), pair.first(),
                    pair.second()));
        }
        if (trunks.size() > Scenario.MAX_TRUNKS)
            throw new BadFileException(file, 0, trunks.size() + " links, at most " + Scenario.MAX_TRUNKS
                    + " are allowed");
    }

    private void checkRouter(Fields fields, String key, String router) throws BadFileException {
        if (!routerFields.containsKey(router))
            throw fields.wrong(key, "there is no router " + router
                    + Fields.suggestion(router, routerFields.keySet()));
    }

    /** Names the first router that cannot be reached from the first one. */
    private void checkConnected() throws BadFileException {
        List<String> reached = new ArrayList<>(List.of(routerFields.keySet().iterator().next()));
        Map<String, List<String>> next = new LinkedHashMap<>();
        for (Scenario.Trunk trunk : trunks) {
            next.computeIfAbsent(trunk.a(), _ -> new ArrayList<>()).add(trunk.b());
            next.computeIfAbsent(trunk.b(), _ -> new ArrayList<>()).add(trunk.a());
        }
        Map<String, Fields> missing = new LinkedHashMap<>(routerFields);
        missing.remove(reached.getFirst());
        for (int i = 0; i < reached.size(); i++) {
            for (String router : next.getOrDefault(reached.get(i), List.of()))
                if (missing.remove(router) != null)
                    reached.add(router);
        }
        for (Fields fields : missing.values())
            throw fields.wrong("cannot be reached from router " + reached.getFirst()
                    + ": add a [link.NAME] between this router and another");
    }

    /** What every host has; its machine comes later, since that may name other hosts. */
    private void declare(String name, Fields fields) throws BadFileException {
        int count = (int) fields.whole("count", 1, 1, Scenario.MAX_HOSTS);
        String router = routerFields.size() == 1
                ? fields.text("router", routerFields.keySet().iterator().next())
                : fields.needed("router", "\"" + routerFields.keySet().iterator().next() + "\"");
        checkRouter(fields, "router", router);
        String machine = fields.needed("machine", "\"mailbox\"");
        if (!RoleFields.WORDS.contains(machine))
            throw fields.wrong("machine", "\"" + machine + "\" is not one of " + String.join(", ", RoleFields.WORDS));
        Fields link = fields.table("link");
        LinkFields.Pair pair = link == null ? LinkFields.Pair.PERFECT : LinkFields.read(link, "up", "down");
        boolean ipv6 = fields.whole("ip", 4, 4, 6) == 6;
        if (fields.whole("ip", 4, 4, 6) == 5)
            throw fields.wrong("ip", "5 is neither 4 nor 6");
        boolean nat = fields.flag("nat");
        if (nat && !RoleFields.BEHIND_NAT.contains(machine))
            throw fields.wrong("nat", "a " + machine + " has to be reached from outside; only "
                    + String.join(" and ", RoleFields.BEHIND_NAT) + " can be behind a NAT");
        Scenario.Group group = new Scenario.Group(name, count, router, pair.first(), pair.second(), ipv6, nat);
        groups.add(group);
        int all = 0;
        for (Scenario.Group each : groups)
            all += each.count();
        if (all > Scenario.MAX_HOSTS)
            throw fields.wrong("with these there are " + all + " hosts, at most " + Scenario.MAX_HOSTS
                    + " are allowed");
        for (String member : group.members())
            take(member, fields);
        if (count > 1)
            take(name, fields);
    }
}
