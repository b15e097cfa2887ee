package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.schiltron.machine.RandomSource;

/**
 * Takes UDP datagrams of local programs to one target of the service. Each source address is a flow (see {@link
 * FrontFlows}).
 */
public final class UdpFront implements AutoCloseable {
    /** The longest datagram that crosses: what a QUIC client sends at most over Ethernet and IPv6. Longer are dropped. */
    public static final int MAX_PAYLOAD = 1_452;

    /** Datagrams read and not yet given to the session; further ones are dropped. About 1.5 MiB. */
    private static final int MAX_QUEUED = 1_024;

    /** Read in one turn. */
    private static final int TURN_DATAGRAMS = 64;

    private final StreamRelay relay;
    private final DatagramChannel channel;
    private final InetSocketAddress local;
    private final String target;
    private final AtomicInteger queued = new AtomicInteger();
    private final FrontFlows<SocketAddress> flows; // the session's thread alone

    private UdpFront(StreamRelay relay, DatagramChannel channel, InetSocketAddress local, String target,
            RandomSource random) {
        this.relay = relay;
        this.channel = channel;
        this.local = local;
        this.target = target;
        flows = new FrontFlows<>(relay, random, this::answer);
    }

    private boolean answer(SocketAddress source, byte[] payload) throws IOException {
        return channel.send(ByteBuffer.wrap(payload), source) > 0 || payload.length == 0;
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
            relay.add(front.flows);
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
        relay.execute(nowNs -> {
            queued.decrementAndGet();
            relay.sendDatagram(nowNs, flows.of(source), target, payload);
        });
    }

    @Override
    public void close() {
        relay.remove(flows);
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        relay.poller().wakeUp();
    }
}
