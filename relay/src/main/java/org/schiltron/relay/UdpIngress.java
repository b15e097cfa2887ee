package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.ProxyProtocol;

/** One UDP entrance: its socket and its flows, on one loop. All but {@link #listen} on the loop's thread. */
final class UdpIngress implements EventLoop.Ready {
    private static final int TURN_DATAGRAMS = 64;
    /** What the kernel may hold of what came and was not read. */
    private static final int RECEIVE_BYTES = 1 << 20;
    /** The longest header of {@link ProxyProtocol#forAddress} without names. */
    private static final int HEADER = 16 + 36;

    private final EdgeServer edge;
    private final EventLoop loop;
    private final UdpEntrance entrance;
    private final DatagramChannel channel;
    private final InetSocketAddress local;
    private final Map<SourceKey, UdpFlow> flows = new HashMap<>();
    private final FlowTable<UdpFlow> unproved = new FlowTable<>();
    private final FlowTable<UdpFlow> proved = new FlowTable<>();
    private final ByteBuffer withHeader = ByteBuffer.allocateDirect(HEADER + EventLoop.READ_BYTES);

    private UdpIngress(EdgeServer edge, EventLoop loop, UdpEntrance entrance, DatagramChannel channel)
            throws IOException {
        this.edge = edge;
        this.loop = loop;
        this.entrance = entrance;
        this.channel = channel;
        this.local = Ingress.addressOf(channel.getLocalAddress());
    }

    /** @throws IOException with a message that names the address */
    static UdpIngress listen(EdgeServer edge, EventLoop loop, UdpEntrance entrance) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
            channel.bind(entrance.address());
            return new UdpIngress(edge, loop, entrance, channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + entrance.address() + ": " + e.getMessage(), e);
        }
    }

    void start() {
        try {
            loop.register(channel, SelectionKey.OP_READ, this);
        } catch (IOException e) {
            close(); // closed before it began
        }
    }

    UdpEntrance entrance() {
        return entrance;
    }

    EventLoop loop() {
        return loop;
    }

    InetSocketAddress localAddress() {
        return local;
    }

    EdgeCounters counters() {
        return edge.counters();
    }

    @Nullable
    ServiceLegs service(String name) {
        return edge.service(name);
    }

    byte[] header(InetSocketAddress client) {
        return ProxyProtocol.forAddress(true, client, local, null, null);
    }

    /** The datagram with the header in front of it, as DNS servers take it. */
    ByteBuffer behindHeader(byte @Nullable [] header, ByteBuffer datagram) {
        return header == null ? datagram : withHeader.clear().put(header).put(datagram).flip();
    }

    @Override
    public void ready(SelectionKey key) {
        for (int i = 0; i < TURN_DATAGRAMS; i++) {
            ByteBuffer datagram = loop.scratch();
            SocketAddress from;
            try {
                from = channel.receive(datagram);
            } catch (IOException e) {
                counters().drop(EdgeDrop.UNDELIVERED); // an answer was refused by its client's host
                continue;
            }
            if (from == null)
                return;
            UdpFlow flow = flowOf((InetSocketAddress) from);
            if (flow != null)
                flow.fromClient(datagram.flip());
        }
    }

    @Override
    public void broken() {
        // the datagram is lost, the entrance lives on
    }

    private @Nullable UdpFlow flowOf(InetSocketAddress client) {
        SourceKey key = SourceKey.of(client);
        UdpFlow known = flows.get(key);
        long deadlineNs = loop.nowNs() + entrance.limits().idle().toNanos();
        if (known != null) {
            tableOf(known).touch(known.prefix, known);
            known.deadlineNs = deadlineNs;
            return known;
        }
        if (!edge.prefixes().takeFlow(client.getAddress(), loop.nowNs())) {
            counters().drop(EdgeDrop.FLOWS_OF_PREFIX);
            return null;
        }
        SourceKey prefix = edge.prefixes().key(client.getAddress());
        makeRoom(prefix);
        UdpFlow flow = new UdpFlow(this, client, key, prefix);
        flows.put(key, flow);
        unproved.add(prefix, flow);
        loop.wheel().set(flow, deadlineNs);
        counters().flowsOpened.increment();
        return flow;
    }

    private void makeRoom(SourceKey prefix) {
        UdpFlow victim = null;
        if (unproved.size(prefix) + proved.size(prefix) >= entrance.limits().perPrefix()) {
            victim = unproved.longestIdle(prefix);
            victim = victim == null ? proved.longestIdle(prefix) : victim;
        } else if (flows.size() >= entrance.limits().maxFlows()) {
            victim = unproved.longestIdle();
            victim = victim == null ? proved.longestIdle() : victim;
        }
        if (victim != null) {
            counters().drop(EdgeDrop.FLOW_EVICTED);
            forget(victim);
        }
    }

    private FlowTable<UdpFlow> tableOf(UdpFlow flow) {
        return flow.isProved() ? proved : unproved;
    }

    /** It is about to be proved. */
    void proving(UdpFlow flow) {
        unproved.remove(flow.prefix, flow);
    }

    void proven(UdpFlow flow) {
        proved.add(flow.prefix, flow);
    }

    void toClient(UdpFlow flow, ByteBuffer datagram) {
        int bytes = datagram.remaining();
        flow.deadlineNs = loop.nowNs() + entrance.limits().idle().toNanos();
        try {
            if (channel.send(datagram, flow.client) == bytes) {
                counters().datagramsToClient.increment();
                counters().bytesToClient.add(bytes);
                return;
            }
        } catch (IOException e) {
            // UDP loses datagrams
        }
        counters().drop(EdgeDrop.UNDELIVERED);
    }

    void idle(UdpFlow flow) {
        forget(flow);
    }

    void forget(UdpFlow flow) {
        if (flows.remove(flow.key, flow)) {
            tableOf(flow).remove(flow.prefix, flow);
            loop.wheel().remove(flow);
            flow.close();
            counters().flowsClosed.increment();
        }
    }

    void overlapEnded(ServiceLegs changed, int epoch) {
        for (UdpFlow flow : flows.values())
            flow.overlapEnded(changed, epoch);
    }

    void close() {
        List<UdpFlow> all = new ArrayList<>(flows.values());
        all.forEach(this::forget);
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
