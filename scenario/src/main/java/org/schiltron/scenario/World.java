package org.schiltron.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingNode;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Capture;
import org.schiltron.sim.Flood;
import org.schiltron.sim.HostileClient;
import org.schiltron.sim.LyingMailbox;
import org.schiltron.sim.Node;
import org.schiltron.sim.Router;
import org.schiltron.sim.Simulation;
import org.schiltron.sim.Trunk;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
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

    /** A machine and where its counters are, if it has any. */
    record Running(String group, String host, Role role, Path address, @Nullable Counters counters) {
        Result.Machine result() {
            Map<String, Long> drops = new TreeMap<>();
            if (counters != null) {
                for (Map.Entry<Drop, Long> drop : counters.drops().entrySet())
                    drops.put(drop.getKey().label(), drop.getValue());
            }
            return new Result.Machine(group, host, role.word(), address.toString(),
                    counters == null ? 0 : counters.datagramsIn(), counters == null ? 0 : counters.datagramsOut(),
                    drops);
        }
    }

    /** A host's node and the router it is attached to. */
    record Attached(String group, Node<?, ?> node, Router router) {
    }

    final Simulation simulation;
    final Map<String, Router> routers = new LinkedHashMap<>();
    final List<Trunk> trunks = new ArrayList<>();
    final List<Attached> attached = new ArrayList<>();
    final List<Running> machines = new ArrayList<>();
    final List<ClientProgram> clients = new ArrayList<>();
    final Tally tally;
    private final Scenario scenario;
    private final Map<String, ? extends Capture> captures;
    private final Map<String, List<Path>> addresses = new LinkedHashMap<>(); // by group
    private final Map<String, Identity> services = new LinkedHashMap<>();

    /** @param captures by what {@link Scenario#links} names */
    World(Scenario scenario, long seed, Map<String, ? extends Capture> captures) {
        this.scenario = scenario;
        this.captures = captures;
        simulation = new Simulation(seed);
        tally = new Tally(scenario.durationNs());
        for (Scenario.Host host : scenario.hosts()) {
            List<Path> group = new ArrayList<>();
            for (int i = 0; i < host.group().count(); i++)
                group.add(simulation.newAddress(port(host.role())));
            addresses.put(host.group().name(), group);
            if (host.role() instanceof Role.Service)
                services.put(host.group().name(),
                        Identity.generate(simulation.random("service key " + host.group().name())));
        }
        addNetwork();
        for (Scenario.Host host : scenario.hosts())
            addHosts(host);
    }

    private static int port(Role role) {
        return switch (role) {
            case Role.Mailbox _ -> 4_500;
            case Role.Ring _ -> 4_600;
            case Role.Service _ -> 5_000;
            case Role.Client _,Role.Hostile _ -> 6_000;
            case Role.Flood _ -> 7_000;
        };
    }

    private List<Path> addresses(List<String> groups) {
        List<Path> all = new ArrayList<>();
        for (String group : groups)
            all.addAll(addresses.getOrDefault(group, List.of()));
        return all;
    }

    private void addNetwork() {
        for (Scenario.Router spec : scenario.routers()) {
            Router router = simulation.router(spec.name());
            routers.put(spec.name(), router);
            for (Scenario.Only only : spec.only())
                router.gate(new OnlyFrom(addresses(List.of(only.host())), addresses(only.from())));
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
        }
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
                case Role.Flood role -> addFlood(group, role, name, address);
            }
        }
    }

    private <E, M extends Machine<E>> Node<E, M> place(Scenario.Group group, Role role, String name, M machine,
            Path address, @Nullable Counters counters) {
        Node<E, M> node = simulation.add(name, machine, address);
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
        machines.add(new Running(group.name(), name, role, address, counters));
        return node;
    }

    private static long rate(Scenario.Group group) {
        long rate = group.down().rateBytesPerSecond();
        return rate == 0 ? NO_RATE : rate;
    }

    private void addMailbox(Scenario.Group group, Role.Mailbox role, String name, Path address) {
        MailboxConfig config = MailboxConfig.builder(rate(group)).storeSeconds(STORE_SECONDS)
                .maxOwners(OWNERS_AT_MAILBOX).maxServices(SERVICES_AT_MAILBOX).build();
        Mailbox mailbox = new Mailbox(config, simulation.random("machine " + name));
        LyingMailbox.Lie lie = role.lie();
        this.<MailboxEvent, Machine<MailboxEvent>>place(group, role, name,
                lie == null ? mailbox : new LyingMailbox(mailbox, lie, simulation.random("lies " + name)), address,
                mailbox.counters());
    }

    private void addRing(Scenario.Group group, Role.Ring role, String name, Path address) {
        List<PublicKey> customers = new ArrayList<>();
        for (Scenario.Host host : scenario.hosts()) {
            Identity key = services.get(host.group().name());
            if (host.role() instanceof Role.Service service && key != null && service.rings().contains(group.name()))
                customers.add(key.publicKey());
        }
        RingConfig config = RingConfig.defaults().withCustomers(customers).withOwn(List.of(address));
        RingNode ring = new RingNode(0, Identity.generate(simulation.random("key " + name)), config,
                simulation.random("machine " + name));
        place(group, role, name, ring, address, ring.counters());
    }

    private void addService(Scenario.Group group, Role.Service role, String name, Path address) {
        List<ServiceConfig.Ring> rings = new ArrayList<>();
        for (Path ring : addresses(role.rings()))
            rings.add(new ServiceConfig.Ring(ring, null));
        ServiceEndpoint service = new ServiceEndpoint(
                ServiceConfig.of(addresses(role.mailboxes()), rings).withLink(rate(group)), key(name),
                simulation.random("machine " + name));
        Node<SessionEvent, ServiceEndpoint> node = place(group, role, name, service, address, service.counters());
        new ServiceProgram(simulation, node);
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
        ClientEndpoint client = new ClientEndpoint(config, Identity.generate(simulation.random("key " + name)),
                simulation.random("machine " + name));
        Node<SessionEvent, ClientEndpoint> node = place(group, role, name, client, address, client.counters());
        clients.add(new ClientProgram(simulation, node, role, group.name(), tally));
    }

    /** The first few of its mailboxes. */
    private List<Path> contacts(String of) {
        for (Scenario.Host host : scenario.hosts()) {
            if (host.group().name().equals(of) && host.role() instanceof Role.Service service) {
                List<Path> mailboxes = addresses(service.mailboxes());
                return mailboxes.subList(0, Math.min(CONTACTS, mailboxes.size()));
            }
        }
        throw new IllegalStateException("no service " + of);
    }

    private void addHostile(Scenario.Group group, Role.Hostile role, String name, Path address) {
        Path victim = role.victim().isEmpty() ? new Path() : addresses(List.of(role.victim())).getFirst();
        HostileClient client = new HostileClient(Identity.generate(simulation.random("key " + name)),
                key(role.service()).publicKey(), contacts(role.service()), victim, role.trick(),
                simulation.random("machine " + name));
        place(group, role, name, client, address, null);
    }

    private void addFlood(Scenario.Group group, Role.Flood role, String name, Path address) {
        // Not in step with the others, which would lock somebody out of a full queue or let him always in.
        long gapNs = SECOND_NS / role.packetsPerSecond();
        long startNs = role.startNs() + simulation.random("phase " + name).nextLong(Math.max(1, gapNs));
        List<Path> targets = addresses(role.targets());
        if (role.kind() == Role.Flood.Kind.RANDOM && role.as().isEmpty()) {
            place(group, role, name, new Flood(targets, role.packetsPerSecond(), role.payload(), startNs,
                    role.endNs(), simulation.random("machine " + name)), address, null);
            return;
        }
        Node<Void, Attacker> node = place(group, role, name, new Attacker(), address, null);
        new ForgedFlood(simulation, node, role, targets, role.as().isEmpty() ? List.of(address) : addresses(role.as()),
                startNs, simulation.random("machine " + name));
    }
}
