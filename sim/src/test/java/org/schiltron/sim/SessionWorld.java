package org.schiltron.sim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Identity;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.ring.RingNode;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.ClientLimits;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;

/** Mailboxes, ring nodes, services on one key and clients, with programs on top: all of it drawn from the seed. */
final class SessionWorld {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;
    private static final int MAX_SESSIONS = 50;
    private static final List<HostileClient.Trick> TRICKS = List.of(HostileClient.Trick.values());
    private static final MailboxConfig MAILBOX = MailboxConfig.builder(12_500_000).storeSeconds(0.1).maxGets(16_384)
            .maxOwners(256).build();
    private static final List<LyingMailbox.Lie> LIES = List.of(LyingMailbox.Lie.values());

    private final MailboxConfig mailboxConfig;
    final Simulation simulation;
    final SeededRandom random;
    final List<Node<MailboxEvent, Machine<MailboxEvent>>> mailboxes = new ArrayList<>();
    final List<Path> mailboxAddresses = new ArrayList<>();
    final List<Boolean> liars = new ArrayList<>();
    final List<Node<RingEvent, Observed<RingEvent, RingNode>>> rings = new ArrayList<>();
    final List<Path> ringAddresses = new ArrayList<>();
    final List<Node<SessionEvent, Observed<SessionEvent, ServiceEndpoint>>> services = new ArrayList<>();
    final List<EchoService> echoes = new ArrayList<>();
    final List<Node<SessionEvent, Observed<SessionEvent, ClientEndpoint>>> clients = new ArrayList<>();
    final List<Transfers> transfers = new ArrayList<>();
    final Victim victim;
    private final Set<ClientId> hostile = new LinkedHashSet<>();
    final Identity key;
    private final List<ServiceConfig.Ring> ringList = new ArrayList<>();
    private final List<Identity> ringKeys = new ArrayList<>();
    private final List<LinkConfig> links = new ArrayList<>(); // of clients, to restore
    private final StringBuilder story = new StringBuilder();
    final long serviceLinkBytesPerSecond;
    private int restarts;

    /** What a world is made of. */
    record Shape(int mailboxes, int rings, int services, int clients, int liars, int hostile, boolean victimListed,
            int maxBytes, boolean faultyLinks) {
    }

    static Shape draw(SeededRandom random) {
        int mailboxes = pick(random, 4, 6, 10, 20);
        return new Shape(mailboxes, pick(random, 0, 1, 2, 3, 4), pick(random, 1, 1, 2), pick(random, 1, 1, 2, 4),
                random.nextInt(2) * random.nextInt(1 + mailboxes / 4), pick(random, 0, 0, 0, 1, 2),
                random.nextInt(8) == 0, pick(random, 3_000, 60_000, 300_000), true);
    }

    SessionWorld(long seed) {
        this(seed, draw(new SeededRandom(seed)));
    }

    SessionWorld(long seed, Shape shape) {
        this(seed, shape, MAILBOX);
    }

    SessionWorld(long seed, Shape shape, MailboxConfig mailboxConfig) {
        this.mailboxConfig = mailboxConfig;
        simulation = new Simulation(seed);
        random = simulation.random("world");
        story.append("seed ").append(seed).append(' ').append(shape).append('\n');
        key = Identity.generate(simulation.random("service key"));
        serviceLinkBytesPerSecond = shape.faultyLinks
                ? 125_000L * pick(random, shape.maxBytes < 10_000 ? 2 : 8, 20, 100)
                : 2_500_000;
        long core = random.nextLong(20 * MS);
        simulation.coreDelay((from, to) -> core);
        victim = new Victim(simulation, shape.victimListed);
        for (int i = 0; i < shape.mailboxes; i++)
            addMailbox(i, i < shape.liars);
        if (shape.victimListed)
            mailboxAddresses.add(victim.address());
        for (int i = 0; i < shape.rings; i++)
            addRing(i);
        for (int i = 0; i < shape.services; i++)
            addService(i);
        for (int i = 0; i < shape.clients; i++)
            addClient(shape);
        for (int i = 0; i < shape.hostile; i++)
            addHostile(TRICKS.get(random.nextInt(TRICKS.size())));
    }

    static int pick(SeededRandom random, int... of) {
        return of[random.nextInt(of.length)];
    }

    static double pick(SeededRandom random, double... of) {
        return of[random.nextInt(of.length)];
    }

    void note(String what) {
        story.append("  ").append(simulation.nowNs() / MS).append(" ms: ").append(what).append('\n');
    }

    // Hosts

    void addMailbox(int i, boolean lies) {
        Path address = simulation.newAddress(4_500);
        var node = simulation.<MailboxEvent, Machine<MailboxEvent>>add("mailbox " + i,
                lies ? lyingMailbox(LIES.get(random.nextInt(LIES.size()))) : honestMailbox(), address);
        node.links(LinkConfig.ofMegabits(100).withDelayNs(random.nextLong(8 * MS)));
        mailboxes.add(node);
        mailboxAddresses.add(address);
        liars.add(lies);
    }

    Machine<MailboxEvent> honestMailbox() {
        Mailbox mailbox = newMailbox();
        return new Observed<>(mailbox, new MailboxWitness(mailbox, mailboxConfig));
    }

    LyingMailbox lyingMailbox(LyingMailbox.Lie lie) {
        story.append("  a mailbox that lies: ").append(lie).append('\n');
        return new LyingMailbox(newMailbox(), lie, simulation.random("lies " + restarts));
    }

    private Mailbox newMailbox() {
        return new Mailbox(mailboxConfig, simulation.random("mailbox machine " + restarts++));
    }

    private void addRing(int i) {
        Path address = simulation.newAddress(4_600);
        Identity identity = Identity.generate(simulation.random("ring key " + i));
        ringAddresses.add(address);
        ringKeys.add(identity);
        var node = simulation.add("ring " + i, ring(i), address);
        node.links(LinkConfig.ofMegabits(100).withDelayNs(random.nextLong(5 * MS)));
        rings.add(node);
        ringList.add(new ServiceConfig.Ring(address, random.nextInt(2) == 0 ? null : identity.publicKey()));
    }

    Observed<RingEvent, RingNode> ring(int i) {
        Path address = ringAddresses.get(i);
        RingConfig config = RingConfig.defaults().withCustomers(List.of(key.publicKey())).withOwn(List.of(address));
        return new Observed<>(
                new RingNode(simulation.nowNs(), ringKeys.get(i), config, outstanding -> new ExactNonceFilter(),
                        simulation.random("ring machine " + restarts++)),
                new RingWitness(address));
    }

    private void addService(int i) {
        var node = simulation.add("service " + i, service(i), simulation.newAddress(5_000));
        node.links(LinkConfig.ofRate(serviceLinkBytesPerSecond).withDelayNs(random.nextLong(5 * MS)));
        services.add(node);
        echoes.add(new EchoService(simulation, node, hostile));
    }

    /** A further host of service 0. */
    Node<SessionEvent, Observed<SessionEvent, ServiceEndpoint>> addHost() {
        addService(services.size());
        return services.getLast();
    }

    List<ServiceConfig.Ring> ringList() {
        return List.copyOf(ringList);
    }

    Observed<SessionEvent, ServiceEndpoint> service(int i) {
        ServiceConfig config = new ServiceConfig(mailboxAddresses, ringList, serviceLinkBytesPerSecond, MAX_SESSIONS,
                ClientLimits.DEFAULT.withSessions(4), DoorConfig.DEFAULT, 1 + simulation.nowNs() / SECOND,
                EndpointLimits.DEFAULT);
        ServiceEndpoint endpoint = new ServiceEndpoint(config, key,
                simulation.random("service machine " + restarts++));
        ServiceBounds bounds = new ServiceBounds(endpoint, serviceLinkBytesPerSecond, MAX_SESSIONS);
        EndpointWitness witness = new EndpointWitness(ringList.isEmpty() ? mailboxAddresses : ringAddresses,
                bounds::check);
        simulation.every(ServiceBounds.BUCKET_NS, () -> bounds.onBucket(witness));
        return new Observed<>(endpoint, witness);
    }

    /** Its number is that of its transfers too. */
    final void addClient(Shape shape) {
        int i = clients.size();
        ClientConfig config = new ClientConfig(key.publicKey(), mailboxAddresses, false, EndpointLimits.DEFAULT);
        Identity identity = Identity.generate(simulation.random("client key " + i));
        ClientEndpoint endpoint = new ClientEndpoint(config, identity, simulation.random("client machine " + i));
        var node = simulation.add("client " + i,
                new Observed<>(endpoint, new EndpointWitness(mailboxAddresses, () -> checkClient(endpoint))),
                simulation.newAddress(6_000));
        LinkConfig link = shape.faultyLinks ? faultyLink() : LinkConfig.ofMegabits(100);
        links.add(link);
        node.links(link);
        if (random.nextInt(3) > 0)
            node.behindNat(simulation.newAddress(0), Simulation.NAT_IDLE_NS);
        clients.add(node);
        transfers.add(new Transfers(simulation, node, i, shape.maxBytes));
        story.append("  client ").append(i).append(' ').append(link).append('\n');
    }

    HostileClient addHostile(HostileClient.Trick trick) {
        String name = "hostile " + hostile.size();
        Identity identity = Identity.generate(simulation.random(name + " key"));
        hostile.add(ClientId.of(identity.publicKey().x25519()));
        story.append("  a hostile client: ").append(trick).append('\n');
        HostileClient client = new HostileClient(identity, key.publicKey(), mailboxAddresses.subList(0,
                mailboxes.size()), victim.address(), trick, simulation.random(name));
        simulation.add(name, client, simulation.newAddress(6_500))
                .links(LinkConfig.ofMegabits(20).withDelayNs(random.nextLong(30 * MS)));
        return client;
    }

    /** A set of its own for each direction, and what a knock waits for, of the session and of the one after it. */
    private static void checkClient(ClientEndpoint endpoint) {
        if (endpoint.awaited() > 2 * (2_048 + 32))
            throw new AssertionError("a client waits for " + endpoint.awaited() + " packets");
    }

    /** Where the system is reached. */
    List<Path> everyone() {
        List<Path> all = new ArrayList<>(mailboxAddresses.subList(0, mailboxes.size()));
        all.addAll(ringAddresses);
        services.forEach(node -> all.add(node.address()));
        return all;
    }

    private LinkConfig faultyLink() {
        LinkConfig link = LinkConfig.ofRate(125L * pick(random, 640, 2_000, 20_000, 100_000))
                .withDelayNs(pick(random, 0, 5, 20, 75) * MS).withJitterNs(random.nextLong(5 * MS))
                .withLoss(pick(random, 0, 0, 0.01, 0.05, 0.2));
        if (random.nextInt(4) == 0)
            link = link.withBurstLoss(new LinkConfig.BurstLoss(0.01, 0.2, 0.8));
        if (random.nextInt(3) == 0)
            link = link.withReorder(0.1, 30 * MS);
        if (random.nextInt(3) == 0)
            link = link.withDuplicate(pick(random, 0.01, 0.3));
        if (random.nextInt(3) == 0)
            link = link.withCorrupt(pick(random, 0.01, 0.1));
        return link;
    }

    // Runs

    /** Datagrams now and then, from now on. */
    void start() {
        for (Transfers of : transfers)
            simulation.every((50 + random.nextInt(400)) * MS, of::datagram);
    }

    /** No more faults: one network, and what is alive stays so. */
    void calm() {
        note("calm");
        simulation.heal();
    }

    /** Runs until each client has completed a transfer begun after now. */
    boolean everyClientCompletes(long withinNs) {
        int[] goal = new int[transfers.size()];
        for (int i = 0; i < goal.length; i++) {
            Transfers of = transfers.get(i);
            of.run(true);
            goal[i] = of.completed + (of.isBusy() ? 2 : 1);
        }
        return simulation.runUntil(() -> {
            for (int i = 0; i < goal.length; i++)
                if (transfers.get(i).completed < goal[i] || !transfers.get(i).isOpen())
                    return false;
            return true;
        }, simulation.nowNs() + withinNs);
    }

    /** No transfers; those under way end. */
    void rest() {
        for (Transfers of : transfers)
            of.run(false);
    }

    String describe() {
        StringBuilder text = new StringBuilder(story);
        for (Transfers of : transfers)
            text.append("  ").append(of).append('\n');
        for (var node : services)
            if (node.isAlive())
                text.append("  ").append(node.name()).append(' ').append(node.machine().machine().status())
                        .append('\n');
        for (var node : clients)
            text.append("  ").append(node.name()).append(" drops ")
                    .append(node.machine().machine().counters().drops()).append('\n');
        return text.toString();
    }
}
