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
    private static final int SEEDS = Integer.getInteger("schiltron.seeds", 4);

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

    /** Numbers of datagrams go on, or the client would take all for what it has had. */
    @Test
    void datagramsGoOnAtAnotherHost() {
        Seeds.each(Math.max(1, SEEDS / 3), (seed, random) -> {
            SessionWorld world = world(seed, 2);
            world.rest();
            world.simulation.runFor(20 * SECOND);
            resume(world, handOver(world));
            world.simulation.runFor(2 * SECOND);
            List<Integer> before = world.transfers.stream().map(Transfers::echoed).toList();
            world.simulation.runFor(10 * SECOND);
            for (int i = 0; i < before.size(); i++)
                assertThat(world.transfers.get(i).echoed()).as("client %d", i).isGreaterThan(before.get(i) + 10);
        });
    }

    /** Under loss what is asked for has gaps; nothing of it may be left when the sessions are over. */
    @Test
    void nothingIsLeftBehindWhereTheServiceWentInTheMidstOfUploads() {
        Seeds.each(Math.max(1, SEEDS / 3), (seed, random) -> {
            SessionWorld world = new SessionWorld(seed,
                    new SessionWorld.Shape(10, 2, 1, 2, 0, 0, false, 4_000_000, false));
            for (var client : world.clients)
                client.links(LinkConfig.ofMegabits(50).withDelayNs(60 * MS).withLoss(0.02));
            world.simulation.runFor(4 * SECOND);
            resume(world, handOver(world));
            var service = world.services.getLast();
            world.simulation.runFor(4 * SECOND);
            world.clients.forEach(Node::kill);
            service.command(machine -> machine.machine().close(world.simulation.nowNs()));
            world.simulation.runFor(10 * SECOND);
            assertThat(service.machine().machine().awaited()).isZero();
            assertThat(service.machine().machine().openGets()).isZero();
        });
    }

    @Test
    void mailboxesAddedWithTheMoveAreUsed() {
        SessionWorld world = new SessionWorld(5, new SessionWorld.Shape(6, 2, 1, 2, 0, 0, false, 60_000, false));
        world.start();
        assertThat(world.everyClientCompletes(20 * SECOND)).as(world::describe).isTrue();
        List<Session> before = sessions(world);
        byte[] state = handOver(world);
        for (int i = 6; i < 12; i++)
            world.addMailbox(i, false);
        resume(world, state);
        world.simulation.runFor(5 * SECOND);
        for (int i = 0; i < 5; i++) // one stays for clients that know no other contact
            world.mailboxes.get(i).kill();
        assertThat(world.everyClientCompletes(30 * SECOND)).as(world::describe).isTrue();
        assertThat(sessions(world)).as(world::describe).isEqualTo(before);
    }

    /** Until the new ring nodes work, the old ones are looked after as before. */
    @Test
    void ringNodesThatNeverWorkTakeNothingAway() {
        SessionWorld world = world(7, 4);
        var service = world.services.getFirst();
        service.command(machine -> machine.machine().moveTo(world.simulation.nowNs(), world.ringList().subList(0, 2)));
        world.simulation.runFor(70 * SECOND);
        world.rings.get(2).kill();
        world.rings.get(3).kill();
        service.command(machine -> machine.machine().moveTo(world.simulation.nowNs(), world.ringList().subList(2, 4)));
        world.simulation.runFor(10 * SECOND);
        world.rings.get(0).restart(world.ring(0));
        world.rings.get(1).restart(world.ring(1));
        assertThat(world.everyClientCompletes(15 * SECOND)).as(world::describe).isTrue();
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
