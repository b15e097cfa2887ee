package org.schiltron.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.ring.RingNode;
import org.schiltron.sim.Flood;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.LinkStatistics;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * The demo's links and load in virtual time, with the machines that run behind sockets there: a service, its mailboxes and
 * ring nodes, clients that ask for pages, and a flood at every address an attacker can learn.
 */
final class FloodModel {
    static final long SECOND_NS = 1_000_000_000L;
    /** A request not answered in full by then has failed, as in the demo. */
    static final long PATIENCE_NS = 4 * SECOND_NS;
    static final int CONTACTS = 6;
    private static final int MAILBOXES = 20;
    private static final int CLIENTS = 8;
    private static final int REQUESTS_PER_SECOND = 80;
    private static final int REQUEST_BYTES = 150;
    private static final int ANSWER_BYTES = 4_270;
    private static final int FLOOD_BYTES = 1_200;
    private static final double QUEUE_SECONDS = 0.05;
    private static final long EDGE_DELAY_NS = 5_000_000;
    private static final long RING_DELAY_NS = 2_000_000;

    private final Simulation simulation;
    private final long linkBytesPerSecond;
    private final List<Path> floodable = new ArrayList<>();
    private final List<Node<RingEvent, RingNode>> rings = new ArrayList<>();
    private final Node<SessionEvent, ServiceEndpoint> service;
    private final List<Client> clients = new ArrayList<>();
    private final byte[] buffer = new byte[8_192];
    private long offered;
    private long answeredBytes;
    private final List<Long> latenciesNs = new ArrayList<>();

    /** One client: its session, and the requests under way by their streams. */
    private final class Client {
        final Node<SessionEvent, ClientEndpoint> node;
        @Nullable
        Session session;
        final Map<Long, Request> requests = new HashMap<>();

        Client(Node<SessionEvent, ClientEndpoint> node) {
            this.node = node;
            node.onEvent(this::on);
        }

        private void on(SessionEvent event) {
            switch (event) {
                case SessionEvent.Opened opened -> session = opened.session();
                case SessionEvent.Closed closed -> requests.clear();
                case SessionEvent.StreamReadable readable -> node.command(endpoint -> read(readable));
                default -> {
                }
            }
        }

        void ask() {
            Session open = session;
            if (open == null || !open.isOpen())
                return;
            long nowNs = simulation.nowNs();
            node.command(endpoint -> {
                long stream = open.openStream(nowNs, "");
                if (stream < 0)
                    return;
                requests.put(stream, new Request(nowNs));
                open.write(nowNs, stream, new byte[REQUEST_BYTES], 0, REQUEST_BYTES);
            });
        }

        private void read(SessionEvent.StreamReadable readable) {
            int bytes = drain(readable);
            Request request = requests.get(readable.stream());
            if (request == null)
                return;
            request.bytes += bytes;
            if (request.bytes < ANSWER_BYTES)
                return;
            requests.remove(readable.stream());
            readable.session().finish(simulation.nowNs(), readable.stream());
            long tookNs = simulation.nowNs() - request.askedNs;
            if (tookNs <= PATIENCE_NS) {
                latenciesNs.add(tookNs);
                answeredBytes += ANSWER_BYTES;
            }
        }
    }

    private static final class Request {
        final long askedNs;
        int bytes;

        Request(long askedNs) {
            this.askedNs = askedNs;
        }
    }

    /**
     * What clients saw in a while.
     *
     * @param success      answered in time, 0 to 1
     * @param p50Ms        NaN if nothing was answered, as {@code p99Ms}
     * @param ringLinkLoss of all that came to the ring nodes' links, flood included, 0 to 1
     */
    record Seen(double success, double goodputBytesPerSecond, double p50Ms, double p99Ms, double ringLinkLoss) {
    }

    FloodModel(long seed, int ringCount, long linkBytesPerSecond) {
        this.linkBytesPerSecond = linkBytesPerSecond;
        simulation = new Simulation(seed);
        simulation.coreDelay((from, to) -> 0);
        LinkConfig link = LinkConfig.ofRate(linkBytesPerSecond).withQueue((long) (linkBytesPerSecond * QUEUE_SECONDS));
        LinkConfig edge = link.withDelayNs(EDGE_DELAY_NS);
        Identity key = Identity.generate(simulation.random("key"));
        List<Path> mailboxes = addMailboxes(edge);
        List<ServiceConfig.Ring> ringList = addRings(link.withDelayNs(RING_DELAY_NS), ringCount, key);
        service = simulation.add("service",
                new ServiceEndpoint(ServiceConfig.of(mailboxes, ringList).withLink(linkBytesPerSecond), key,
                        simulation.random("service")),
                simulation.newAddress(5000));
        service.links(edge);
        service.onEvent(new Pages());
        List<Path> contacts = mailboxes.subList(0, CONTACTS);
        for (int i = 0; i < CLIENTS; i++) {
            ClientEndpoint client = new ClientEndpoint(
                    new ClientConfig(key.publicKey(), contacts, true, EndpointLimits.DEFAULT),
                    Identity.generate(simulation.random("client key " + i)), simulation.random("client " + i));
            clients.add(new Client(simulation.<SessionEvent, ClientEndpoint>add("client " + i, client,
                    simulation.newAddress(6000)).links(edge)));
        }
        floodable.addAll(contacts);
    }

    private List<Path> addMailboxes(LinkConfig link) {
        List<Path> addresses = new ArrayList<>();
        for (int i = 0; i < MAILBOXES; i++) {
            MailboxConfig config = MailboxConfig.builder(linkBytesPerSecond).maxOwners(1_024).maxServices(16).build();
            Path address = simulation.newAddress(4500);
            simulation
                    .<MailboxEvent, Mailbox>add("mailbox " + i, new Mailbox(config, simulation.random("mailbox " + i)),
                            address)
                    .links(link);
            addresses.add(address);
        }
        return addresses;
    }

    private List<ServiceConfig.Ring> addRings(LinkConfig link, int count, Identity customer) {
        List<ServiceConfig.Ring> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RingConfig config = RingConfig.defaults().withCustomers(List.of(customer.publicKey()))
                    .withAllowPrivate(true)
                    .withMaxCustomers(4, 4);
            Path address = simulation.newAddress(4600);
            RingNode ring = new RingNode(0, Identity.generate(simulation.random("ring key " + i)), config,
                    simulation.random("ring " + i));
            rings.add(simulation.<RingEvent, RingNode>add("ring " + i, ring, address).links(link));
            list.add(new ServiceConfig.Ring(address, null));
            floodable.add(address);
        }
        return list;
    }

    /** The backend: a page for every whole request. */
    private final class Pages implements Consumer<SessionEvent> {
        private record Asked(Session session, long stream) {
        }

        private final Map<Asked, Integer> read = new HashMap<>();

        @Override
        public void accept(SessionEvent event) {
            if (event instanceof SessionEvent.StreamReadable readable)
                service.command(endpoint -> serve(readable));
        }

        private void serve(SessionEvent.StreamReadable readable) {
            Asked asked = new Asked(readable.session(), readable.stream());
            if (read.merge(asked, drain(readable), Integer::sum) < REQUEST_BYTES)
                return;
            read.remove(asked);
            long nowNs = simulation.nowNs();
            readable.session().write(nowNs, readable.stream(), new byte[ANSWER_BYTES], 0, ANSWER_BYTES);
            readable.session().finish(nowNs, readable.stream());
        }
    }

    private int drain(SessionEvent.StreamReadable readable) {
        int sum = 0;
        int read;
        while ((read = readable.session().read(simulation.nowNs(), readable.stream(), buffer, 0, buffer.length)) > 0)
            sum += read;
        return sum;
    }

    /** Every address an attacker can learn takes {@code bytesPerSecond}, on its own, until {@code seconds} have passed. */
    void flood(long bytesPerSecond, double seconds) {
        long packetsPerSecond = bytesPerSecond * floodable.size() / FLOOD_BYTES;
        if (packetsPerSecond == 0)
            return;
        long nowNs = simulation.nowNs();
        simulation.add("flood", new Flood(floodable, packetsPerSecond, FLOOD_BYTES, nowNs,
                nowNs + (long) (seconds * SECOND_NS), simulation.random("flood")), simulation.newAddress(7000));
    }

    /** Without load. */
    void run(int seconds) {
        simulation.runFor(seconds * SECOND_NS);
    }

    /** Offers the load for so long; nothing is counted. */
    void load(int seconds) {
        long startNs = simulation.nowNs();
        for (int i = 0; i < seconds * REQUESTS_PER_SECOND; i++) {
            Client client = clients.get(i % CLIENTS);
            simulation.at(startNs + i * SECOND_NS / REQUESTS_PER_SECOND, () -> {
                offered++;
                client.ask();
            });
        }
        simulation.run(startNs + seconds * SECOND_NS);
    }

    /** Offers the load for so long, and waits for the last answers. */
    Seen measure(int seconds) {
        // What was asked before is not counted when it is answered.
        clients.forEach(client -> client.requests.clear());
        latenciesNs.clear();
        offered = 0;
        answeredBytes = 0;
        long came = ringLinks(LinkStatistics::packetsIn);
        long through = ringLinks(LinkStatistics::packetsOut);
        load(seconds);
        came = ringLinks(LinkStatistics::packetsIn) - came;
        through = ringLinks(LinkStatistics::packetsOut) - through;
        simulation.runFor(PATIENCE_NS);
        latenciesNs.sort(null);
        return new Seen(latenciesNs.size() / (double) offered, answeredBytes / (double) seconds, latencyMs(0.5),
                latencyMs(0.99), 1 - through / (double) Math.max(1, came));
    }

    private long ringLinks(ToLongFunction<LinkStatistics> figure) {
        return rings.stream().mapToLong(ring -> figure.applyAsLong(ring.downlink().statistics())).sum();
    }

    private double latencyMs(double quantile) {
        if (latenciesNs.isEmpty())
            return Double.NaN;
        return latenciesNs.get(Math.min(latenciesNs.size() - 1, (int) (quantile * latenciesNs.size()))) * 1e-6;
    }
}
