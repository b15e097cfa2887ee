package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mailboxes keep nothing; a service whose mailboxes all begin anew learns it by their cookies, and not by a word of theirs. */
class MailboxRestartTest {
    private static SessionWorld.Shape shape(int mailboxes, int rings) {
        return new SessionWorld.Shape(mailboxes, rings, 1, 0, 0, 0, false, 3_000, false);
    }

    private static SessionWorld afterRestartOfAll(SessionWorld.Shape shape) {
        SessionWorld world = new SessionWorld(11, shape);
        world.simulation.run(30 * SECOND);
        world.mailboxes.forEach(mailbox -> mailbox.restart(world.honestMailbox()));
        world.simulation.runFor(SECOND);
        world.addClient(shape);
        return world;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void aNewcomerIsInWithinSeconds(int rings) {
        SessionWorld world = afterRestartOfAll(shape(10, rings));
        assertThat(world.everyClientCompletes(30 * SECOND)).as(world::describe).isTrue();
    }

    @Test
    void amongManyMailboxesItTakesNoMinutesEither() {
        SessionWorld world = afterRestartOfAll(shape(60, 4));
        assertThat(world.everyClientCompletes(60 * SECOND)).as(world::describe).isTrue();
    }
}
