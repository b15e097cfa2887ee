package org.schiltron.scenario;
import org.schiltron.filter.Prefix;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.ring.RingNode;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Capture;
import org.schiltron.sim.Datagram;
import org.schiltron.sim.DoorLiar;
import org.schiltron.sim.Flood;
import org.schiltron.sim.Forger;
import org.schiltron.sim.HoldingMailbox;
import org.schiltron.sim.HostileClient;
import org.schiltron.sim.IdCounter;
import org.schiltron.sim.LyingMailbox;
import org.schiltron.sim.Node;
import org.schiltron.sim.RingForgery;
import org.schiltron.sim.Router;
import org.schiltron.sim.Simulation;
import org.schiltron.sim.Trunk;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;

/** A scenario in a simulation: addresses first, since machines are told others', then routers, trunks and hosts. */
final class World {
    /** Of a service's mailboxes so many are knocked at by a client that names none, as a link names a few. */
    static final int CONTACTS = 6;
    private static final long SECOND_NS = 1_000_000_000;
    private static final long NO_RATE = 125_000_000; // what machines are told of a link without one
    private static final double STORE_SECONDS = 0.25;
    private static final int SERVICES_AT_MAILBOX = 64;
    private static final int OWNERS_AT_MAILBOX = 1_024;

    /** A host's node and the router it is attached to. */
    record Attached(String group, Node<?, ?> node, Router router) {
    }

    final Simulation simulation;
    final Map<String, Router> routers = new LinkedHashMap<>();
    final Map<String, List<RowGate>> gates = new LinkedHashMap<>(); // by router
    final List<Trunk> trunks = new ArrayList<>();
    final List<Attached> attached = new ArrayList<>();
    final List<Occupant<?, ?>> machines = new ArrayList<>();
    final List<ClientProgram> clients = new ArrayList<>();
    final List<LiveScenario.Program> programs = new ArrayList<>();
    final Tally tally;
    final Taps taps;
    private final Scenario scenario;
    private final Timetable timetable;
    private final Watchers watchers = new Watchers();
    private final Map<String, ? extends Capture> captures;
    private final Map<String, List<Path>> addresses = new LinkedHashMap<>(); // by group
    private final Map<String, List<Path>> ipv6OfPrograms = new LinkedHashMap<>(); // by group: they have both
    final Map<String, List<Path>> ofRouters = new LinkedHashMap<>();
    private final Map<String, Identity> services = new LinkedHashMap<>();

    /** @param captures by what {@link Scenario#links} names */
    World(Scenario scenario, long seed, Map<String, ? extends Capture> captures) {
        this.scenario = scenario;
        this.captures = captures;
        simulation = new Simulation(seed);
        timetable = new Timetable(simulation, scenario);
        tally = new Tally(scenario.durationNs());
        for (Scenario.Host host : scenario.hosts()) {
            List<Path> group = new ArrayList<>();
            for (int i = 0; i < host.group().count(); i++)
                group.add(host.group().ipv6()
                        ? simulation.newIpv6Address(port(host.role()))
                        : simulation.newAddress(port(host.role())));
            addresses.put(host.group().name(), group);
            if (host.role() instanceof Role.Program) {
                List<Path> second = new ArrayList<>();
                for (int i = 0; i < host.group().count(); i++)
                    second.add(simulation.newIpv6Address(0));
                ipv6OfPrograms.put(host.group().name(), second);
            }
            if (host.role() instanceof Role.Service)
                services.put(host.group().name(),
                        Identity.generate(simulation.random("service key " + host.group().name())));
        }
        taps = new Taps(simulation, scenario.taps(), addresses(List.copyOf(addresses.keySet())));
        addNetwork();
        for (Scenario.Host host : scenario.hosts())
            addHosts(host);
        for (Router router : routers.values()) {
            List<Path> own = List.of(simulation.newAddress(0), simulation.newIpv6Address(0));
            simulation.addresses(router, own.getFirst(), own.getLast());
            ofRouters.put(router.name(), own);
        }
    }

    private static int port(Role role) {
        return switch (role) {
            case Role.Mailbox _ -> 4_500;
            case Role.Ring _ -> 4_600;
            case Role.Service _ -> 5_000;
            case Role.Client _,Role.Hostile _ -> 6_000;
            case Role.Flood _,Role.Forger _ -> 7_000;
            case Role.Program _ -> 0; // all
        };
    }

    /** Of the members of these groups, in their order. */
    List<Path> addresses(List<String> groups) {
        List<Path> all = new ArrayList<>();
        for (String group : groups)
            all.addAll(addresses.getOrDefault(group, List.of()));
        return all;
    }

    /** Of these groups: whatever the members can be reached at. */
    private AddressSet set(List<String> groups, List<Prefix> prefixes) {
        List<Path> all = addresses(groups);
        for (String group : groups)
            all.addAll(ipv6OfPrograms.getOrDefault(group, List.of()));
        return new AddressSet(all, prefixes);
    }

    private void addNetwork() {
        for (Scenario.Router spec : scenario.routers()) {
            Router router = simulation.router(spec.name());
            routers.put(spec.name(), router);
            List<RowGate> row = new ArrayList<>();
            for (GateSpec gate : spec.gates())
                row.add(gate(gate, router, row.size()));
            row.forEach(router::gate);
            gates.put(spec.name(), row);
        }
        for (Scenario.Trunk spec : scenario.trunks()) {
            Trunk trunk = simulation.join(spec.name(), router(spec.a()), router(spec.b()));
            trunk.there().configure(spec.there());
            trunk.back().configure(spec.back());
            Capture capture = captures.get(spec.name());
            if (capture != null) {
                trunk.there().capture(capture);
                trunk.back().capture(capture);
            }
            trunks.add(trunk);
            timetable.add(trunk);
            taps.add(spec.name(), trunk.there(), trunk.back(), trunk.a());
        }
        simulation.settleWays();
    }

    private RowGate gate(GateSpec spec, Router router, int place) {
        return switch (spec) {
            case GateSpec.Only only -> new ListGate(only.word(), true, set(only.to()), set(only.from()));
            case GateSpec.Drop drop -> new ListGate(drop.word(), false, set(drop.to()), set(drop.from()));
            case GateSpec.Rate rate -> new RateGate(rate, set(rate.to()), set(rate.from()));
            case GateSpec.Requested requested -> new RequestedGate(requested.word(),
                    set(List.of(requested.service()), List.of()),
                    simulation.random("gate " + place + " of " + router.name()));
            case GateSpec.Rules file -> new RulesGate(file.word(), file.rules(),
                    simulation.random("gate " + place + " of " + router.name()), 0);
            case GateSpec.ReversePath path -> {
                Router.Gate check = simulation.reversePath(router);
                yield new RowGate(path.word()) {
                    @Override
                    public boolean admits(long nowNs, Datagram datagram) {
                        return check.admits(nowNs, datagram) || refuse("not_behind_link");
                    }
                };
            }
        };
    }

    private AddressSet set(GateSpec.Ends ends) {
        if (ends.equals(GateSpec.Ends.ALL))
            return new AddressSet(List.of(), List.of(new Prefix(0, 0, 0), Prefix.IPV4));
        return set(ends.hosts(), ends.prefixes());
    }

    private Router router(String name) {
        Router router = routers.get(name);
        if (router == null)
            throw new IllegalStateException("no router " + name);
        return router;
    }

    // Hosts

    private void addHosts(Scenario.Host host) {
        Scenario.Group group = host.group();
        List<String> names = group.members();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Path address = addresses(List.of(group.name())).get(i);
            switch (host.role()) {
                case Role.Mailbox role -> addMailbox(group, role, name, address);
                case Role.Ring role -> addRing(group, role, name, address);
                case Role.Service role -> addService(group, role, name, address);
                case Role.Client role -> {
                    // Spread over one period, as clients are that know nothing of each other.
                    long periodNs = role.everyNs() > 0 ? role.everyNs() : SECOND_NS;
                    long startNs = role.startNs() + periodNs / names.size() * i;
                    if (startNs <= scenario.durationNs())
                        simulation.at(startNs, () -> addClient(group, role, name, address));
                }
                case Role.Hostile role -> addHostile(group, role, name, address);
                case Role.Forger role -> addForger(group, role, name, address);
                case Role.Flood role -> addFlood(group, role, name, address);
                case Role.Program role ->
                    addProgram(group, role, name, address, ipv6OfPrograms.getOrDefault(group.name(), List.of()).get(i));
            }
        }
    }

    private <E, M extends Machine<E>> Occupant<E, M> place(Scenario.Group group, Role role, String name,
            Path address, Occupant.Birth<M> birth, Function<M, @Nullable Counters> counters) {
        if (!group.nat())
            return place(group, role, name, address, List.of(address), birth, counters);
        // Behind a NAT, what others know is the NAT's address; the host's own is nobody's business.
        Path own = group.ipv6() ? simulation.newIpv6Address(address.port()) : simulation.newAddress(address.port());
        Occupant<E, M> occupant = place(group, role, name, address, List.of(own), birth, counters);
        occupant.node().behindNat(address, Simulation.NAT_IDLE_NS);
        return occupant;
    }

    /** @param own its node's addresses; {@code address} is the one that others know */
    private <E, M extends Machine<E>> Occupant<E, M> place(Scenario.Group group, Role role, String name,
            Path address, List<Path> own, Occupant.Birth<M> birth, Function<M, @Nullable Counters> counters) {
        Occupant<E, M> occupant = new Occupant<>(group.name(), role, address, birth, counters);
        Node<E, M> node = simulation.add(name, occupant.first(), own.toArray(Path[]::new));
        occupant.settle(node);
        node.uplink().configure(group.up());
        node.downlink().configure(group.down());
        Router router = router(group.router());
        node.attach(router);
        Capture capture = captures.get(name);
        if (capture != null) {
            node.uplink().capture(capture);
            node.downlink().capture(capture);
        }
        attached.add(new Attached(group.name(), node, router));
        machines.add(occupant);
        taps.add(name, node.uplink(), node.downlink(), router);
        watchers.add(group.name(), node);
        timetable.add(occupant);
        return occupant;
    }

    /** Of the machine of that host, or of its life of that name. */
    private SeededRandom random(String host, String life) {
        return simulation.random("machine " + host + life);
    }

    private void addProgram(Scenario.Group group, Role.Program role, String name, Path address, Path ipv6) {
        List<Path> ipv4 = new ArrayList<>();
        for (int i = 0; i < role.addresses(); i++)
            ipv4.add(new Path(0, address.addressHigh(), address.addressLow() + i, address.port()));
        List<Path> own = new ArrayList<>(ipv4);
        own.add(ipv6);
        Node<Void, Attacker> node = this.<Void, Attacker>place(group, role, name, address, own,
                _ -> new Attacker(), _ -> null).node();
        programs.add(new LiveScenario.Program(name, ipv4, ipv6, group.up().mtuBytes(), node,
                role.countsIds() ? new IdCounter() : null));
    }

    private static long rate(Scenario.Group group) {
        long rate = group.down().rateBytesPerSecond();
        return rate == 0 ? NO_RATE : rate;
    }

    private void addMailbox(Scenario.Group group, Role.Mailbox role, String name, Path address) {
        MailboxConfig config = MailboxConfig.builder(rate(group)).storeSeconds(STORE_SECONDS)
                .maxOwners(OWNERS_AT_MAILBOX).maxServices(SERVICES_AT_MAILBOX).build();
        LyingMailbox.Lie lie = role.lie();
        DoorLiar.Lie door = role.door();
        Occupant.Birth<Mailbox> honest = life -> new Mailbox(config, random(name, life));
        if (lie == null && door == null) {
            this.<MailboxEvent, Mailbox>place(group, role, name, address, honest, Mailbox::counters);
            return;
        }
        this.<MailboxEvent, HoldingMailbox>place(group, role, name, address, life -> {
            SeededRandom lies = simulation.random("lies " + name + life);
            Mailbox mailbox = honest.machine(life);
            return lie != null
                    ? new LyingMailbox(mailbox, lie, lies)
                    : new DoorLiar(mailbox, Objects.requireNonNull(door), lies);
        }, HoldingMailbox::counters);
    }

    private void addRing(Scenario.Group group, Role.Ring role, String name, Path address) {
        List<PublicKey> customers = new ArrayList<>();
        for (Scenario.Host host : scenario.hosts()) {
            Identity key = services.get(host.group().name());
            if (host.role() instanceof Role.Service service && key != null && service.rings().contains(group.name()))
                customers.add(key.publicKey());
        }
        RingConfig config = RingConfig.defaults().withCustomers(customers).withOwn(List.of(address));
        Identity key = Identity.generate(simulation.random("key " + name));
        this.<RingEvent, RingNode>place(group, role, name, address,
                life -> new RingNode(simulation.nowNs(), key, config,
                        random(name, life)),
                RingNode::counters);
    }

    private void addService(Scenario.Group group, Role.Service role, String name, Path address) {
        List<ServiceConfig.Ring> rings = new ArrayList<>();
        for (Path ring : addresses(role.rings()))
            rings.add(new ServiceConfig.Ring(ring, null));
        ServiceConfig config = ServiceConfig.of(addresses(role.mailboxes()), rings).withLink(rate(group));
        Occupant<SessionEvent, ServiceEndpoint> service = place(group, role, name, address,
                life -> new ServiceEndpoint(config, key(name), random(name, life)), ServiceEndpoint::counters);
        service.beside(new ServiceProgram(simulation, service.node()));
    }

    private Identity key(String service) {
        Identity key = services.get(service);
        if (key == null)
            throw new IllegalStateException("no service " + service);
        return key;
    }

    private void addClient(Scenario.Group group, Role.Client role, String name, Path address) {
        List<Path> contacts = role.contacts().isEmpty() ? contacts(role.service()) : addresses(role.contacts());
        ClientConfig config = new ClientConfig(key(role.service()).publicKey(), contacts, false,
                EndpointLimits.DEFAULT);
        Identity key = Identity.generate(simulation.random("key " + name));
        Occupant<SessionEvent, ClientEndpoint> client = place(group, role, name, address,
                life -> new ClientEndpoint(config, key, random(name, life)), ClientEndpoint::counters);
        ClientProgram program = new ClientProgram(simulation, client.node(), role, group.name(), tally);
        client.beside(program);
        clients.add(program);
    }

    /** The first few of its mailboxes. */
    private List<Path> contacts(String of) {
        List<Path> mailboxes = addresses(service(of).mailboxes());
        return mailboxes.subList(0, Math.min(CONTACTS, mailboxes.size()));
    }

    private Role.Service service(String of) {
        for (Scenario.Host host : scenario.hosts())
            if (host.group().name().equals(of) && host.role() instanceof Role.Service service)
                return service;
        throw new IllegalStateException("no service " + of);
    }

    private void addHostile(Scenario.Group group, Role.Hostile role, String name, Path address) {
        Path victim = role.victim().isEmpty() ? new Path() : addresses(List.of(role.victim())).getFirst();
        Identity key = Identity.generate(simulation.random("key " + name));
        this.<Void, HostileClient>place(group, role, name, address, life -> new HostileClient(key,
                key(role.service()).publicKey(), contacts(role.service()), victim, role.trick(), random(name, life)),
                _ -> null);
    }

    private void addForger(Scenario.Group group, Role.Forger role, String name, Path address) {
        Role.Service service = service(role.service());
        Forger forger = new Forger(simulation, "machine " + name, List.of(address), addresses(service.mailboxes()),
                addresses(service.rings()), addresses(List.copyOf(addresses.keySet())),
                ContactConfig.DEFAULT.registrationBits(), key(role.service()).publicKey());
        Occupant<Void, Attacker> host = place(group, role, name, address, _ -> forger.machine(), _ -> null);
        forger.at(host.node());
        watchers.watch(role.watch(), forger::watch);
        simulation.at(role.startNs(), () -> forge(role, forger));
    }

    private void forge(Role.Forger role, Forger forger) {
        if (simulation.nowNs() >= role.endNs())
            return;
        forger.act();
        simulation.after(role.everyNs(), () -> forge(role, forger));
    }

    private RingForgery forgery(Role.Flood role, String name) {
        List<Path> mailboxes = new ArrayList<>();
        for (Scenario.Host host : scenario.hosts())
            if (host.role() instanceof Role.Mailbox)
                mailboxes.addAll(addresses(List.of(host.group().name())));
        RingForgery forgery = new RingForgery(simulation, mailboxes, role.payload(),
                simulation.random("forgery " + name));
        watchers.watch(role.targets(), forgery::watch);
        return forgery;
    }

    private void addFlood(Scenario.Group group, Role.Flood role, String name, Path address) {
        // Not in step with the others, which would lock somebody out of a full queue or let him always in.
        long gapNs = SECOND_NS / role.packetsPerSecond();
        long startNs = role.startNs() + simulation.random("phase " + name).nextLong(Math.max(1, gapNs));
        List<Path> targets = addresses(role.targets());
        if (role.kind() == Role.Flood.Kind.RANDOM && role.as().isEmpty()) {
            long[] rate = {role.packetsPerSecond()};
            Occupant<Void, Flood> flood = place(group, role, name, address,
                    life -> new Flood(targets, rate[0], role.payload(), Math.max(startNs, simulation.nowNs()),
                            role.endNs(), random(name, life)),
                    _ -> null);
            timetable.add(name, changed -> {
                rate[0] = role.packetsPerSecond(changed);
                if (flood.node().isAlive())
                    flood.node().command(machine -> machine.rate(simulation.nowNs(), rate[0]));
            });
            return;
        }
        Occupant<Void, Attacker> bot = place(group, role, name, address, _ -> new Attacker(), _ -> null);
        ForgedFlood flood = new ForgedFlood(simulation, bot.node(), role, targets,
                role.as().isEmpty() ? List.of(address) : addresses(role.as()), startNs, random(name, ""),
                role.kind() == Role.Flood.Kind.RING ? forgery(role, name) : null);
        timetable.add(name, changed -> flood.rate(role.packetsPerSecond(changed)));
    }
}
