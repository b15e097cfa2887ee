package org.schiltron.scenario;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;
import org.schiltron.toml.Quantity;

/** The keys of each gate of a router. */
final class GateFields {
    private static final List<String> WORDS = List.of("only", "drop", "rate", "reverse-path", "requested", "rules");
    static final int MAX_GATES = 64;
    private static final int MAX_PREFIXES = 1_024;

    private final Path scenario;
    private final List<Scenario.Host> hosts;
    private final List<String> names;

    /** @param scenario from where files of rules are named */
    GateFields(Path scenario, List<Scenario.Host> hosts) {
        this.scenario = scenario;
        this.hosts = hosts;
        names = hosts.stream().map(host -> host.group().name()).toList();
    }

    List<GateSpec> row(Fields router) throws BadFileException {
        List<GateSpec> row = new ArrayList<>();
        for (Fields fields : router.tables("gates")) {
            if (row.size() == MAX_GATES)
                throw fields.wrong("more than " + MAX_GATES + " gates in a row");
            row.add(gate(fields));
            fields.end();
        }
        return row;
    }

    private GateSpec gate(Fields fields) throws BadFileException {
        fields.need("gate", "\"only\"");
        return switch (fields.word("gate", WORDS, "")) {
            case "only" -> {
                fields.need("to", "\"service\"");
                fields.need("from", "[\"ring\"]");
                yield new GateSpec.Only(ends(fields, "to"), ends(fields, "from"));
            }
            case "drop" -> {
                if (!fields.has("to") && !fields.has("from"))
                    throw fields.wrong("needs a key to or from; without both it would drop everything");
                yield new GateSpec.Drop(ends(fields, "to"), ends(fields, "from"));
            }
            case "rate" -> {
                fields.need("rate", "\"1Mbit\"");
                long rate = fields.quantity("rate", Quantity.RATE, 0, 8, 1_000_000_000_000L) / 8;
                long burst = fields.quantity("burst", Quantity.SIZE, Math.max(3_000, rate / 10), 68, 1L << 40);
                boolean each = fields.word("per", List.of("source", "all"), "source").equals("source");
                yield new GateSpec.Rate(ends(fields, "to"), ends(fields, "from"), each, rate, burst);
            }
            case "reverse-path" -> new GateSpec.ReversePath();
            case "rules" -> new GateSpec.Rules(rules(fields));
            default -> requested(fields);
        };
    }

    private RuleSet rules(Fields fields) throws BadFileException {
        String file = fields.needed("file", "\"rules.toml\"");
        try {
            return RulesFile.read(scenario.resolveSibling(file));
        } catch (BadFileException e) {
            throw e;
        } catch (IOException | InvalidPathException e) {
            throw fields.wrong("file", file + " cannot be read: " + e.getMessage());
        }
    }

    private GateSpec requested(Fields fields) throws BadFileException {
        String service = fields.needed("service", "\"service\"");
        for (Scenario.Host host : hosts) {
            if (!host.group().name().equals(service) || !canAsk(host))
                continue;
            if (host.role() instanceof Role.Service role && !role.rings().isEmpty())
                throw fields.wrong("service", service + " has ring nodes, and speaks to no mailbox itself: give it"
                        + " rings = []");
            return new GateSpec.Requested(service);
        }
        throw fields.wrong("service", service + " is not a service" + Fields.suggestion(service,
                hosts.stream().filter(GateFields::canAsk).map(host -> host.group().name()).toList()));
    }

    /** A service, or a place for a real one. */
    private static boolean canAsk(Scenario.Host host) {
        return host.role() instanceof Role.Service
                || (host.role() instanceof Role.Program && host.group().count() == 1);
    }

    /** Names of hosts and prefixes, which have a digit or a colon where a name has none. */
    private GateSpec.Ends ends(Fields fields, String key) throws BadFileException {
        List<String> given = fields.names(key);
        if (given == null)
            return GateSpec.Ends.ALL;
        if (given.isEmpty())
            throw fields.wrong(key, "an empty list: leave the key out for all addresses");
        List<String> groups = new ArrayList<>();
        List<Prefix> prefixes = new ArrayList<>();
        for (String name : given) {
            if (name.isEmpty() || (Character.isLetter(name.charAt(0)) && name.indexOf(':') < 0))
                groups.add(name);
            else
                prefixes.add(prefix(fields, key, name));
        }
        if (prefixes.size() > MAX_PREFIXES)
            throw fields.wrong(key, prefixes.size() + " prefixes, at most " + MAX_PREFIXES + " are allowed");
        return new GateSpec.Ends(RoleFields.checkNames(fields, key, groups, names), prefixes);
    }

    private static Prefix prefix(Fields fields, String key, String text) throws BadFileException {
        try {
            return Prefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw fields.wrong(key, String.valueOf(e.getMessage()));
        }
    }
}
