package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.schiltron.machine.RandomSource;

/**
 * Takes UDP datagrams of local programs to one target of the service. Each source address is a flow, with a random
 * number of 62 bits, which is forgotten after it was idle for a while; when there are too many, the longest idle one is.
 */
public final class UdpFront implements AutoCloseable {
    /** The longest datagram that crosses: what a QUIC client sends at most over Ethernet and IPv6. Longer are dropped. */
    public static final int MAX_PAYLOAD = 1_452;

    /** Datagrams read and not yet given to the session; further ones are dropped. About 1.5 MiB. */
    private static final int MAX_QUEUED = 1_024;

    /** Read in one turn. */
    private static final int TURN_DATAGRAMS = 64;

    private static final class Flow {
        final long id;
        final SocketAddress source;
        long usedNs;

        Flow(long id, SocketAddress source) {
            this.id = id;
            this.source = source;
        }
    }

    private final StreamRelay relay;
    private final DatagramChannel channel;
    private final InetSocketAddress local;
    private final String target;
    private final RandomSource random;
    private final AtomicInteger queued = new AtomicInteger();

    // The session's thread alone. At most maxFlows, in the order of their last use.
    private final LinkedHashMap<SocketAddress, Flow> bySource = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Long, Flow> byId = new HashMap<>();
    private boolean sweeping;

    private UdpFront(StreamRelay relay, DatagramChannel channel, InetSocketAddress local, String target,
            RandomSource random) {
        this.relay = relay;
        this.channel = channel;
        this.local = local;
        this.target = target;
        this.random = random;
    }

    /**
     * @param address resolved; port 0 picks one
     * @param target  the backend's name, "" for the service's default
     * @throws java.net.BindException with a message that names the address and what is wrong with it
     */
    public static UdpFront listen(StreamRelay relay, InetSocketAddress address, String target, RandomSource random)
            throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(address);
            UdpFront front = new UdpFront(relay, channel, (InetSocketAddress) channel.getLocalAddress(), target,
                    random);
            relay.add(front);
            relay.poller().execute(front::watch);
            return front;
        } catch (IOException e) {
            channel.close();
            throw UdpSockets.bindFailure(address, String.valueOf(e.getMessage()));
        }
    }

    private void watch() {
        try {
            relay.poller().register(channel, SelectionKey.OP_READ, this::ready);
        } catch (IOException e) {
            // closed before it began
        }
    }

    /** Where it listens, the port resolved. */
    public InetSocketAddress localAddress() {
        return local;
    }

    private void ready(SelectionKey key) {
        for (int i = 0; i < TURN_DATAGRAMS; i++) {
            ByteBuffer buffer = relay.poller().readBuffer();
            try {
                SocketAddress source = channel.receive(buffer);
                if (source == null)
                    return;
                forward(source, buffer.flip());
            } catch (IOException e) {
                return; // an answer went to a program that is gone
            }
        }
    }

    private void forward(SocketAddress source, ByteBuffer buffer) {
        if (buffer.remaining() > MAX_PAYLOAD) {
            relay.counters().datagramsOversized.increment();
            return;
        }
        if (queued.incrementAndGet() > MAX_QUEUED) {
            queued.decrementAndGet();
            relay.counters().datagramsDropped.increment();
            return;
        }
        byte[] payload = new byte[buffer.remaining()];
        buffer.get(payload);
        relay.execute(nowNs -> {
            queued.decrementAndGet();
            relay.sendDatagram(nowNs, flowOf(source).id, target, payload);
        });
    }

    private Flow flowOf(SocketAddress source) {
        Flow flow = bySource.get(source);
        if (flow == null) {
            if (bySource.size() >= relay.limits().maxFlows())
                forget(bySource.values().iterator().next());
            flow = new Flow(random.nextLong() >>> 2, source);
            bySource.put(source, flow);
            byId.put(flow.id, flow);
            relay.counters().flowsOpened.increment();
            sweepLater();
        }
        flow.usedNs = System.nanoTime();
        return flow;
    }

    private void forget(Flow flow) {
        bySource.remove(flow.source);
        byId.remove(flow.id);
        relay.counters().flowsClosed.increment();
    }

    /** An answer from the service; false if the flow is none of this front's. On the session's thread. */
    boolean arrived(long id, byte[] payload) {
        Flow flow = byId.get(id);
        if (flow == null)
            return false;
        bySource.get(flow.source); // moves it to the end
        flow.usedNs = System.nanoTime();
        try {
            if (channel.send(ByteBuffer.wrap(payload), flow.source) > 0 || payload.length == 0) {
                relay.counters().datagramsOut.increment();
                return true;
            }
        } catch (IOException e) {
            // the program is gone, or the socket has no room: UDP loses datagrams
        }
        relay.counters().datagramsDropped.increment();
        return true;
    }

    private void sweepLater() {
        if (sweeping)
            return;
        sweeping = true;
        Duration period = relay.limits().flowIdle().dividedBy(4);
        relay.poller().execute(() -> relay.poller().after(period, () -> relay.execute(nowNs -> sweep())));
    }

    private void sweep() {
        sweeping = false;
        long oldestNs = System.nanoTime() - relay.limits().flowIdle().toNanos();
        for (Flow flow : new ArrayList<>(bySource.values())) {
            if (flow.usedNs - oldestNs > 0)
                break;
            forget(flow);
        }
        if (!bySource.isEmpty())
            sweepLater();
    }

    @Override
    public void close() {
        relay.remove(this);
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        relay.poller().wakeUp();
    }
}
