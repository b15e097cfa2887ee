package org.schiltron.relay;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Opens legs along a route. Called on the loops' threads, by several at once. */
public interface LegDialer {
    /**
     * What the leg is for.
     *
     * @param service the service's name
     * @param address what to show to the ring, and where to go
     * @param client  whose connection it is
     */
    record Request(String service, LegAddress address, Client client) {
    }

    /** The loop a leg lives on: runs its tasks, all on one thread, and has its time. */
    interface Loop extends Executor {
        /** Nanoseconds, of when this round of the loop began. */
        long nowNs();
    }

    /**
     * Begins to open a leg. Later, not from within this call, either {@code connected} or {@code failed} is told. The
     * caller gives it up with {@link Leg#reset} if that takes too long.
     *
     * @throws IOException if it fails at once
     */
    Leg dial(Loop loop, Request request, End.Events events) throws IOException;
}
