package org.schiltron.relay.routes;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.LegAsk;
import org.schiltron.machine.Path;
import org.schiltron.relay.Client;
import org.schiltron.relay.EventLoop;
import org.schiltron.relay.TlsFacts;

/** Whom a leg is for, as its ingress says. */
record Asked(LegAsk ask, EventLoop loop) implements Client {
    @Override
    public InetSocketAddress remote() {
        return address(ask.client());
    }

    @Override
    public InetSocketAddress local() {
        return address(ask.server());
    }

    @Override
    public @Nullable TlsFacts tls() {
        return null;
    }

    @Override
    public long nowNs() {
        return loop.nowNs();
    }

    @Override
    public void again() {
        // nothing was put off
    }

    private static InetSocketAddress address(Path path) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(path.addressBytes()), path.port());
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }
}
