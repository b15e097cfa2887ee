package org.schiltron.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A client's relay and a service's over {@link FakeTunnels}, each with a poller. */
final class Relays implements AutoCloseable {
    final FakeTunnels tunnels;
    final SocketPoller clientPoller = SocketPoller.start("client-poller");
    final SocketPoller servicePoller = SocketPoller.start("service-poller");
    final StreamRelay client;
    final StreamRelay service;

    Relays(long seed, RelayLimits limits, String... backends) {
        this(seed, limits, false, backends);
    }

    Relays(long seed, RelayLimits limits, boolean proxyProtocol, String... backends) {
        tunnels = new FakeTunnels(seed);
        client = StreamRelay.forClient(tunnels, clientPoller, limits);
        service = StreamRelay.forService(tunnels, servicePoller, limits,
                Backends.parse(List.of(backends), proxyProtocol));
        tunnels.join(client, service);
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    }

    /** The seed of this run: the one given as a system property, or a new one, printed. */
    static long seed() {
        Long given = Long.getLong("schiltron.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.out.println("schiltron.seed=" + seed);
        return seed;
    }

    @Override
    public void close() {
        tunnels.close();
        clientPoller.close();
        servicePoller.close();
        if (tunnels.bug() != null)
            throw new AssertionError("on the session's thread", tunnels.bug());
    }
}
