package org.schiltron.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.schiltron.host.Addresses;
import org.schiltron.host.Backends;
import org.schiltron.host.Entropy;
import org.schiltron.host.MachineLoop;
import org.schiltron.host.MonotonicClock;
import org.schiltron.host.SocketPoller;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.ring.RingNode;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.wire.Wire;

/**
 * A small internet on loopback: 20 mailboxes, 4 ring nodes, a service and its clients, all the real machines behind real
 * sockets, each behind an emulated access link of its own.
 */
final class DemoNet implements AutoCloseable {
    static final int MAILBOXES = 20;
    static final int RINGS = 4;
    /** Mailboxes named in the link, so known to everyone. */
    static final int CONTACTS = 6;
    /** Every link of the emulation: 20 Mbit/s. */
    static final long LINK_BYTES_PER_SECOND = 2_500_000;
    private static final long EDGE_DELAY_NS = 5_000_000;
    private static final long RING_DELAY_NS = 2_000_000;

    /** A machine, its loop, its access link and its address. */
    record Station<M extends Machine<E>, E>(MachineLoop<EmulatedAccess<M, E>, E> loop, EmulatedAccess<M, E> access,
            InetSocketAddress address) {
    }

    private final UdpOptions options = UdpOptions.defaults().withSpinNs(0).withBuffers(1 << 20, 1 << 20);
    private final Entropy random = new Entropy();
    private final List<Station<Mailbox, MailboxEvent>> mailboxes = new CopyOnWriteArrayList<>();
    private final List<Station<RingNode, RingEvent>> rings = new ArrayList<>();
    private final List<DemoClient> clients = new ArrayList<>();
    private final DemoService service;
    private final SocketPoller poller = SocketPoller.start("demo-sockets");
    private final SharedLink serviceDown = link(EDGE_DELAY_NS);
    private final SharedLink serviceUp = link(EDGE_DELAY_NS);
    private final OldAddress oldAddress;

    DemoNet(InetSocketAddress backend, int clientCount) throws IOException {
        Identity identity = Identity.generate(random);
        for (int i = 0; i < MAILBOXES; i++)
            mailboxes.add(mailbox(loopback(0)));
        for (int i = 0; i < RINGS; i++)
            rings.add(ring(identity));
        oldAddress = new OldAddress(serviceDown, serviceUp);
        oldAddress.blackhole(true);
        service = new DemoService(this, identity, backend);
        for (int i = 0; i < clientCount; i++) {
            List<Path> contacts = mailboxPaths().subList(0, CONTACTS);
            clients.add(new DemoClient(this,
                    new ClientConfig(identity.publicKey(), contacts, true, EndpointLimits.DEFAULT)));
        }
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    SharedLink link(long delayNs) {
        return new SharedLink(LINK_BYTES_PER_SECOND, delayNs, random.nextLong());
    }

    SharedLink serviceDown() {
        return serviceDown;
    }

    SharedLink serviceUp() {
        return serviceUp;
    }

    SocketPoller poller() {
        return poller;
    }

    Entropy random() {
        return random;
    }

    <M extends Machine<E>, E> Station<M, E> station(String name, InetSocketAddress address, M machine, SharedLink down,
            SharedLink up, java.util.function.Consumer<E> events) throws IOException {
        UdpSockets sockets = UdpSockets.bind(options, address);
        InetSocketAddress bound = sockets.localAddress(0);
        EmulatedAccess<M, E> access = new EmulatedAccess<>(machine, down, up);
        return new Station<>(MachineLoop.start(name, sockets, access, options, events), access, bound);
    }

    private Station<Mailbox, MailboxEvent> mailbox(InetSocketAddress address) throws IOException {
        MailboxConfig config = MailboxConfig.builder(LINK_BYTES_PER_SECOND).maxOwners(1_024).maxServices(16).build();
        return station("mailbox", address, new Mailbox(config, random), link(EDGE_DELAY_NS), link(EDGE_DELAY_NS), e -> {
        });
    }

    private Station<RingNode, RingEvent> ring(Identity customer) throws IOException {
        RingConfig config = RingConfig.defaults().withCustomers(List.of(customer.publicKey())).withAllowPrivate(true)
                .withMaxCustomers(4, 4);
        RingNode node = new RingNode(MonotonicClock.nowNs(), Identity.generate(random), config, random);
        return station("ring", loopback(0), node, link(RING_DELAY_NS), link(RING_DELAY_NS), e -> {
        });
    }

    List<Path> mailboxPaths() {
        return mailboxes.stream().map(m -> Addresses.toPath(m.address)).toList();
    }

    ServiceConfig serviceConfig() {
        List<ServiceConfig.Ring> ways = rings.stream()
                .map(r -> new ServiceConfig.Ring(Addresses.toPath(r.address), null)).toList();
        ServiceConfig plain = ServiceConfig.of(mailboxPaths(), ways);
        return plain.withLink(LINK_BYTES_PER_SECOND);
    }

    List<DemoClient> clients() {
        return clients;
    }

    OldAddress oldAddress() {
        return oldAddress;
    }

    /** True once the service takes clients and every client has a session, false if that takes longer than a while. */
    boolean awaitConnected(long patienceNs) throws InterruptedException {
        long deadlineNs = MonotonicClock.nowNs() + patienceNs;
        while (MonotonicClock.nowNs() < deadlineNs) {
            if (clients.stream().allMatch(DemoClient::connected))
                return true;
            Thread.sleep(50);
        }
        return false;
    }

    /** Share of what was offered to each mailbox's link and lost there, since the last call. */
    double[] mailboxLosses() {
        return mailboxes.stream().mapToDouble(m -> m.access.down().takeLoss()).toArray();
    }

    /** As {@link #mailboxLosses}, of the ring nodes. */
    double[] ringLosses() {
        return rings.stream().mapToDouble(r -> r.access.down().takeLoss()).toArray();
    }

    // What happens to it

    /** That many mailboxes lose this share of what arrives. */
    void degrade(int count, double loss) {
        for (int i = 0; i < count; i++)
            mailboxes.get(spread(i)).access.down().loss(loss);
    }

    void kill(int count) {
        for (int i = 0; i < count; i++)
            mailboxes.get(spread(i)).loop.close();
    }

    void revive(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int which = spread(i);
            mailboxes.set(which, mailbox(mailboxes.get(which).address));
        }
    }

    /** Hits contacts and others alike. */
    private static int spread(int i) {
        return i * 2 % MAILBOXES + i * 2 / MAILBOXES;
    }

    /** The provider lets only ring nodes reach the service's hidden address, or everyone. */
    void filterUpstream(boolean filtered) {
        Set<Path> allowed = new HashSet<>();
        for (Station<RingNode, RingEvent> ring : rings)
            allowed.add(Addresses.toPath(ring.address));
        service.station().access.filterUpstream(filtered ? allowed::contains : null);
    }

    // What an attacker aims at

    List<Flood.Target> contactTargets() {
        return mailboxes.subList(0, CONTACTS).stream().map(m -> new Flood.Target(m.address, Wire.PUT)).toList();
    }

    List<Flood.Target> ringTargets(int count) {
        return rings.subList(0, count).stream().map(r -> new Flood.Target(r.address, Wire.DATA)).toList();
    }

    Flood.Target oldTarget() throws IOException {
        return new Flood.Target(oldAddress.address(), Wire.DATA);
    }

    Flood.Target hiddenTarget() {
        return new Flood.Target(service.station().address, Wire.IN);
    }

    @Override
    public void close() throws IOException {
        for (DemoClient client : clients)
            client.close();
        service.close();
        for (Station<?, ?> station : rings)
            station.loop.close();
        for (Station<?, ?> station : mailboxes)
            station.loop.close();
        oldAddress.close();
        poller.close();
    }

    static Backends backends(InetSocketAddress backend) {
        return Backends.parse(List.of(backend.getHostString() + ":" + backend.getPort()), false);
    }
}
