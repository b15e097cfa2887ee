package org.schiltron.scenario;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.Fields;
import org.schiltron.toml.BadFileException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code [[at]]} tables. */
final class EventFields {
    private static final int MAX_EVENTS = 10_000;
    private static final List<String> KINDS = List.of("link", "kill", "restart", "partition", "heal", "rebind",
            "flood");

    private record Timed(long timeNs, Fields fields) {
    }

    private final long durationNs;
    private final List<Scenario.Host> hosts;
    /** As they stand after the events read so far, by name, and what their directions are called. */
    private final Map<String, LinkFields.Pair> links = new LinkedHashMap<>();
    private final Map<String, Boolean> trunks = new LinkedHashMap<>();
    private final Map<String, Scenario.Host> byName = new LinkedHashMap<>(); // groups and members

    EventFields(long durationNs, List<Scenario.Trunk> trunks, List<Scenario.Host> hosts) {
        this.durationNs = durationNs;
        this.hosts = hosts;
        for (Scenario.Trunk trunk : trunks) {
            links.put(trunk.name(), new LinkFields.Pair(trunk.there(), trunk.back()));
            this.trunks.put(trunk.name(), true);
        }
        for (Scenario.Host host : hosts) {
            for (String member : host.group().members()) {
                links.put(member, new LinkFields.Pair(host.group().up(), host.group().down()));
                byName.put(member, host);
            }
            byName.put(host.group().name(), host);
        }
    }

    /** In their order in time, those of one time in that of the file. */
    List<Scenario.Event> events(Fields top) throws BadFileException {
        List<Timed> timed = new ArrayList<>();
        for (Fields fields : top.tables("at")) {
            if (timed.size() == MAX_EVENTS)
                throw fields.wrong("more than " + MAX_EVENTS + " events");
            fields.need("time", "\"5s\"");
            timed.add(new Timed(fields.quantity("time", Quantity.DURATION, 0, 0, durationNs), fields));
        }
        timed.sort(Comparator.comparingLong(Timed::timeNs));
        List<Scenario.Event> events = new ArrayList<>();
        for (Timed each : timed) {
            events.add(new Scenario.Event(each.timeNs, event(each.fields)));
            each.fields.end();
        }
        return events;
    }

    private EventSpec event(Fields fields) throws BadFileException {
        List<String> kinds = KINDS.stream().filter(fields::has).toList();
        if (kinds.size() != 1)
            throw fields.wrong(kinds.isEmpty()
                    ? "needs one of the keys " + String.join(", ", KINDS)
                    : String.join(" and ", kinds) + " are several events: give each an [[at]] of its own");
        return switch (kinds.getFirst()) {
            case "link" -> links(fields);
            case "kill" -> new EventSpec.Kill(members(fields, "kill"));
            case "restart" -> new EventSpec.Restart(members(fields, "restart"));
            case "partition" -> new EventSpec.Partition(members(fields, "partition"));
            case "heal" -> {
                if (!fields.flag("heal"))
                    throw fields.wrong("heal", "can only be true");
                yield new EventSpec.Heal();
            }
            case "rebind" -> {
                List<String> moving = members(fields, "rebind");
                for (String name : moving) {
                    Scenario.Host host = byName.get(name);
                    if (host == null || !host.group().nat())
                        throw fields.wrong("rebind", name + " is not behind a NAT: give it nat = true");
                }
                yield new EventSpec.Rebind(moving);
            }
            default -> flood(fields);
        };
    }

    private EventSpec links(Fields fields) throws BadFileException {
        Map<String, LinkFields.Pair> changed = new LinkedHashMap<>();
        for (String name : links(fields, "link")) {
            boolean trunk = trunks.containsKey(name);
            LinkFields.Pair pair = LinkFields.change(fields, pair(name), trunk ? "there" : "up",
                    trunk ? "back" : "down");
            changed.put(name, pair);
        }
        links.putAll(changed);
        return new EventSpec.Links(changed);
    }

    /** The links that a key names; hosts' groups stand for those of their members. */
    List<String> links(Fields fields, String key) throws BadFileException {
        return named(fields, key, links.keySet());
    }

    private LinkFields.Pair pair(String name) {
        LinkFields.Pair pair = links.get(name);
        return pair == null ? LinkFields.Pair.PERFECT : pair;
    }

    private EventSpec flood(Fields fields) throws BadFileException {
        List<String> floods = members(fields, "flood");
        for (String name : floods) {
            Scenario.Host host = byName.get(name);
            if (host == null || !(host.role() instanceof Role.Flood))
                throw fields.wrong("flood", name + " is not a flood" + Fields.suggestion(name, hosts.stream()
                        .filter(each -> each.role() instanceof Role.Flood).map(each -> each.group().name()).toList()));
        }
        fields.need("rate", "\"10Mbit\"");
        return new EventSpec.FloodRate(floods,
                fields.quantity("rate", Quantity.RATE, 0, 0, RoleFields.MAX_FLOOD_BITS) / 8);
    }

    private List<String> members(Fields fields, String key) throws BadFileException {
        return named(fields, key, byName.keySet());
    }

    /** Groups stand for their members. */
    private List<String> named(Fields fields, String key, Iterable<String> known) throws BadFileException {
        List<String> given = fields.names(key);
        if (given == null || given.isEmpty())
            throw fields.wrong(key, "an empty list");
        List<String> all = new ArrayList<>();
        for (String name : given) {
            Scenario.Host host = byName.get(name);
            if (host == null && !(key.equals("link") && links.containsKey(name)))
                throw fields.wrong(key, "there is no " + (key.equals("link") ? "link " : "host ") + name
                        + Fields.suggestion(name, known));
            if (host != null && host.group().name().equals(name))
                all.addAll(host.group().members());
            else
                all.add(name);
        }
        return all;
    }
}
