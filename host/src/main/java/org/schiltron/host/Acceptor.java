package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Listens for TCP connections. One over the limit is accepted and reset at once, so that its program learns of it;
 * when the system gives no more (no file descriptor is left), accepting pauses and the rest wait in the backlog.
 */
final class Acceptor implements AutoCloseable {
    private static final int BACKLOG = 1_024;
    private static final int TURN_CONNECTIONS = 64;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final StreamRelay relay;
    private final ServerSocketChannel channel;
    private final InetSocketAddress local;
    private final Consumer<SocketChannel> accepted;

    private Acceptor(StreamRelay relay, ServerSocketChannel channel, InetSocketAddress local,
            Consumer<SocketChannel> accepted) {
        this.relay = relay;
        this.channel = channel;
        this.local = local;
        this.accepted = accepted;
    }

    /**
     * @param accepted called on the poller's thread with each connection, which {@link StreamRelay#admit} has let in
     * @throws java.net.BindException with a message that names the address and what is wrong with it
     */
    static Acceptor listen(StreamRelay relay, InetSocketAddress address, Consumer<SocketChannel> accepted)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.bind(address, BACKLOG);
            Acceptor acceptor = new Acceptor(relay, channel, (InetSocketAddress) channel.getLocalAddress(), accepted);
            relay.poller().execute(acceptor::watch);
            return acceptor;
        } catch (IOException e) {
            channel.close();
            throw UdpSockets.bindFailure(address, String.valueOf(e.getMessage()));
        }
    }

    InetSocketAddress localAddress() {
        return local;
    }

    private void watch() {
        try {
            relay.poller().register(channel, SelectionKey.OP_ACCEPT, this::ready);
        } catch (IOException e) {
            // closed before it began
        }
    }

    private void ready(SelectionKey key) {
        for (int i = 0; i < TURN_CONNECTIONS; i++) {
            SocketChannel connection;
            try {
                connection = channel.accept();
            } catch (IOException e) {
                pause(key);
                return;
            }
            if (connection == null)
                return;
            if (relay.admit())
                accepted.accept(connection);
            else
                turnAway(connection);
        }
    }

    private void pause(SelectionKey key) {
        if (!channel.isOpen())
            return;
        relay.counters().acceptErrors.increment();
        key.interestOps(0);
        relay.poller().after(PAUSE, () -> {
            if (key.isValid())
                key.interestOps(SelectionKey.OP_ACCEPT);
        });
    }

    private void turnAway(SocketChannel connection) {
        relay.counters().connectionsRefused.increment();
        try (connection) {
            connection.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // it has gone by itself
        }
    }

    /** Connections accepted before live on. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        relay.poller().wakeUp();
    }
}
