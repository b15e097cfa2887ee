package org.schiltron.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.schiltron.machine.RandomSource;

/**
 * The UDP associations of a SOCKS5 front (RFC 1928, section 7). Each has a socket of its own on the address at which its
 * control connection came in, takes datagrams from that connection's client alone, and ends with it. Without a session
 * datagrams are dropped; when the session is back, the association goes on.
 *
 * <p>Bounds: {@value #MAX_ASSOCIATIONS} associations, each also one of the relay's connections; {@value #MAX_QUEUED}
 * datagrams on their way to the session, about 1.5 MiB; flows as in {@link FrontFlows}, one for each port that a client
 * sends from and each destination it names.
 */
final class SocksAssociations {
    /** A further one is refused. */
    static final int MAX_ASSOCIATIONS = 256;

    /** Datagrams read and not yet given to the session; further ones are dropped. */
    private static final int MAX_QUEUED = 1_024;

    /** Read from one association in one turn. */
    private static final int TURN_DATAGRAMS = 64;

    /** Where a program sends from and to; {@code header} goes before its answers. Equal by what tells flows apart. */
    private record Source(Association association, SocketAddress from, ByteBuffer header) {
    }

    private final StreamRelay relay;
    private final AtomicInteger queued = new AtomicInteger();
    private final FrontFlows<Source> flows; // the session's thread alone
    private int open; // the poller's thread alone

    SocksAssociations(StreamRelay relay, RandomSource random) {
        this.relay = relay;
        flows = new FrontFlows<>(relay, random, (source, payload) -> source.association.answer(source, payload));
        relay.add(flows);
    }

    /**
     * Answers the client and serves it until its connection ends. On the poller's thread.
     *
     * @param client admitted, with an association asked for
     * @param port   that its datagrams will come from, 0 for any
     */
    void open(TcpConnection client, int port) {
        if (open >= MAX_ASSOCIATIONS) {
            refuse(client);
            return;
        }
        DatagramChannel channel = null;
        try {
            InetSocketAddress here = client.localAddress();
            channel = DatagramChannel.open();
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(here.getAddress(), 0));
            Association association = new Association(client, channel, client.peerAddress().getAddress(), port);
            relay.poller().register(channel, SelectionKey.OP_READ, association::ready);
            byte[] answer = SocksHandshake.associated((InetSocketAddress) channel.getLocalAddress());
            client.write(answer, 0, answer.length);
            open++;
            client.onChange(association::control);
            association.control(); // what came before
        } catch (IOException e) { // no file descriptor is left, or the client is gone
            if (channel != null)
                close(channel);
            refuse(client);
        }
    }

    private void refuse(TcpConnection client) {
        relay.counters().connectionsRefused.increment();
        relay.refuse(client, SocksHandshake.reply(SocksHandshake.FAILED));
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }

    /** One client's. Equal to itself alone. */
    private final class Association {
        private final TcpConnection client;
        private final DatagramChannel channel;
        private final InetAddress address;
        private final int port;
        private volatile boolean over;

        Association(TcpConnection client, DatagramChannel channel, InetAddress address, int port) {
            this.client = client;
            this.channel = channel;
            this.address = address;
            this.port = port;
        }

        /** The control connection has something: its end, or bytes that mean nothing. On the poller's thread. */
        private void control() {
            boolean ended = client.inputEnded() || client.failed();
            byte[] head = client.head();
            while (head != null) {
                client.take(head.length - client.headOffset());
                head = client.head();
            }
            if (ended && !over)
                end();
        }

        private void end() {
            over = true;
            open--;
            close(channel);
            client.close();
            relay.release();
            relay.execute(nowNs -> flows.forgetIf(source -> source.association == this));
        }

        private void ready(SelectionKey key) {
            for (int i = 0; i < TURN_DATAGRAMS; i++) {
                ByteBuffer buffer = relay.poller().readBuffer();
                try {
                    SocketAddress from = channel.receive(buffer);
                    if (from == null)
                        return;
                    forward((InetSocketAddress) from, buffer.flip());
                } catch (IOException e) {
                    return; // an answer went to a program that is gone
                }
            }
        }

        private void forward(InetSocketAddress from, ByteBuffer buffer) {
            TrafficCounters counters = relay.counters();
            if (!from.getAddress().equals(address) || port != 0 && from.getPort() != port) {
                counters.drop(RelayDrop.SOCKS_STRANGER);
                return;
            }
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            SocksDatagram datagram = SocksDatagram.decode(bytes, bytes.length);
            if (datagram.drop() != null) {
                counters.drop(datagram.drop());
                return;
            }
            int payloadLength = bytes.length - datagram.headerLength();
            if (payloadLength > UdpFront.MAX_PAYLOAD) {
                counters.drop(RelayDrop.OVERSIZED);
                return;
            }
            if (queued.incrementAndGet() > MAX_QUEUED) {
                queued.decrementAndGet();
                counters.drop(RelayDrop.UNDELIVERED);
                return;
            }
            byte[] payload = new byte[payloadLength];
            System.arraycopy(bytes, datagram.headerLength(), payload, 0, payloadLength);
            byte[] header = new byte[datagram.headerLength()];
            System.arraycopy(bytes, 0, header, 0, header.length);
            Source source = new Source(this, from, ByteBuffer.wrap(header));
            relay.execute(nowNs -> {
                queued.decrementAndGet();
                if (over)
                    counters.drop(RelayDrop.UNDELIVERED);
                else
                    relay.sendDatagram(nowNs, flows.of(source), datagram.target(), payload);
            });
        }

        /** On the session's thread. */
        boolean answer(Source source, byte[] payload) throws IOException {
            ByteBuffer datagram = ByteBuffer.allocate(source.header.remaining() + payload.length);
            return channel.send(datagram.put(source.header.duplicate()).put(payload).flip(), source.from) > 0;
        }
    }
}
