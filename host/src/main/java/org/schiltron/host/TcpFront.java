package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.schiltron.host.StreamRelay.Opening;

/** Takes TCP connections of local programs to one target of the service, each as a stream. */
public final class TcpFront implements AutoCloseable {
    private final StreamRelay relay;
    private final String target;
    private final Acceptor acceptor;

    private TcpFront(StreamRelay relay, InetSocketAddress address, String target) throws IOException {
        this.relay = relay;
        this.target = target;
        this.acceptor = Acceptor.listen(relay, address, this::accepted);
    }

    /**
     * @param address resolved; port 0 picks one
     * @param target  the backend's name, "" for the service's default
     * @throws java.net.BindException with a message that names the address and what is wrong with it
     */
    public static TcpFront listen(StreamRelay relay, InetSocketAddress address, String target) throws IOException {
        return new TcpFront(relay, address, target);
    }

    /** Where it listens, the port resolved. */
    public InetSocketAddress localAddress() {
        return acceptor.localAddress();
    }

    private void accepted(SocketChannel channel) {
        try {
            TcpConnection connection = TcpConnection.accepted(relay.poller(), relay.counters(), channel);
            relay.open(new Opening(connection, target, false));
        } catch (IOException e) { // gone again
            relay.release();
        }
    }

    /** Takes no more connections; those there are live on. */
    @Override
    public void close() {
        acceptor.close();
    }
}
