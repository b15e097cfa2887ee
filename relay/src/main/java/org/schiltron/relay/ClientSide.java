package org.schiltron.relay;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The client of a {@link Connection}, as what decides about it sees it. */
final class ClientSide implements Client {
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final End end;
    private final EventLoop loop;
    private final Runnable again;

    /** @param again on the loop's thread */
    ClientSide(InetSocketAddress remote, InetSocketAddress local, End end, EventLoop loop, Runnable again) {
        this.remote = remote;
        this.local = local;
        this.end = end;
        this.loop = loop;
        this.again = again;
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
        return Ingress.tlsFacts(end);
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
