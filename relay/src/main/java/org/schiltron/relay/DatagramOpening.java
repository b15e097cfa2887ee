package org.schiltron.relay;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Decides from a UDP client's first datagrams whether it is let in, and to which service (a QUIC Initial says the name,
 * sometimes the second only). One for each flow; on one loop's thread.
 */
public interface DatagramOpening {
    /** Makes one for each flow. Called on the loops' threads. */
    @FunctionalInterface
    interface Factory {
        DatagramOpening open(InetSocketAddress client);
    }

    /**
     * Looks at the next datagram, which is left as it is. MORE keeps it and asks for the next, within
     * {@link UdpFlow#HELD_BYTES}; LATER is not understood.
     */
    Opening.Verdict look(ByteBuffer datagram);

    /** After OK: the service it is let in to, by name. */
    String service();

    /** Lets everybody in to one service. */
    static Factory straightTo(String service) {
        DatagramOpening opening = new DatagramOpening() {
            @Override
            public Opening.Verdict look(ByteBuffer datagram) {
                return Opening.Verdict.OK;
            }

            @Override
            public String service() {
                return service;
            }
        };
        return _ -> opening;
    }
}
