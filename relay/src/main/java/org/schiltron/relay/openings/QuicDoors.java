package org.schiltron.relay.openings;

import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.schiltron.edge.QuicFlows;
import org.schiltron.relay.DatagramOpening;
import org.schiltron.relay.PathProof;

/**
 * QUIC at one entrance: openings, and what follows their flows, which know of each other where a client goes on when it
 * has got another address.
 */
public final class QuicDoors implements DatagramOpening.Factory {
    /** Connection ids by which a client that moved is known again, some 150 bytes each; further ones are not. */
    private static final int MAX_IDS = 65_536;

    private final Doors doors;
    private final LongSupplier epochSeconds;
    private final QuicFlows<QuicProof> flows = new QuicFlows<>(MAX_IDS);

    QuicDoors(Doors doors, LongSupplier epochSeconds) {
        this.doors = doors;
        this.epochSeconds = epochSeconds;
    }

    @Override
    public DatagramOpening open(InetSocketAddress client) {
        return new QuicOpening(client, doors, epochSeconds, flows);
    }

    /**
     * What follows the flows of this entrance, and of no other.
     *
     * @param backendKeepsLimit whether its word that it has validated an address counts, as said at
     *                          {@link org.schiltron.edge.QuicPath}: needed where its connection ids have less than 8
     *                          bytes, and for clients that move in the middle of much data
     */
    public PathProof.Factory proof(boolean backendKeepsLimit) {
        return _ -> new QuicProof(backendKeepsLimit, doors::byGrant, flows);
    }
}
