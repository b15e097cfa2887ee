package org.schiltron.relay;

import java.nio.ByteBuffer;

/** The way of one UDP client's datagrams to the backend and back. On the loop's thread. */
public interface DatagramLeg {
    /** What a leg tells its flow. */
    @FunctionalInterface
    interface Events {
        /** A datagram of the backend's; good until this returns. */
        void received(ByteBuffer datagram);
    }

    /** Whether it is on its way; if not, it is lost, as datagrams are. */
    boolean send(ByteBuffer datagram);

    void close();
}
