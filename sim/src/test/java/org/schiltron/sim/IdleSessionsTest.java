package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import org.junit.jupiter.api.Test;
import org.schiltron.machine.Counters;
import org.schiltron.sim.SessionWorld.Shape;

/** What sessions cost on which nothing happens. */
class IdleSessionsTest {
    private static final int CLIENTS = 4;
    private static final int SECONDS = 200;

    /**
     * Each end refreshes six gets and pings every 20 s; the ping costs an acknowledgement and a fresh get. Gets leave by
     * mailbox, four here, so that at most four datagrams carry the six.
     */
    @Test
    void aKeepaliveDoesNotWakeASession() {
        Seeds.each(2, (seed, random) -> {
            SessionWorld quiet = world(seed, CLIENTS);
            SessionWorld bare = world(seed, 1);
            double perClient = (sentWhileIdle(quiet) - sentWhileIdle(bare)) / (double) (CLIENTS - 1) / (SECONDS / 20);
            assertThat(perClient).as("datagrams a session in 20 s").isBetween(2.0, 16.0);
        });
    }

    private static SessionWorld world(long seed, int clients) {
        return new SessionWorld(seed, new Shape(4, 1, 1, clients, 0, 0, false, 3_000, false));
    }

    private static long sentWhileIdle(SessionWorld world) {
        assertThat(world.everyClientCompletes(60 * SECOND)).as(world::describe).isTrue();
        world.rest();
        world.simulation.runFor(40 * SECOND);
        Counters counters = world.services.getFirst().machine().machine().counters();
        long before = counters.datagramsOut();
        world.simulation.runFor(SECONDS * SECOND);
        return counters.datagramsOut() - before;
    }
}
