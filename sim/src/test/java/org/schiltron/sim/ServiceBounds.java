package org.schiltron.sim;

import org.schiltron.machine.Drop;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.wire.Wire;

/**
 * What a service may hold, whatever its clients and mailboxes do: as many sessions as it was told, and open gets that fill
 * at most 50 ms of its link when all are filled at once, but for the few that no session can do without.
 */
final class ServiceBounds {
    static final long BUCKET_NS = 10_000_000;
    /** Gets a session may always have: those of a session that is idle. */
    private static final int ALWAYS = 6;
    /** Those of a session at work that takes as many as an idle one may have, and what a knock waits for. */
    private static final int MAX_WINDOW = 2_048;

    private final ServiceEndpoint endpoint;
    private final int maxSessions;
    private final long windowPackets;
    private long refused;

    ServiceBounds(ServiceEndpoint endpoint, long linkBytesPerSecond, int maxSessions) {
        this.endpoint = endpoint;
        this.maxSessions = maxSessions;
        windowPackets = (long) (0.05 * linkBytesPerSecond / Wire.MAX_DATAGRAM);
    }

    void check() {
        int held = endpoint.held();
        if (held > maxSessions)
            throw new AssertionError(held + " sessions held");
        if (endpoint.openGets() > windowPackets + (long) ALWAYS * held)
            throw new AssertionError("open gets " + endpoint.openGets() + " of " + held + " sessions, of the link "
                    + windowPackets);
        if (endpoint.awaited() > Math.min(windowPackets + 2L * ALWAYS * held, (long) MAX_WINDOW * held))
            throw new AssertionError(endpoint.awaited() + " packets waited for by " + held + " sessions");
    }

    /** What came in the last {@link #BUCKET_NS}, and was waited for, is no more than stood open or was asked since. */
    void onBucket(EndpointWitness witness) {
        int packets = witness.takePackets();
        int asks = witness.takeAsks();
        long nowRefused = 0;
        for (Drop drop : new Drop[]{Drop.UNKNOWN_NONCE, Drop.NOT_AUTHENTIC, Drop.WRONG_MAILBOX, Drop.REPLAYED,
                Drop.BAD_MAC, Drop.MALFORMED, Drop.TRUNCATED, Drop.WRONG_VERSION, Drop.WRONG_CUSTOMER})
            nowRefused += endpoint.counters().drops(drop);
        long late = nowRefused - refused;
        refused = nowRefused;
        if (packets - late > windowPackets + (long) ALWAYS * endpoint.held() + asks)
            throw new AssertionError(packets + " packets at once, " + late + " of them late, of the link "
                    + windowPackets);
    }
}
