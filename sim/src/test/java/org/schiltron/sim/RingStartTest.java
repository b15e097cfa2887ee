package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.MS;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.swarm.ServiceStatus;

/** The first seconds of a service, while its ring nodes enrol it. */
class RingStartTest {
    private static final SessionWorld.Shape SHAPE = new SessionWorld.Shape(10, 4, 1, 1, 0, 0, false, 3_000, false);

    private final SessionWorld world = new SessionWorld(7, SHAPE);

    private List<ServiceStatus.Ring> rings() {
        return world.services.get(0).machine().machine().status().rings();
    }

    /** All are not ready at the first look; none has failed by that. */
    @Test
    void aDeadRingNodeIsReplacedByThoseThatEnrolled() {
        world.rings.get(0).kill();
        world.simulation.run(6 * SECOND);
        assertThat(rings().get(0).retired()).isTrue();
        assertThat(rings().get(0).mailboxes()).as("still at the dead one: %s", rings()).isZero();
        assertThat(rings().subList(1, 4)).allMatch(ring -> ring.ready() && !ring.retired());
    }

    @Test
    void aRingNodeThatAnswersASecondLateKeepsItsMailboxes() {
        world.rings.get(0).kill();
        world.simulation.at(SECOND, () -> world.rings.get(0).restart(world.ring(0)));
        List<Integer> home = rings().stream().map(ServiceStatus.Ring::mailboxes).toList();
        for (int i = 0; i < 60; i++) {
            world.simulation.runFor(100 * MS);
            assertThat(rings()).noneMatch(ServiceStatus.Ring::retired);
            assertThat(rings().stream().map(ServiceStatus.Ring::mailboxes).toList()).isEqualTo(home);
        }
        assertThat(rings()).allMatch(ServiceStatus.Ring::ready);
    }
}
