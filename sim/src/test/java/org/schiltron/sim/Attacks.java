package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.SeededRandom;

/** Who sniffs, where and until when: drawn from the seed. */
final class Attacks {
    private static final List<Sniffer.Habit> HABITS = List.of(Sniffer.Habit.values());

    private final SessionWorld world;
    private final SeededRandom random;
    private final List<Sniffer> passing = new ArrayList<>();

    Attacks(SessionWorld world) {
        this.world = world;
        random = world.simulation.random("attacks");
    }

    /**
     * Up to two sniffers, from some time on. Those at mailboxes stay, as long as with what else is lost they are fewer
     * than half; those in the only way there is go when the faults stop.
     */
    void draw(FaultSchedule faults, long untilNs) {
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            String name = "sniffer " + i;
            Sniffer.Habit habit = HABITS.get(random.nextInt(HABITS.size()));
            Node<?, ?> at = switch (random.nextInt(6)) {
                case 0 -> world.clients.get(random.nextInt(world.clients.size()));
                case 1 -> world.services.get(random.nextInt(world.services.size()));
                case 2 -> world.rings.isEmpty() ? null : world.rings.get(random.nextInt(world.rings.size()));
                default -> null;
            };
            boolean stays = at == null;
            int mailbox = random.nextInt(world.mailboxes.size());
            if (stays && !faults.loseMailbox(mailbox))
                continue;
            Node<?, ?> victim = at == null ? world.mailboxes.get(mailbox) : at;
            Sniffer sniffer = new Sniffer(world.simulation, name, victim, habit, world.everyone());
            world.note("sniffer at " + victim.name() + ": " + habit);
            world.simulation.at(random.nextLong(untilNs), sniffer::start);
            if (!stays)
                passing.add(sniffer);
        }
    }

    void end() {
        passing.forEach(Sniffer::stop);
    }
}
