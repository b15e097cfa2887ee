package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import org.junit.jupiter.api.Test;

/**
 * Whole sessions under faults and attackers: safety after every event, and once the faults stop, liveness. {@code
 * -Dschiltron.seeds=500} for more seeds than the build has time for, {@code -Dschiltron.seed=17} for one of them.
 */
class SessionSimulationTest {
    private static final int SEEDS = Integer.getInteger("schiltron.seeds", 40);
    private static final long FAULTS_END = 15 * SECOND;
    private static final long TRANSFER_WITHIN = 150 * SECOND;

    static long scenario(long seed) {
        SessionWorld world = new SessionWorld(seed);
        try {
            world.start();
            FaultSchedule faults = new FaultSchedule(world);
            Attacks attacks = new Attacks(world);
            attacks.draw(faults, FAULTS_END);
            faults.draw(6, FAULTS_END);
            world.simulation.run(FAULTS_END + 6 * SECOND); // the last faults have passed
            attacks.end();
            world.calm();
            assertThat(world.everyClientCompletes(TRANSFER_WITHIN)).as("transfers after the faults").isTrue();
            if (world.random.nextInt(3) == 0) {
                world.rest();
                world.simulation.runFor(SessionWorld.pick(world.random, 8, 40) * SECOND);
                world.note("wake up");
                assertThat(world.everyClientCompletes(TRANSFER_WITHIN)).as("transfers after a rest").isTrue();
            }
            return world.simulation.traceHash();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\n" + world.describe(), e);
        }
    }

    @Test
    void sessionsSurviveFaultsAndDeliverEachByteOnce() {
        Seeds.spread(SEEDS, (seed, random) -> scenario(seed));
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        Seeds.spread(Math.max(2, SEEDS / 16), (seed, random) -> assertThat(scenario(seed)).isEqualTo(scenario(seed)));
    }
}
