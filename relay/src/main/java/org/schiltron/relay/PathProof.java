package org.schiltron.relay;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

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

    /** What becomes of a datagram of the backend's. */
    enum Fate {
        /** It may go on to the client, as far as this can tell. */
        PASS,
        /** A copy is kept here; {@link #poll} gives it when it may go. */
        KEPT,
        /** More than the client may get before its address is proved. */
        UNPROVED,
        /** Its content says no. */
        REFUSED
    }

    Fate onBackendDatagram(ByteBuffer datagram);

    /** The next datagram that was kept and may go to the client now; null if there is none. Asked after the client's. */
    default @Nullable ByteBuffer poll() {
        return null;
    }

    /** Its opening has let the client in to this service. */
    default void admitted(String service) {
    }

    /** The client is forgotten. */
    default void closed() {
    }

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
            public Fate onBackendDatagram(ByteBuffer datagram) {
                return Fate.PASS;
            }

            @Override
            public boolean proved() {
                return false;
            }
        };
        return _ -> never;
    }
}
