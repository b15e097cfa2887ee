package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.schiltron.sim.SessionWorld.MS;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;
import org.schiltron.swarm.HandOver;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/** A service goes to another host, or to other ring nodes, and its sessions go with it. */
class MoveTest {
    private static final int SEEDS = Integer.getInteger("schiltron.seeds", 24);

    private static SessionWorld world(long seed, int rings) {
        SessionWorld world = new SessionWorld(seed,
                new SessionWorld.Shape(10, rings, 1, 4, 0, 0, false, 60_000, false));
        world.start();
        assertThat(world.everyClientCompletes(20 * SECOND)).as(world::describe).isTrue();
        return world;
    }

    private static List<Session> sessions(SessionWorld world) {
        return world.transfers.stream().map(Transfers::session).toList();
    }

    private static byte[] handOver(SessionWorld world) {
        Node<SessionEvent, Observed<SessionEvent, ServiceEndpoint>> old = world.services.getFirst();
        List<byte[]> state = new ArrayList<>();
        old.command(machine -> state.add(machine.machine().handOver(world.simulation.nowNs())));
        world.simulation.runFor(100 * MS);
        old.kill();
        return state.getFirst();
    }

    private static void resume(SessionWorld world, byte[] state) {
        HandOver from = new HandOver(state);
        var next = world.addHost();
        assertThat(from.fits(world.mailboxAddresses)).isTrue();
        next.command(machine -> machine.machine().resume(world.simulation.nowNs(), from));
    }

    @Test
    void sessionsGoOnAtAnotherHost() {
        Seeds.each(SEEDS, (seed, random) -> {
            SessionWorld world = world(seed, random.nextInt(4));
            if (random.nextInt(2) == 0)
                world.rest();
            world.simulation.runFor(random.nextLong(20 * SECOND)); // some in the midst of a transfer, some idle
            List<Session> before = sessions(world);
            byte[] state = handOver(world);
            world.simulation.runFor(random.nextLong(1_500 * MS));
            resume(world, state);
            assertThat(world.everyClientCompletes(10 * SECOND)).as(world::describe).isTrue();
            assertThat(sessions(world)).as(world::describe).isEqualTo(before);
            assertThat(world.echoes.getLast().sessions).isEqualTo(before.size());
        });
    }

    /** As soon as the new ones work the old ones may fail; what was under way is not lost before. */
    @Test
    void sessionsAndStreamsGoOnByOtherRingNodes() {
        Seeds.each(SEEDS, (seed, random) -> {
            SessionWorld world = world(seed, 4);
            List<Session> before = sessions(world);
            int stay = random.nextInt(3);
            world.services.getFirst().command(machine -> machine.machine().moveTo(world.simulation.nowNs(),
                    world.ringList().subList(stay, random.nextInt(2) == 0 ? stay + 1 : 4)));
            world.simulation.runFor(SECOND + random.nextLong(4 * SECOND));
            for (int i = 0; i < stay; i++)
                world.rings.get(i).kill();
            assertThat(world.everyClientCompletes(12 * SECOND)).as(world::describe).isTrue();
            assertThat(sessions(world)).as(world::describe).isEqualTo(before);
            assertThat(world.transfers).as(world::describe).allMatch(of -> of.resets == 0);
            world.simulation.runFor(60 * SECOND);
            assertThat(world.services.getFirst().machine().machine().status().rings()).as("those left are let go")
                    .noneMatch(ring -> world.ringAddresses.subList(0, stay).stream()
                            .anyMatch(left -> left.toString().equals(ring.address())));
        });
    }

    @Test
    void whatWasHandedOverAndDamagedIsRefusedWithTheReason() {
        byte[] state = handOver(world(1, 2));
        assertThat(state).as("of four sessions").hasSizeBetween(4 * 350, 4 * 800);
        SessionWorld other = new SessionWorld(1, new SessionWorld.Shape(10, 2, 1, 0, 0, 0, false, 10, false));
        Seeds.each(200, (seed, random) -> {
            byte[] damaged = damage(state, random);
            assertThatCode(() -> {
                HandOver from = new HandOver(damaged);
                if (from.fits(other.mailboxAddresses))
                    other.service(0).machine().resume(0, from);
            }).satisfiesAnyOf(thrown -> assertThat(thrown).isNull(),
                    thrown -> assertThat(thrown).isInstanceOf(IllegalArgumentException.class));
        });
    }

    private static byte[] damage(byte[] state, SeededRandom random) {
        byte[] damaged = Arrays.copyOf(state, random.nextInt(4) == 0 ? random.nextInt(state.length) : state.length);
        for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--)
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        return damaged;
    }
}
