package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import org.junit.jupiter.api.Test;
import org.schiltron.swarm.Session;

/**
 * The service's own link loses nearly everything for a while, as when its address has leaked. Windows are used up at both
 * ends then, and acknowledgements of that lost; once it is over, no session may wait for what the other end believes told.
 */
class OutageTest {
    private static final int SEEDS = Integer.getInteger("schiltron.seeds", 16);
    private static final SessionWorld.Shape SHAPE = new SessionWorld.Shape(10, 4, 1, 4, 0, 0, false, 3_000, false);
    private static final double LOSS = 0.9;

    @Test
    void sessionsGoOnSoonAfterTheServicesLinkHasCleared() {
        Seeds.each(SEEDS, (seed, random) -> {
            SessionWorld world = new SessionWorld(seed, SHAPE);
            world.start();
            world.simulation.run(3 * SECOND);
            LinkConfig clear = world.services.get(0).downlink().config();
            world.services.get(0).downlink().configure(clear.withLoss(LOSS));
            world.simulation.runFor((4 + random.nextInt(12)) * SECOND);
            world.services.get(0).downlink().configure(clear);
            assertThat(world.everyClientCompletes(6 * SECOND)).as(world::describe).isTrue();
        });
    }

    /** Under loss most packets come twice; what comes of a stream after its end has been read is nobody's business. */
    @Test
    void nothingIsLeftOfStreamsThatHaveEnded() {
        Seeds.each(SEEDS / 4, (seed, random) -> {
            SessionWorld world = new SessionWorld(seed, SHAPE);
            for (var client : world.clients)
                client.links(client.downlink().config().withLoss(0.15));
            world.start();
            world.simulation.run(10 * SECOND);
            world.rest();
            world.simulation.runFor(10 * SECOND);
            for (var client : world.clients) {
                Session session = client.machine().machine().session();
                assertThat(session == null ? 0 : session.status().streams()).as(world::describe).isZero();
            }
        });
    }
}
