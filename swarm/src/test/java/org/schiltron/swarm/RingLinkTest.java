package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

/** A customer and its ring node across a network that does its worst. */
class RingLinkTest {
    @Test
    void enrolsPingsAndReceives() {
        RingWorld world = new RingWorld(1);
        assertThat(world.link.ready()).isFalse();
        world.run(10_000);
        assertThat(world.link.ready()).isTrue();
        assertThat(world.link.number()).isNotZero();
        assertThat(world.link.requestsPerSecond()).isEqualTo(50_000);
        assertThat(world.link.rttNs()).isBetween(10 * RingWorld.MS, 40 * RingWorld.MS);
        assertThat(world.link.pingLoss()).isZero();
        assertThat(world.received).isGreaterThan(500);
        assertThat(world.node().customers()).isEqualTo(1);
        assertThat(world.nowNs - world.link.lastHeardNs()).isLessThan(600 * RingWorld.MS);
    }

    @Test
    void aRestartedRingHasItsCustomerBackSoon() {
        RingWorld world = new RingWorld(2);
        world.run(3_000);
        int number = world.link.number();
        world.ringUp = false;
        world.run(20_000);
        assertThat(world.link.ready()).isFalse();
        assertThat(world.link.pingLoss()).isEqualTo(1);
        world.restartRing();
        world.run(2_000);
        assertThat(world.link.ready()).isTrue();
        assertThat(world.link.number()).as("tells the owner that the ring has forgotten all").isNotEqualTo(number);
        int before = world.received;
        world.run(1_000);
        assertThat(world.received).isGreaterThan(before + 20);
    }

    @Test
    void aQuickRestartIsNoticedByItself() {
        RingWorld world = new RingWorld(3);
        world.run(3_000);
        int number = world.link.number();
        world.restartRing();
        world.run(2_500);
        assertThat(world.link.number()).isNotEqualTo(number);
        int before = world.received;
        world.run(1_000);
        assertThat(world.received).isGreaterThan(before + 20);
    }

    @Test
    void anOutageOfTheWayKeepsNumberAndGrants() {
        RingWorld world = new RingWorld(4);
        world.run(3_000);
        int number = world.link.number();
        world.loss = 1;
        world.run(4_000);
        world.loss = 0;
        world.run(2_000);
        assertThat(world.link.ready()).isTrue();
        assertThat(world.link.number()).isEqualTo(number);
        assertThat(world.node().counters().drops(Drop.FORBIDDEN_DESTINATION)).isZero();
    }

    @Test
    void aNewAddressLosesNothingButWhatIsUnderWay() {
        RingWorld world = new RingWorld(5);
        world.run(3_000);
        int number = world.link.number();
        world.home = Path.ofIpv4(0x0c000001, 777);
        int before = world.received;
        world.run(2_000);
        assertThat(world.link.number()).isEqualTo(number);
        assertThat(world.received).isGreaterThan(before + 150);
    }

    @Test
    void bytesOutOfTheAirDoNothing() {
        long seed = Long.getLong("schiltron.seed", System.nanoTime());
        System.out.println("RingLinkTest.bytesOutOfTheAirDoNothing -Dschiltron.seed=" + seed);
        RingWorld world = new RingWorld(6);
        world.run(1_000);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = random.bytes(random.nextInt(200));
            if (bytes.length > 2 && random.nextInt(4) > 0) {
                bytes[0] = (byte) (0x40 + random.nextInt(8));
                bytes[2] = 1;
            }
            world.toLink(bytes);
        }
        world.run(1_000);
        assertThat(world.link.ready()).isTrue();
        assertThat(world.link.pingLoss()).isZero();
    }

    /** {@link RingWorld} checks at each arrival that it was requested, of that mailbox, and not more often. */
    @Test
    void nothingComesThatWasNotRequestedAndAllIsWellOnceFaultsStop() {
        long first = Long.getLong("schiltron.seed", System.nanoTime() & 0xffff_ffffL);
        int runs = System.getProperty("schiltron.seed") == null ? 25 : 1;
        for (long seed = first; seed < first + runs; seed++) {
            System.out.println("RingLinkTest -Dschiltron.seed=" + seed);
            RingWorld world = new RingWorld(seed);
            SeededRandom random = new SeededRandom(~seed);
            world.answersPerGet = 1 + random.nextInt(3);
            for (int phase = 0; phase < 4; phase++) {
                world.loss = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.5;
                world.duplicates = random.nextInt(2) * 0.3;
                world.corruption = random.nextInt(2) * random.nextDouble() * 0.2;
                world.replays = random.nextInt(3) == 0 ? 0 : random.nextDouble();
                world.delayMs = 1L + random.nextInt(60);
                switch (random.nextInt(5)) {
                    case 0 -> world.restartRing();
                    case 1 -> world.ringUp = false;
                    case 2 -> world.home = Path.ofIpv4(0x0b000000 + random.nextInt(100), 5_000);
                    default -> {
                    }
                }
                world.run(1_000 + random.nextInt(3_000));
                if (!world.ringUp)
                    world.restartRing();
            }
            world.loss = 0;
            world.duplicates = 0;
            world.corruption = 0;
            world.replays = 0;
            world.delayMs = 5;
            world.run(5_000);
            int before = world.received;
            world.run(2_000);
            assertThat(world.link.ready()).as("%s", world.state()).isTrue();
            assertThat(world.received - before).as("%s", world.state()).isGreaterThan(150);
        }
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(history(9)).isEqualTo(history(9));
    }

    private static String history(long seed) {
        RingWorld world = new RingWorld(seed);
        world.loss = 0.2;
        world.replays = 0.5;
        world.run(5_000);
        return world.state() + " " + world.forged + " " + world.link.rttNs();
    }
}
