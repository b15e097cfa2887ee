package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.StreamRelay.Opening;
import org.schiltron.machine.RandomSource;

/**
 * A SOCKS5 proxy whose only destinations are the service's backends by name: see {@link SocksHandshake} for TCP, {@link
 * SocksAssociations} for UDP. A connection that has not said where it wants to go within {@link RelayLimits#handshake} is
 * closed.
 */
public final class SocksFront implements AutoCloseable {
    private final StreamRelay relay;
    private final SocksAssociations associations;
    private final Acceptor acceptor;

    private SocksFront(StreamRelay relay, InetSocketAddress address, RandomSource random) throws IOException {
        this.relay = relay;
        this.associations = new SocksAssociations(relay, random);
        this.acceptor = Acceptor.listen(relay, address, channel -> new Greeted().start(channel));
    }

    /**
     * @param address resolved; port 0 picks one
     * @throws java.net.BindException with a message that names the address and what is wrong with it
     */
    public static SocksFront listen(StreamRelay relay, InetSocketAddress address, RandomSource random)
            throws IOException {
        return new SocksFront(relay, address, random);
    }

    /** Where it listens, the port resolved. */
    public InetSocketAddress localAddress() {
        return acceptor.localAddress();
    }

    /** One client until its request is known; on the poller's thread alone. */
    private final class Greeted {
        private final SocksHandshake handshake = new SocksHandshake();
        private @Nullable TcpConnection connection;
        private SocketPoller.@Nullable Timer timer;
        private boolean over;

        void start(SocketChannel channel) {
            try {
                connection = TcpConnection.accepted(relay.poller(), relay.counters(), channel);
                connection.onChange(this::step);
                timer = relay.poller().after(relay.limits().handshake(), this::refuse);
            } catch (IOException e) { // gone again
                relay.release();
            }
        }

        private void step() {
            TcpConnection client = connection;
            if (over || client == null)
                return;
            try {
                if (client.failed())
                    throw new IOException("reset");
                boolean ended = client.inputEnded();
                byte[] head = client.head();
                while (head != null && !over) {
                    client.take(handshake.feed(head, client.headOffset(), head.length - client.headOffset()));
                    answer(client);
                    head = client.head();
                }
                if (ended && !over)
                    refuse();
            } catch (IOException e) {
                refuse();
            }
        }

        private void answer(TcpConnection client) throws IOException {
            byte[] answer = handshake.answer();
            if (answer.length > 0 && client.flush())
                client.write(answer, 0, answer.length);
            switch (handshake.state()) {
                case GREETING, REQUEST -> {
                }
                case REFUSED -> refuse();
                case CONNECTING -> {
                    end();
                    relay.open(new Opening(client, handshake.target(), true));
                }
                case ASSOCIATING -> {
                    end();
                    associations.open(client, handshake.port());
                }
            }
        }

        private void refuse() {
            TcpConnection client = connection;
            if (over || client == null)
                return;
            end();
            relay.counters().connectionsRefused.increment();
            relay.refuse(client, StreamRelay.NO_BYTES);
        }

        private void end() {
            over = true;
            if (timer != null)
                relay.poller().cancel(timer);
        }
    }

    /** Takes no more connections; those there are live on. */
    @Override
    public void close() {
        acceptor.close();
    }
}
