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

    /** Hellos that nobody follows up are asked for packets beside what sessions ask for, and are none themselves. */
    @Test
    void aCrowdThatNeverFollowsUpTakesNothingFromASession() {
        SessionWorld world = new SessionWorld(2, SHAPE);
        var established = world.transfers.get(MUTE);
        world.simulation.partition(world.clients.subList(0, MUTE));
        for (var client : world.clients.subList(0, MUTE))
            client.downlink().tap((nowNs, datagram) -> datagram.at(0) == Wire.DATA ? Tap.DROP : Tap.PASS);
        established.run(true);
        assertThat(world.simulation.runUntil(established::isOpen, 10 * SECOND)).isTrue();
        world.simulation.runFor(3 * SECOND);
        int before = established.completed;
        world.simulation.runFor(5 * SECOND);
        int inCalm = established.completed - before;
        world.simulation.heal();
        world.simulation.runFor(3 * SECOND);
        var status = world.services.get(0).machine().machine().status();
        assertThat(status.atTheDoor()).as("stand at the door").isEqualTo(32);
        assertThat(status.sessions()).as("but are no sessions").hasSize(1);
        before = established.completed;
        world.simulation.runFor(5 * SECOND);
        assertThat(established.completed - before).as("transfers, %d in calm", inCalm).isGreaterThan(inCalm * 3 / 4);
    }
}
