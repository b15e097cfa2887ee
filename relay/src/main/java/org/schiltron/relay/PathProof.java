package org.schiltron.relay;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Follows the datagrams of one client and says whether its address is proved: only then it may get more bytes than it
 * sent. A source address costs its sender nothing; proof is an answer that only somebody who received our bytes can
 * give. All methods on one loop's thread; datagrams are left as they are.
 */
public interface PathProof {
    /** Makes one for each client. Called on the loops' threads. */
    @FunctionalInterface
    interface Factory {
        PathProof follow(InetSocketAddress client);
    }

    /** Whether it may go on to the backend. */
    boolean onClientDatagram(ByteBuffer datagram);

    /** Whether it may go on to the client, as far as its content goes. */
    boolean onBackendDatagram(ByteBuffer datagram);

    /** Whether the client has shown that it gets what is sent to its address. Once true, always true. */
    boolean proved();

    /** For protocols that prove nothing: everything may pass, within the bytes the client sent. */
    static Factory none() {
        PathProof never = new PathProof() {
            @Override
            public boolean onClientDatagram(ByteBuffer datagram) {
                return true;
            }

            @Override
            public boolean onBackendDatagram(ByteBuffer datagram) {
                return true;
            }

            @Override
            public boolean proved() {
                return false;
            }
        };
        return _ -> never;
    }
}
