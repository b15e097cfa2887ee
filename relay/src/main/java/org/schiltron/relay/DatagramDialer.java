package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens datagram legs along a route. Called on the loops' threads, by several at once. */
@FunctionalInterface
public interface DatagramDialer {
    /**
     * What the leg is for.
     *
     * @param service the service's name
     * @param address what to show to the ring, and where to go
     * @param client  whose datagrams they are
     * @param local   the address they came to
     */
    record Request(String service, LegAddress address, InetSocketAddress client, InetSocketAddress local) {
    }

    /** @throws IOException if it cannot be opened */
    DatagramLeg dial(LegDialer.Loop loop, Request request, DatagramLeg.Events events) throws IOException;
}
