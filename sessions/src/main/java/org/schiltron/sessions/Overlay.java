package org.schiltron.sessions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingNode;
import org.schiltron.sim.Datagram;
import org.schiltron.sim.Node;
import org.schiltron.sim.PuzzleSolver;
import org.schiltron.sim.Simulation;
import org.schiltron.sim.Tap;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.ClientLimits;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;
import org.schiltron.wire.Wire;

/**
 * One client and one service at two hosts of a matrix, mailboxes at others, a ring node beside the service, each the real machine;
 * and the network between them: half a round trip each way, loss at hosts and on paths. Hosts' links have no rate.
 */
final class Overlay {
    static final long SECOND_NS = 1_000_000_000L;
    private static final long PATIENCE_NS = 60 * SECOND_NS;
    private static final long SETTLING_NS = 3 * SECOND_NS;
    private static final int MAILBOX_PORT = 4_500;
    private static final int RING_PORT = 4_600;
    private static final int SERVICE_PORT = 5_000;
    private static final int CLIENT_PORT = 6_000;
    /** What machines are told; links have no rate. */
    private static final long LINK_BYTES_PER_SECOND = 12_500_000;
    /** One client comes, once. */
    private static final DoorConfig DOOR = DoorConfig.DEFAULT.withContactsPerSecond(4);
    private static final ContactConfig CONTACTS = new ContactConfig(16, 10_000, 64, 30, 10, 250, 30, 0, List.of());
    /** For one session of 25 packets a second, so that thousands of mailboxes are soon made. */
    private static final MailboxConfig MAILBOX = MailboxConfig.builder(LINK_BYTES_PER_SECOND).storeSeconds(0.01)
            .maxGets(2_048).maxOwners(64).maxServices(4).postsPerService(64).servicesPerAddress(4).servicesPerPrefix(4)
            .contacts(CONTACTS).build();
    private static final double TRIALS_PER_SECOND = 20_000;

    // What loses, by host or path
    private static final int UP = 3;
    private static final int DOWN = 4;
    private static final int ACROSS = 5;

    final Simulation simulation;
    private final RttMatrix rtt;
    private final LossModel losses;
    private final Map<Long, Bursts> bursts = new LinkedHashMap<>();
    private final List<Node<MailboxEvent, Mailbox>> mailboxes = new ArrayList<>();
    private final Node<SessionEvent, ServiceEndpoint> service;
    private final Node<SessionEvent, ClientEndpoint> client;
    private final PuzzleSolver solver;
    private final int clientHost;
    private final int serviceHost;
    private long puts;
    private long packetsBefore;
    private @Nullable Session atClient;
    private @Nullable Session atService;

    /** Told of what comes to a program, on one side. */
    interface Program {
        void on(SessionEvent event);
    }

    Overlay(RttMatrix rtt, LossModel losses, int clientHost, int serviceHost, int[] mailboxHosts, long seed) {
        this.rtt = rtt;
        this.losses = losses;
        this.clientHost = clientHost;
        this.serviceHost = serviceHost;
        simulation = new Simulation(seed);
        simulation.coreDelay((from, to) -> delayNs(host(from.address()), host(to.address())));
        List<Path> addresses = new ArrayList<>();
        for (int host : mailboxHosts) {
            Path address = address(host, MAILBOX_PORT);
            addresses.add(address);
            mailboxes.add(add("mailbox " + host,
                    new Mailbox(MAILBOX, simulation.random("mailbox machine " + host)), address));
        }
        Identity key = Identity.generate(simulation.random("service key"));
        Path ringAddress = address(serviceHost, RING_PORT);
        RingConfig config = RingConfig.defaults().withCustomers(List.of(key.publicKey())).withOwn(List.of(ringAddress))
                .withMaxCustomers(1, 1).withQuota(50_000, 4_096, 100, LINK_BYTES_PER_SECOND);
        add("ring", new RingNode(0, Identity.generate(simulation.random("ring key")), config,
                simulation.random("ring machine")), ringAddress);
        ServiceConfig serves = new ServiceConfig(addresses, List.of(new ServiceConfig.Ring(ringAddress, null)),
                LINK_BYTES_PER_SECOND, 4, ClientLimits.DEFAULT, DOOR, 1, EndpointLimits.DEFAULT);
        service = add("service", new ServiceEndpoint(serves, key, simulation.random("service machine")),
                address(serviceHost, SERVICE_PORT));
        ClientEndpoint endpoint = new ClientEndpoint(
                new ClientConfig(key.publicKey(), addresses, false, EndpointLimits.DEFAULT),
                Identity.generate(simulation.random("client key")), simulation.random("client machine"));
        client = add("client", endpoint, address(clientHost, CLIENT_PORT));
        solver = new PuzzleSolver(simulation, client::command, TRIALS_PER_SECOND);
        programs(_ -> {
        }, _ -> {
        });
    }

    /** Adds a machine at a host, on a port that is free there. */
    <E, M extends Machine<E>> Node<E, M> add(String name, M machine, Path address) {
        Node<E, M> node = simulation.add(name, machine, address);
        node.uplink().tap(this::leaves);
        node.downlink().tap(this::comes);
        return node;
    }

    // The network

    /** A host's address, in a /24 of its own. */
    static Path address(int host, int port) {
        return Path.ofIpv4((32 << 24) + (host << 8) + 1, port);
    }

    private static int host(Path address) {
        return (int) (address.addressLow() >>> 8) & 0xffff;
    }

    private long delayNs(int from, int to) {
        return from == to ? 0 : rtt.oneWayNs(from, to);
    }

    /** Packets of the session that have left the client since it has been open, each copy counted. */
    long puts() {
        return puts;
    }

    /** Packets of the session that have come to the service since then. */
    long packetsIn() {
        return atService().status().packetsIn() - packetsBefore;
    }

    private long leaves(long nowNs, Datagram datagram) {
        int from = host(datagram.source());
        int to = host(datagram.destination());
        if (datagram.source().port() == CLIENT_PORT && datagram.at(0) == Wire.PUT)
            puts++;
        return from != to && (loses(nowNs, UP, from, 0) || loses(nowNs, ACROSS, from, to)) ? Tap.DROP : Tap.PASS;
    }

    private long comes(long nowNs, Datagram datagram) {
        int to = host(datagram.destination());
        return host(datagram.source()) != to && loses(nowNs, DOWN, to, 0) ? Tap.DROP : Tap.PASS;
    }

    private boolean loses(long nowNs, int what, int a, int b) {
        Bursts of = bursts.computeIfAbsent((long) what << 48 | (long) a << 24 | b,
                _ -> new Bursts(what == ACROSS ? losses.onPath(a, b) : losses.atHost(a),
                        Draws.stream(simulation.seed(), what, a, b)));
        return of.loses(nowNs);
    }

    // The session

    /** From now on these are told of what comes. */
    void programs(Program ofClient, Program ofService) {
        client.onEvent(event -> {
            switch (event) {
                case SessionEvent.Work work -> solver.begin(work.job());
                case SessionEvent.WorkOver over -> solver.end(over.job());
                case SessionEvent.Opened opened -> atClient = opened.session();
                default -> ofClient.on(event);
            }
        });
        service.onEvent(event -> {
            if (event instanceof SessionEvent.Opened opened)
                atService = opened.session();
            else
                ofService.on(event);
        });
    }

    /**
     * Runs until the session has been open for a while, with the service's door shut behind the client, so that nothing else is on the
     * way. False if it does not open within a minute. */
    boolean open() {
        if (!simulation.runUntil(() -> atClient != null && atService != null, PATIENCE_NS))
            return false;
        service.command(endpoint -> endpoint.setContactsPerSecond(simulation.nowNs(), 0));
        simulation.runFor(SETTLING_NS);
        puts = 0;
        packetsBefore = atService().status().packetsIn();
        return true;
    }

    /** Once it is open. */
    Session atClient() {
        return java.util.Objects.requireNonNull(atClient);
    }

    /** Once it is open. */
    Session atService() {
        return java.util.Objects.requireNonNull(atService);
    }

    void command(Session of, Runnable what) {
        if (of == atClient)
            client.command(_ -> what.run());
        else
            service.command(_ -> what.run());
    }

    int clientHost() {
        return clientHost;
    }

    int serviceHost() {
        return serviceHost;
    }

    List<Node<MailboxEvent, Mailbox>> mailboxes() {
        return mailboxes;
    }
}
