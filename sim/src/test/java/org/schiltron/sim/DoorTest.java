package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.wire.Wire;

/** Clients that knock and never follow it up: more of them than the service may have sessions. */
class DoorTest {
    private static final int MUTE = 60; // the world's services take 50 sessions
    private static final SessionWorld.Shape SHAPE = new SessionWorld.Shape(4, 0, 1, MUTE + 1, 0, 0, false, 3_000,
            false);

    @Test
    void halfOpenSessionsGiveWayToANewcomer() {
        SessionWorld world = new SessionWorld(1, SHAPE);
        var newcomer = world.transfers.get(MUTE);
        world.simulation.partition(List.of(world.clients.get(MUTE)));
        for (var client : world.clients.subList(0, MUTE)) // they get their cookies, and no answer
            client.downlink().tap((nowNs, datagram) -> datagram.at(0) == Wire.DATA ? Tap.DROP : Tap.PASS);
        world.simulation.run(5 * SECOND);
        assertThat(world.services.get(0).machine().machine().status().held()).isEqualTo(32);
        world.simulation.heal();
        assertThat(world.simulation.runUntil(newcomer::isOpen, 10 * SECOND)).as(world::describe).isTrue();
    }
}
