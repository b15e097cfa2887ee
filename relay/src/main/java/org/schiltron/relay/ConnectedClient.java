package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What an opening sees of a connection. */
final class ConnectedClient implements Client {
    private final EventLoop loop;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final Runnable again;
    private @Nullable TlsEnd secured;

    /**
     * @param again run on the loop's thread
     * @throws IOException if the socket is gone already
     */
    ConnectedClient(EventLoop loop, SocketChannel channel, Runnable again) throws IOException {
        this.loop = loop;
        this.remote = Ingress.addressOf(channel.getRemoteAddress());
        this.local = Ingress.addressOf(channel.getLocalAddress());
        this.again = again;
    }

    void securedBy(TlsEnd end) {
        secured = end;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public @Nullable TlsFacts tls() {
        return secured == null ? null : secured.facts();
    }

    @Override
    public long nowNs() {
        return loop.nowNs();
    }

    @Override
    public void again() {
        loop.execute(again);
    }
}
