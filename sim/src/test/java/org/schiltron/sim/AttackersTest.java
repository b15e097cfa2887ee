package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.schiltron.machine.Drop;
import org.schiltron.swarm.EndpointLimits;

/**
 * Each attacker alone, against a small world without other faults: it does what it is there for, what must hold holds
 * after every event, and the honest clients' transfers complete. {@link SessionSimulationTest} mixes them.
 */
class AttackersTest {
    private static final long SEED = Long.getLong("schiltron.seed", 1);

    private static SessionWorld world() {
        return new SessionWorld(SEED, new SessionWorld.Shape(8, 2, 1, 2, 0, 0, false, 60_000, false));
    }

    private static void attackFor(SessionWorld world, long durationNs) {
        try {
            world.start();
            world.simulation.runFor(durationNs);
            assertThat(world.everyClientCompletes(30 * SECOND)).as("transfers under attack").isTrue();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + SEED + ": " + e.getMessage() + "\n" + world.describe(), e);
        }
    }

    private static long drops(SessionWorld world, Drop reason) {
        long drops = world.services.get(0).machine().machine().counters().drops(reason);
        for (var client : world.clients)
            drops += client.machine().machine().counters().drops(reason);
        for (var ring : world.rings)
            drops += ring.machine().machine().counters().drops(reason);
        return drops;
    }

    @ParameterizedTest
    @EnumSource(Sniffer.Habit.class)
    void aSnifferBeforeMailboxesGetsNothingThroughAndStopsNobody(Sniffer.Habit habit) {
        SessionWorld world = world();
        List<Sniffer> sniffers = new ArrayList<>();
        for (int i = 0; i < 3; i++)
            sniffers.add(new Sniffer(world.simulation, "sniffer " + i, world.mailboxes.get(i), habit,
                    world.everyone()));
        sniffers.forEach(Sniffer::start);
        attackFor(world, 5 * SECOND);
        switch (habit) {
            case RACE -> assertThat(drops(world, Drop.NOT_AUTHENTIC)).as("races won and refused").isPositive();
            case STEAL -> assertThat(sniffers).allSatisfy(sniffer -> assertThat(sniffer.stolen()).isPositive());
            case REPLAY -> assertThat(drops(world, Drop.UNREQUESTED)).as("replays refused by the ring").isPositive();
        }
    }

    @Test
    void whatASnifferBesideTheServiceReplaysIsRefused() {
        SessionWorld world = world();
        for (Node<?, ?> at : List.<Node<?, ?>>of(world.services.get(0), world.rings.get(0), world.clients.get(0)))
            new Sniffer(world.simulation, "sniffer " + at.name(), at, Sniffer.Habit.REPLAY, world.everyone()).start();
        attackFor(world, 5 * SECOND);
        assertThat(drops(world, Drop.REPLAYED)).isPositive();
    }

    @ParameterizedTest
    @EnumSource(HostileClient.Trick.class)
    void aHostileClientHarmsNobodyElse(HostileClient.Trick trick) {
        SessionWorld world = world();
        HostileClient hostile = world.addHostile(trick);
        attackFor(world, 8 * SECOND);
        assertThat(hostile.handshakes).as("sessions it had").isPositive();
        Drop refused = switch (trick) {
            case NAME_A_VICTIM -> Drop.FORBIDDEN_ADDRESS;
            case RANDOM_FRAMES -> Drop.BAD_FRAME;
            case WITHHOLD -> Drop.UNKNOWN_NONCE; // what was released before it was given up, and its withdrawal arrived
            case ABSURD_NUMBERS -> null;
        };
        if (trick == HostileClient.Trick.WITHHOLD) {
            assertThat(hostile.released).isGreaterThan(200);
            assertThat(drops(world, Drop.UNKNOWN_NONCE)).as("of what was released, came")
                    .isLessThan(hostile.released / 5);
        } else if (refused != null)
            assertThat(drops(world, refused)).isPositive();
        else
            assertThat(world.services.get(0).machine().machine().status().sessions()).anySatisfy(
                    session -> assertThat(session.grantedRate()).isEqualTo(EndpointLimits.DEFAULT.maxRate()));
    }

    /** It is promised all that it says it takes, and gets its part of the link: no queue grows that others wait in. */
    @Test
    void anAbsurdRateTakesNothingFromTheOthers() {
        int[] completed = new int[2];
        for (int hostile = 0; hostile < 2; hostile++) {
            SessionWorld world = world();
            world.services.get(0).links(LinkConfig.ofRate(world.serviceLinkBytesPerSecond));
            for (int i = 0; i < hostile; i++)
                world.addHostile(HostileClient.Trick.ABSURD_NUMBERS);
            world.start();
            world.simulation.runFor(10 * SECOND);
            for (Transfers of : world.transfers)
                completed[hostile] += of.completed;
            assertThat(world.services.get(0).uplink().statistics().drops(DropCause.QUEUE)).isZero();
        }
        assertThat(completed[1]).as("transfers beside the hostile client").isGreaterThan(completed[0] * 3 / 4);
    }

    @ParameterizedTest
    @EnumSource(LyingMailbox.Lie.class)
    void threeMailboxesOfEightThatLieStopNobody(LyingMailbox.Lie lie) {
        SessionWorld world = world();
        for (int i = 0; i < 3; i++)
            world.mailboxes.get(i).restart(world.lyingMailbox(lie));
        attackFor(world, 8 * SECOND);
    }

    @Test
    void aRingNodeFullOfUnrequestedPacketsIsReplacedByTheOther() {
        SessionWorld world = world();
        var ring = world.rings.get(0);
        ring.downlink().configure(LinkConfig.ofMegabits(2));
        RingFlood flood = new RingFlood(world.simulation, "flood", ring, world.ringAddresses.get(0),
                world.mailboxAddresses);
        world.simulation.at(2 * SECOND, () -> flood.start(4, 20 * SECOND));
        attackFor(world, 8 * SECOND);
        assertThat(ring.machine().machine().counters().drops(Drop.UNREQUESTED)).isGreaterThan(500);
        assertThat(ring.downlink().statistics().drops(DropCause.QUEUE)).as("more than its link takes").isPositive();
        assertThat(world.services.get(0).machine().machine().status().rings().get(0).retired()).isTrue();
    }

    /** Not an attacker: found beside them, by seeds 141 and 213. Its cookies are for the address it had. */
    @Test
    void aClientThatMovesBeforeItsHelloIsAnsweredGetsIn() {
        SessionWorld world = world();
        world.simulation.partition(world.services);
        for (var client : world.clients)
            if (client.nat() == null)
                client.behindNat(world.simulation.newAddress(0), Simulation.NAT_IDLE_NS);
        world.simulation.at(5 * SECOND, () -> {
            world.clients.forEach(client -> client.rebind(world.simulation.newAddress(0)));
            world.simulation.heal();
        });
        world.simulation.runFor(6 * SECOND);
        attackFor(world, SECOND);
    }

    @Test
    void aVictimInTheServicesOwnListIsAskedForACookieAndNothingElse() {
        SessionWorld world = new SessionWorld(SEED,
                new SessionWorld.Shape(6, 2, 1, 2, 0, 0, true, 3_000, false));
        attackFor(world, 20 * SECOND);
        assertThat(world.victim.requests()).isBetween(3, 200);
    }
}
