package org.schiltron.relay;

import java.util.Objects;

/**
 * One service behind an edge, and how much of it may be asked for at once. A protected backend is not to be reached by
 * more legs than it can serve, however many clients there are (Mayday, section 4.4).
 *
 * @param name          what openings call it
 * @param address       where it is, and what its ring asks for, to begin with
 * @param dialer        the route to it
 * @param proxyProtocol whether each leg begins with a header that tells the backend who the client is
 * @param maxLegs       legs at once, of all clients; a further client waits
 * @param maxQueued     clients that wait at once; a further one is reset
 */
public record Service(String name, LegAddress address, LegDialer dialer, boolean proxyProtocol, int maxLegs,
        int maxQueued) {
    public Service {
        Objects.requireNonNull(name);
        if (maxLegs < 1 || maxQueued < 0)
            throw new IllegalArgumentException("service " + name + ": at least one leg, and no negative queue");
    }

    /** From this node, with 4,096 legs at once and 1,024 clients waiting. */
    public static Service direct(String name, LegAddress address, boolean proxyProtocol) {
        return new Service(name, address, new TcpDialer(TcpDialer.SOCKET_BYTES), proxyProtocol, 4_096, 1_024);
    }
}
