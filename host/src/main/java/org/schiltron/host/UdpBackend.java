package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Gives every flow of a client a connected UDP socket to the program behind its target, so that answers find their way
 * back. Flows are bounded in all and by client: when either bound is reached, the longest idle flow of the client that
 * has the most makes room, so that a flood of flows evicts its own.
 */
final class UdpBackend {
    /** Datagrams read and not yet given to their session; further ones are dropped. About 1.5 MiB. */
    private static final int MAX_QUEUED = 1_024;

    /** Read from one socket in one turn. */
    private static final int TURN_DATAGRAMS = 64;

    private final StreamRelay relay;
    private final Backends backends;
    private final AtomicInteger queued = new AtomicInteger();

    // The session's thread alone. Flows of one tunnel in the order of their last use.
    private final Map<Tunnel, LinkedHashMap<Long, Flow>> flows = new HashMap<>();
    private int flowCount;
    private boolean sweeping;

    UdpBackend(StreamRelay relay, Backends backends) {
        this.relay = relay;
        this.backends = backends;
    }

    private final class Flow {
        private final Tunnel tunnel;
        private final long id;
        private final String target;
        private final DatagramChannel channel;
        private final byte[] preamble;
        private long usedNs;

        Flow(Tunnel tunnel, long id, String target, DatagramChannel channel, byte[] preamble) {
            this.tunnel = tunnel;
            this.id = id;
            this.target = target;
            this.channel = channel;
            this.preamble = preamble;
        }

        void send(byte[] payload) {
            byte[] datagram = payload;
            if (preamble.length > 0) {
                datagram = new byte[preamble.length + payload.length];
                System.arraycopy(preamble, 0, datagram, 0, preamble.length);
                System.arraycopy(payload, 0, datagram, preamble.length, payload.length);
            }
            try {
                if (channel.write(ByteBuffer.wrap(datagram)) > 0 || payload.length == 0) {
                    relay.counters().datagramsOut.increment();
                    return;
                }
            } catch (IOException e) {
                // nobody listens there now, or the socket has no room: UDP loses datagrams
            }
            relay.counters().drop(RelayDrop.UNDELIVERED);
        }

        /** On the poller's thread. */
        void ready(SelectionKey key) {
            for (int i = 0; i < TURN_DATAGRAMS; i++) {
                ByteBuffer buffer = relay.poller().readBuffer();
                try {
                    if (channel.receive(buffer) == null)
                        return;
                } catch (PortUnreachableException e) {
                    continue; // an answer to what was sent before
                } catch (IOException e) {
                    return;
                }
                forward(buffer.flip());
            }
        }

        private void forward(ByteBuffer buffer) {
            if (buffer.remaining() > UdpFront.MAX_PAYLOAD) {
                relay.counters().drop(RelayDrop.OVERSIZED);
                return;
            }
            if (queued.incrementAndGet() > MAX_QUEUED) {
                queued.decrementAndGet();
                relay.counters().drop(RelayDrop.UNDELIVERED);
                return;
            }
            byte[] payload = new byte[buffer.remaining()];
            buffer.get(payload);
            relay.execute(nowNs -> answer(nowNs, this, payload));
        }
    }

    private void answer(long nowNs, Flow flow, byte[] payload) {
        queued.decrementAndGet();
        if (find(flow.tunnel, flow.id) != flow || !flow.tunnel.isOpen()) {
            relay.counters().drop(RelayDrop.UNDELIVERED);
            return;
        }
        flow.usedNs = System.nanoTime();
        relay.counters().datagramsIn.increment();
        flow.tunnel.sendDatagram(nowNs, flow.id, flow.target, payload, 0, payload.length);
    }

    /** A datagram from a client. On the session's thread. */
    void arrived(Tunnel tunnel, long id, String target, byte[] payload) {
        Flow flow = find(tunnel, id);
        if (flow == null)
            flow = open(tunnel, id, target);
        if (flow == null) {
            relay.counters().drop(RelayDrop.UNDELIVERED);
            return;
        }
        flow.usedNs = System.nanoTime();
        flow.send(payload);
    }

    private @Nullable Flow find(Tunnel tunnel, long id) {
        LinkedHashMap<Long, Flow> ofTunnel = flows.get(tunnel);
        return ofTunnel == null ? null : ofTunnel.get(id);
    }

    private @Nullable Flow open(Tunnel tunnel, long id, String target) {
        Backend backend = backends.udp(target);
        InetSocketAddress to = backend == null ? null : backend.addressNow(relay.poller());
        if (backend == null || to == null)
            return null;
        makeRoom(tunnel);
        DatagramChannel channel = null;
        try {
            channel = DatagramChannel.open();
            channel.configureBlocking(false);
            channel.connect(to);
        } catch (IOException e) { // no file descriptor or no route
            close(channel);
            return null;
        }
        Flow flow = new Flow(tunnel, id, target, channel, backend.datagramPreamble(tunnel.client(), id, to));
        flows.computeIfAbsent(tunnel, t -> new LinkedHashMap<>(16, 0.75f, true)).put(id, flow);
        flowCount++;
        relay.counters().flowsOpened.increment();
        watch(flow);
        sweepLater();
        return flow;
    }

    private void watch(Flow flow) {
        relay.poller().execute(() -> {
            try {
                relay.poller().register(flow.channel, SelectionKey.OP_READ, flow::ready);
            } catch (IOException e) {
                // evicted meanwhile
            }
        });
    }

    private void makeRoom(Tunnel tunnel) {
        LinkedHashMap<Long, Flow> own = flows.get(tunnel);
        if (own != null && own.size() >= relay.limits().maxFlowsPerClient()) {
            forget(own.values().iterator().next());
            return;
        }
        if (flowCount < relay.limits().maxFlows())
            return;
        LinkedHashMap<Long, Flow> largest = null;
        for (LinkedHashMap<Long, Flow> ofTunnel : flows.values())
            if (largest == null || ofTunnel.size() > largest.size())
                largest = ofTunnel;
        if (largest != null)
            forget(largest.values().iterator().next());
    }

    private void forget(Flow flow) {
        LinkedHashMap<Long, Flow> ofTunnel = flows.get(flow.tunnel);
        if (ofTunnel == null || !ofTunnel.remove(flow.id, flow))
            return;
        if (ofTunnel.isEmpty())
            flows.remove(flow.tunnel);
        flowCount--;
        relay.counters().flowsClosed.increment();
        close(flow.channel);
        relay.poller().wakeUp(); // the socket is gone when the selector has let go of it
    }

    private static void close(@Nullable DatagramChannel channel) {
        if (channel == null)
            return;
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }

    /** The session is over, and its flows with it. */
    void closed(Tunnel tunnel) {
        LinkedHashMap<Long, Flow> ofTunnel = flows.get(tunnel);
        if (ofTunnel != null)
            new ArrayList<>(ofTunnel.values()).forEach(this::forget);
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
        for (LinkedHashMap<Long, Flow> ofTunnel : new ArrayList<>(flows.values())) {
            for (Flow flow : new ArrayList<>(ofTunnel.values())) {
                if (flow.usedNs - oldestNs > 0)
                    break;
                forget(flow);
            }
        }
        if (flowCount > 0)
            sweepLater();
    }
}
