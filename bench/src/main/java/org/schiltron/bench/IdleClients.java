package org.schiltron.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Link;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.SessionEvent;

/**
 * Many clients in one process and on one thread, each with its own socket, ten with one key:
 * {@code IdleClients COUNT PER_SECOND LINK}. Answers each line of input with
 * {@code open: SESSIONS CLOSED_SO_FAR}; ends with its input.
 */
final class IdleClients {
    private static final long MS = 1_000_000L;
    /** Keys are slow to make, and a service takes so many sessions of one and more. */
    private static final int SESSIONS_PER_KEY = 10;
    /** As many as a slow machine answers before they lose patience. */
    private static final int MOST_KNOCKING = 40;

    /** One client, its socket, and its place among the deadlines. */
    private final class Client implements Comparable<Client>, TransmitSink {
        private final int number;
        private final DatagramChannel channel = DatagramChannel.open();
        private final ClientEndpoint endpoint;
        private long deadlineNs;

        Client(int number, Identity identity, ClientConfig config) throws IOException {
            this.number = number;
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.register(selector, SelectionKey.OP_READ, this);
            endpoint = new ClientEndpoint(config, identity, entropy);
            deadlineNs = endpoint.nextDeadlineNs();
            deadlines.add(this);
        }

        @Override
        public int compareTo(Client other) {
            int byTime = Long.compare(deadlineNs, other.deadlineNs);
            return byTime != 0 ? byTime : Integer.compare(number, other.number);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return number;
        }

        private void drain() {
            endpoint.pollTransmit(this);
            for (SessionEvent event = endpoint.pollEvent(); event != null; event = endpoint.pollEvent()) {
                if (event instanceof SessionEvent.Opened) {
                    open.incrementAndGet();
                } else if (event instanceof SessionEvent.Closed) {
                    open.decrementAndGet();
                    closed.incrementAndGet();
                }
            }
            deadlines.remove(this);
            deadlineNs = endpoint.nextDeadlineNs();
            deadlines.add(this);
        }

        void receive(long nowNs) throws IOException {
            while (true) {
                SocketAddress from = channel.receive(in.clear());
                if (!(from instanceof InetSocketAddress address))
                    return;
                Path path = paths.computeIfAbsent(address, Addresses::toPath);
                endpoint.onDatagram(nowNs, path, inSegment, 0, in.position());
                drain();
            }
        }

        void onTimer(long nowNs) {
            endpoint.onTimer(nowNs);
            drain();
        }

        @Override
        public MemorySegment segment() {
            return outSegment;
        }

        @Override
        public long claim(int maxLength) {
            return 0;
        }

        @Override
        public void commit(Path to, int length) {
            InetSocketAddress address = addresses.computeIfAbsent(to.copy(), Addresses::toSocketAddress);
            try {
                channel.send(out.limit(length).position(0), address);
            } catch (IOException e) {
                // lost, as datagrams are
            }
        }
    }

    private final Selector selector = Selector.open();
    private final Entropy entropy = new Entropy();
    private final ByteBuffer in = ByteBuffer.allocateDirect(TransmitSink.MAX_DATAGRAM);
    private final MemorySegment inSegment = MemorySegment.ofBuffer(in);
    private final ByteBuffer out = ByteBuffer.allocateDirect(TransmitSink.MAX_DATAGRAM);
    private final MemorySegment outSegment = MemorySegment.ofBuffer(out.duplicate());
    private final TreeSet<Client> deadlines = new TreeSet<>();
    private final Map<InetSocketAddress, Path> paths = new HashMap<>();
    private final Map<Path, InetSocketAddress> addresses = new HashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    private IdleClients() throws IOException {
    }

    public static void main(String[] args) throws IOException {
        IdleClients clients = new IdleClients();
        Link link = Link.parse(args[2]);
        Thread.ofPlatform().daemon().name("clients").start(() -> {
            try {
                clients.run(Integer.parseInt(args[0]), Integer.parseInt(args[1]), link);
            } catch (Throwable e) {
                System.out.println("failed: " + e);
                System.exit(1);
            }
        });
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (lines.readLine() != null)
            System.out.println("open: " + clients.open + " " + clients.closed);
    }

    private void run(int count, int perSecond, Link link) throws IOException {
        List<Path> contacts = new ArrayList<>();
        for (HostPort contact : link.contacts())
            contacts.add(Addresses.toPath(Addresses.resolve(contact.toString())));
        ClientConfig config = new ClientConfig(link.service(), contacts, true, EndpointLimits.DEFAULT);
        long startNs = System.nanoTime();
        int started = 0;
        Identity identity = Identity.generate(entropy);
        while (true) {
            long nowNs = System.nanoTime();
            while (started < count && (nowNs - startNs) * 1e-9 * perSecond >= started
                    && started - open.get() < MOST_KNOCKING) {
                if (started % SESSIONS_PER_KEY == 0)
                    identity = Identity.generate(entropy);
                new Client(started++, identity, config);
            }
            while (!deadlines.isEmpty() && deadlines.first().deadlineNs <= nowNs)
                deadlines.first().onTimer(nowNs);
            long waitNs = deadlines.isEmpty() ? MS : deadlines.first().deadlineNs - nowNs;
            selector.select(key -> {
                try {
                    if (key.attachment() instanceof Client client)
                        client.receive(System.nanoTime());
                } catch (IOException e) {
                    // the next datagram may be read
                }
            }, Math.max(1, Math.min(waitNs / MS, started < count ? 1 : 1_000)));
        }
    }
}
