package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.MS;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.wire.Wire;

/**
 * The search for a state in which an address that has not proved itself is sent more than came from it: a {@link Forger}
 * against mailboxes and ring nodes whose secrets turn every few seconds, that restart, and that serve a service and its
 * clients meanwhile. {@link MailboxWitness} and {@link RingWitness} keep the accounts; {@link EndpointWitness} sees that the
 * service and its clients send to nobody but them. {@code -Dschiltron.seeds=1000} for more seeds.
 */
class ReflectionTest {
    private static final int SEEDS = Integer.getInteger("schiltron.seeds", 30);
    private static final long DURATION_NS = 12 * SECOND;
    private static final int REGISTRATION_BITS = 3;

    @Test
    void nobodyIsSentMoreThanCameFromThereWithoutAProof() {
        AtomicLongArray got = new AtomicLongArray(256);
        Seeds.spread(SEEDS, (seed, random) -> {
            Forger forger = search(seed, random);
            for (int type = 0; type < 256; type++)
                got.addAndGet(type, forger.got(type));
        });
        if (Long.getLong("schiltron.seed") == null)
            for (byte type : List.of(Wire.COOKIE, Wire.DATA, Wire.FIRST, Wire.CHALLENGE, Wire.ENROL_CHALLENGE))
                assertThat(got.get(type)).as("the search has got as far as an answer of type " + type)
                        .isGreaterThan(SEEDS / 2);
    }

    private static Forger search(long seed, SeededRandom random) {
        ContactConfig usual = ContactConfig.DEFAULT;
        MailboxConfig config = MailboxConfig.builder(12_500_000).storeSeconds(0.1).maxGets(4_096).maxOwners(64)
                .cookieEpochSeconds(3 + random.nextInt(4)).maxServices(2 + random.nextInt(3))
                .contacts(new ContactConfig(16 + random.nextInt(32), 1_000 + random.nextInt(9_000), 64,
                        2 + random.nextInt(5), REGISTRATION_BITS, usual.checksPerSecond(), usual.tokensPerMinute(), 0,
                        List.of()))
                .build();
        SessionWorld world = new SessionWorld(seed, new SessionWorld.Shape(2 + random.nextInt(3), random.nextInt(3), 1,
                1 + random.nextInt(2), 0, 0, false, 3_000, false), config);
        Simulation simulation = world.simulation;
        Path[] own = {simulation.newAddress(7_000), simulation.newAddress(7_001), simulation.newIpv6Address(7)};
        Forger forger = new Forger(simulation, "forger", List.of(own), world.mailboxAddresses, world.ringAddresses,
                world.everyone(), REGISTRATION_BITS, world.key.publicKey());
        forger.at(simulation.add("forger", forger.machine(), own));
        world.mailboxes.forEach(forger::watch);
        world.rings.forEach(forger::watch);
        for (int i = random.nextInt(3); i > 0; i--) {
            int restarted = random.nextInt(world.mailboxes.size());
            world.simulation.at(random.nextLong(DURATION_NS),
                    () -> world.mailboxes.get(restarted).restart(world.honestMailbox()));
        }
        for (int i = world.rings.isEmpty() ? 0 : random.nextInt(2); i > 0; i--)
            world.simulation.at(random.nextLong(DURATION_NS), () -> world.rings.get(0).restart(world.ring(0)));
        world.start();
        world.simulation.every((2 + random.nextInt(20)) * MS, forger::act);
        try {
            world.simulation.run(DURATION_NS);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\n" + world.describe(), e);
        }
        return forger;
    }
}
