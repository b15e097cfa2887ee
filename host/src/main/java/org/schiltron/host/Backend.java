package org.schiltron.host;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ClientId;

/** One program behind a service: where it listens, and whether it wants to be told who its client is. */
final class Backend {
    private static final long REFRESH_NS = 30_000_000_000L;

    private final String text;
    private final InetSocketAddress given;
    private final boolean udp;
    private final boolean proxyProtocol;
    private volatile @Nullable InetSocketAddress lastResolved;
    private volatile long lookedUpNs;

    /** @param given unresolved if it is a name, which is then looked up for each connection */
    Backend(InetSocketAddress given, boolean udp, boolean proxyProtocol) {
        this.given = given;
        this.udp = udp;
        this.proxyProtocol = proxyProtocol;
        this.text = (udp ? "udp://" : "tcp://") + Addresses.toText(given);
        this.lastResolved = given.isUnresolved() ? null : given;
        this.lookedUpNs = System.nanoTime() - REFRESH_NS;
    }

    boolean isUdp() {
        return udp;
    }

    /** Calls one of the two on the poller's thread: at once for an address, after a lookup for a name. */
    void resolve(SocketPoller poller, Consumer<InetSocketAddress> found, Runnable unknown) {
        if (!given.isUnresolved()) {
            poller.execute(() -> found.accept(given));
            return;
        }
        Thread.startVirtualThread(() -> {
            try {
                InetSocketAddress resolved = Addresses.resolve(given);
                lastResolved = resolved;
                poller.execute(() -> found.accept(resolved));
            } catch (UnknownHostException e) {
                poller.execute(unknown);
            }
        });
    }

    /**
     * The address if it is known now. A name is looked up in the background, again after 30 s; null until it was
     * found once.
     */
    @Nullable
    InetSocketAddress addressNow(SocketPoller poller) {
        if (given.isUnresolved() && System.nanoTime() - lookedUpNs >= REFRESH_NS) {
            lookedUpNs = System.nanoTime();
            resolve(poller, address -> {
            }, () -> {
            });
        }
        return lastResolved;
    }

    /** What the program reads before the stream's own bytes. */
    byte[] streamPreamble(ClientId client, long stream, InetSocketAddress to) {
        return proxyProtocol ? ProxyProtocol.forStream(client, stream, to) : StreamRelay.NO_BYTES;
    }

    /** What stands before the payload of each datagram. */
    byte[] datagramPreamble(ClientId client, long flow, InetSocketAddress to) {
        return proxyProtocol ? ProxyProtocol.forDatagrams(client, flow, to) : StreamRelay.NO_BYTES;
    }

    /** {@code tcp://127.0.0.1:8080}. */
    @Override
    public String toString() {
        return text;
    }
}
