package org.schiltron.scenario;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.Fields;
import org.schiltron.toml.BadFileException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.schiltron.sim.DoorLiar;
import org.schiltron.sim.HostileClient;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.LyingMailbox;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.wire.CookieRequest;

/** The keys of each machine. */
final class RoleFields {
    static final List<String> WORDS = List.of("mailbox", "ring", "service", "client", "hostile-client", "forger",
            "flood", "program");
    /** Machines that only speak to who spoke to them, or that they spoke to. */
    static final List<String> BEHIND_NAT = List.of("client", "hostile-client");
    private static final int MAX_MAILBOXES = 4_096;
    private static final int MAX_RINGS = 64;
    /** What mailboxes and services are told of their links; less they do not take. */
    private static final long LEAST_RATE = 10_000;
    private static final int LEAST_PAYLOAD = 32;
    private static final int MAX_PAYLOAD = 2_048;
    /** A second, of one host. */
    static final long MAX_FLOOD_BITS = 1_000_000_000_000L;
    private static final int MAX_STREAM = 1 << 30;

    private final long durationNs;
    private final List<Scenario.Group> groups;
    private final List<Fields> tables;
    private final List<String> machines = new ArrayList<>(); // of the groups, by index
    private long requests;

    /** @param tables of the groups, in their order */
    RoleFields(long durationNs, List<Scenario.Group> groups, Map<String, Fields> tables) throws BadFileException {
        this.durationNs = durationNs;
        this.groups = groups;
        this.tables = List.copyOf(tables.values());
        for (Fields fields : this.tables)
            machines.add(fields.text("machine", ""));
    }

    List<Scenario.Host> hosts() throws BadFileException {
        List<Scenario.Host> hosts = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            hosts.add(new Scenario.Host(groups.get(i), role(machines.get(i), groups.get(i), tables.get(i))));
            tables.get(i).end();
        }
        return hosts;
    }

    private Role role(String machine, Scenario.Group host, Fields fields) throws BadFileException {
        return switch (machine) {
            case "mailbox" -> mailbox(host, fields);
            case "ring" -> new Role.Ring();
            case "service" -> service(host, fields);
            case "client" -> client(host, fields);
            case "program" -> program(host, fields);
            case "hostile-client" -> hostile(host, fields);
            case "forger" -> forger(host, fields);
            default -> flood(host, fields);
        };
    }

    private static Role.Mailbox mailbox(Scenario.Group host, Fields fields) throws BadFileException {
        checkRate(host.down(), fields);
        if (!fields.has("lie"))
            return new Role.Mailbox(null, null);
        LyingMailbox.Lie[] lies = LyingMailbox.Lie.values();
        DoorLiar.Lie[] doorLies = DoorLiar.Lie.values();
        List<String> words = words("", lies);
        words.addAll(words("door-", doorLies));
        int lie = words.indexOf(fields.word("lie", words, ""));
        return lie < lies.length
                ? new Role.Mailbox(lies[lie], null)
                : new Role.Mailbox(null, doorLies[lie - lies.length]);
    }

    /** Of the constant whose name, with hyphens, is the key's value. */
    static int index(Fields fields, String key, Enum<?>[] constants) throws BadFileException {
        List<String> words = words("", constants);
        return words.indexOf(fields.word(key, words, words.getFirst()));
    }

    private static List<String> words(String before, Enum<?>[] constants) {
        List<String> words = new ArrayList<>();
        for (Enum<?> constant : constants)
            words.add(before + constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return words;
    }

    private static Role.Program program(Scenario.Group host, Fields fields) throws BadFileException {
        if (host.ipv6())
            throw fields.wrong("ip", "a host for programs has addresses of both");
        int addresses = (int) fields.whole("addresses", 1, 1, Role.Program.MAX_ADDRESSES);
        boolean counted = fields.word("ids", List.of("kernel", "counted"), "kernel").equals("counted");
        return new Role.Program(addresses, counted);
    }

    private Role.Service service(Scenario.Group host, Fields fields) throws BadFileException {
        checkRate(host.down(), fields);
        if (host.count() > 1)
            throw fields.wrong("count", "a service has one host here; name each service of its own");
        List<String> mailboxes = some(fields, "mailboxes", "mailbox");
        if (mailboxes.isEmpty())
            throw fields.wrong("mailboxes", "a service needs mailboxes: add [host.NAME] with machine = \"mailbox\"");
        atMost(fields, "mailboxes", mailboxes, MAX_MAILBOXES);
        List<String> rings = some(fields, "rings", "ring");
        atMost(fields, "rings", rings, MAX_RINGS);
        sameFamily(fields, "mailboxes", host, mailboxes);
        sameFamily(fields, "rings", host, rings);
        return new Role.Service(mailboxes, rings);
    }

    private Role.Client client(Scenario.Group host, Fields fields) throws BadFileException {
        String service = serviceOf(fields);
        sameFamily(fields, "service", host, List.of(service));
        List<String> contacts = fields.has("contacts") ? some(fields, "contacts", "mailbox") : List.of();
        if (fields.has("contacts") && contacts.isEmpty())
            throw fields.wrong("contacts", "a client needs a mailbox to knock at");
        atMost(fields, "contacts", contacts, ClientConfig.MAX_CONTACTS);
        sameFamily(fields, "contacts", host, contacts);
        long startNs = fields.quantity("start", Quantity.DURATION, 0, 0, durationNs);
        int requestBytes = (int) fields.quantity("request", Quantity.SIZE, 150, 1, MAX_STREAM);
        int answerBytes = (int) fields.quantity("answer", Quantity.SIZE, 16_384, 1, MAX_STREAM);
        long everyNs = fields.quantity("every", Quantity.DURATION, 0, 100_000, Scenario.MAX_DURATION_NS);
        long most = fields.whole("requests", Scenario.MAX_REQUESTS, 0, Scenario.MAX_REQUESTS);
        long patienceNs = fields.quantity("patience", Quantity.DURATION, 4_000_000_000L, 1_000_000,
                Scenario.MAX_DURATION_NS);
        long trials = fields.whole("puzzle-trials-per-second", 10_000, 0, 10_000_000);
        if (everyNs > 0)
            requests += host.count() * Math.min(most, (durationNs - startNs) / everyNs + 1);
        if (requests > Scenario.MAX_REQUESTS)
            throw fields.wrong("every",
                    "with these, clients ask " + requests + " times, at most " + Scenario.MAX_REQUESTS
                            + " are allowed: ask less often, or shorten the duration");
        return new Role.Client(service, contacts, startNs, requestBytes, answerBytes, everyNs, most, patienceNs,
                trials);
    }

    private String serviceOf(Fields fields) throws BadFileException {
        List<String> services = of("service");
        if (services.isEmpty())
            throw fields.wrong("there is no service: add [host.NAME] with machine = \"service\"");
        String service = services.size() == 1
                ? fields.text("service", services.getFirst())
                : fields.needed("service", "\"" + services.getFirst() + "\"");
        checkMachines(fields, "service", List.of(service), "service");
        return service;
    }

    private Role.Hostile hostile(Scenario.Group host, Fields fields) throws BadFileException {
        fields.need("trick", "\"absurd-numbers\"");
        HostileClient.Trick[] tricks = HostileClient.Trick.values();
        HostileClient.Trick trick = tricks[index(fields, "trick", tricks)];
        String victim = "";
        if (trick == HostileClient.Trick.NAME_A_VICTIM) {
            victim = fields.needed("victim", "\"" + groups.getFirst().name() + "\"");
            checkHosts(fields, "victim", List.of(victim), groups);
        }
        String service = serviceOf(fields);
        sameFamily(fields, "service", host, List.of(service));
        return new Role.Hostile(trick, service, victim);
    }

    private Role.Forger forger(Scenario.Group host, Fields fields) throws BadFileException {
        List<String> watch = fields.names("watch");
        watch = watch == null ? List.of() : checkHosts(fields, "watch", watch, groups);
        long everyNs = fields.quantity("every", Quantity.DURATION, 5_000_000, 10_000, Scenario.MAX_DURATION_NS);
        long startNs = fields.quantity("start", Quantity.DURATION, 0, 0, durationNs);
        String service = serviceOf(fields);
        sameFamily(fields, "service", host, List.of(service));
        return new Role.Forger(watch, service, everyNs, startNs, end(fields, startNs));
    }

    private long end(Fields fields, long startNs) throws BadFileException {
        long endNs = fields.quantity("end", Quantity.DURATION, durationNs, 0, Scenario.MAX_DURATION_NS);
        if (endNs <= startNs)
            throw fields.wrong("end", "not after the start, " + Quantity.DURATION.show(startNs));
        return endNs;
    }

    private Role.Flood flood(Scenario.Group host, Fields fields) throws BadFileException {
        fields.need("rate", "\"10Mbit\"");
        long rate = fields.quantity("rate", Quantity.RATE, 0, 1_000, MAX_FLOOD_BITS) / 8;
        Role.Flood.Kind[] kinds = Role.Flood.Kind.values();
        Role.Flood.Kind kind = kinds[index(fields, "kind", kinds)];
        if (kind == Role.Flood.Kind.COOKIE_REQUESTS && fields.has("payload"))
            throw fields.wrong("payload", "a request for a cookie has " + CookieRequest.LENGTH + " bytes");
        int payload = kind == Role.Flood.Kind.COOKIE_REQUESTS
                ? CookieRequest.LENGTH
                : (int) fields.quantity("payload", Quantity.SIZE, 1_000, LEAST_PAYLOAD, MAX_PAYLOAD);
        if (payload + host.headers() > host.up().mtuBytes())
            throw fields.wrong("payload", "with its headers longer than the MTU of the host's link, "
                    + host.up().mtuBytes() + " bytes");
        List<String> targets = fields.names("target");
        if (targets == null || targets.isEmpty())
            throw fields.wrong("needs a key target with hosts, such as target = [\"service\"]");
        checkHosts(fields, "target", targets, groups);
        List<String> as = fields.names("as");
        as = as == null ? List.of() : checkHosts(fields, "as", as, groups);
        long startNs = fields.quantity("start", Quantity.DURATION, 0, 0, durationNs);
        if (kind == Role.Flood.Kind.RING) {
            checkMachines(fields, "target", targets, "ring");
            if (fields.has("as"))
                throw fields.wrong("as", "a flood of kind ring bears the addresses of mailboxes");
        }
        sameFamily(fields, "target", host, targets);
        return new Role.Flood(kind, targets, as, rate, payload, payload + host.headers(), startNs,
                end(fields, startNs));
    }

    private static void checkRate(LinkConfig link, Fields fields) throws BadFileException {
        if (link.rateBytesPerSecond() > 0 && link.rateBytesPerSecond() < LEAST_RATE)
            throw fields.wrong("link", "a mailbox or service needs a rate of 80kbit at least");
    }

    // Names of hosts

    /** The groups that a key names, or all of that machine. */
    private List<String> some(Fields fields, String key, String machine) throws BadFileException {
        List<String> names = fields.names(key);
        return names == null ? of(machine) : checkMachines(fields, key, names, machine);
    }

    private List<String> of(String machine) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            if (machines.get(i).equals(machine))
                names.add(groups.get(i).name());
        }
        return names;
    }

    private List<String> checkMachines(Fields fields, String key, List<String> names, String machine)
            throws BadFileException {
        checkHosts(fields, key, names, groups);
        for (String name : names) {
            if (!of(machine).contains(name))
                throw fields.wrong(key, name + " is not a " + machine + Fields.suggestion(name, of(machine)));
        }
        return names;
    }

    static List<String> checkHosts(Fields fields, String key, List<String> names, List<Scenario.Group> groups)
            throws BadFileException {
        return checkNames(fields, key, names, groups.stream().map(Scenario.Group::name).toList());
    }

    static List<String> checkNames(Fields fields, String key, List<String> names, List<String> known)
            throws BadFileException {
        for (String name : names) {
            if (!known.contains(name))
                throw fields.wrong(key, "there is no host " + name + Fields.suggestion(name, known));
        }
        return names;
    }

    /** IPv4 and IPv6 hosts do not reach each other. */
    private void sameFamily(Fields fields, String key, Scenario.Group host, List<String> names)
            throws BadFileException {
        for (Scenario.Group group : groups) {
            if (names.contains(group.name()) && group.ipv6() != host.ipv6())
                throw fields.wrong(key, group.name() + " has IPv" + (group.ipv6() ? 6 : 4) + " addresses, and "
                        + host.name() + " IPv" + (host.ipv6() ? 6 : 4) + " ones: give both the same ip");
        }
    }

    private void atMost(Fields fields, String key, List<String> names, int most) throws BadFileException {
        int all = 0;
        for (Scenario.Group group : groups) {
            if (names.contains(group.name()))
                all += group.count();
        }
        if (all > most)
            throw fields.wrong(key, all + " hosts, at most " + most + " are allowed");
    }
}
