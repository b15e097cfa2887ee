package org.schiltron.sim;

import static org.schiltron.sim.SessionWorld.MS;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.SeededRandom;

/** What goes wrong in a world, and when: drawn from the seed. */
final class FaultSchedule {
    private final SessionWorld world;
    private final Simulation simulation;
    private final SeededRandom random;
    private int mailboxesLost;

    FaultSchedule(SessionWorld world) {
        this.world = world;
        simulation = world.simulation;
        random = simulation.random("faults");
        mailboxesLost = 0;
        for (boolean lies : world.liars)
            mailboxesLost += lies ? 1 : 0;
    }

    /** Up to {@code most} faults from now until {@code untilNs}. */
    void draw(int most, long untilNs) {
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            long at = simulation.nowNs() + random.nextLong(untilNs - simulation.nowNs());
            int kind = random.nextInt(10);
            simulation.at(at, () -> happen(kind));
        }
    }

    private void happen(int kind) {
        switch (kind) {
            case 0, 1, 2 -> killMailboxes();
            case 3 -> restartMailbox();
            case 4 -> restartRing();
            case 5 -> floodRing();
            case 6 -> moveClient();
            case 7 -> restartService();
            case 8 -> killOneOfTwoServices();
            default -> partition();
        }
    }

    /** For good; with the liars never half of them. */
    private void killMailboxes() {
        int count = 1 + random.nextInt(world.mailboxes.size());
        for (int i = 0; i < count; i++) {
            int victim = random.nextInt(world.mailboxes.size());
            if (2 * (mailboxesLost + 1) >= world.mailboxes.size() || !world.mailboxes.get(victim).isAlive()
                    || world.liars.get(victim))
                continue;
            mailboxesLost++;
            world.note("mailbox " + victim + " dies");
            world.mailboxes.get(victim).kill();
        }
    }

    private void restartMailbox() {
        int victim = random.nextInt(world.mailboxes.size());
        if (!world.mailboxes.get(victim).isAlive() || world.liars.get(victim))
            return;
        world.note("mailbox " + victim + " restarts");
        world.mailboxes.get(victim).restart(world.mailbox(false));
    }

    private void restartRing() {
        if (world.rings.isEmpty())
            return;
        int victim = random.nextInt(world.rings.size());
        world.note("ring " + victim + " restarts");
        world.rings.get(victim).kill();
        simulation.after(random.nextLong(3 * SECOND),
                () -> world.rings.get(victim).restart(world.ring(victim)));
    }

    private void floodRing() {
        if (world.rings.isEmpty())
            return;
        int victim = random.nextInt(world.rings.size());
        world.note("ring " + victim + " is flooded");
        LinkConfig before = world.rings.get(victim).downlink().config();
        world.rings.get(victim).downlink().configure(before.withLoss(pickLoss()));
        simulation.after(random.nextLong(6 * SECOND), () -> world.rings.get(victim).downlink().configure(before));
    }

    /** What a flood of 2, 4, 20 times the link leaves of it. */
    private double pickLoss() {
        return SessionWorld.pick(random, 0.5, 0.75, 0.95);
    }

    private void moveClient() {
        int victim = random.nextInt(world.clients.size());
        if (world.clients.get(victim).nat() == null)
            return;
        world.note("client " + victim + " moves");
        world.clients.get(victim).rebind(simulation.newAddress(0));
    }

    private void restartService() {
        int victim = random.nextInt(world.services.size());
        if (!world.services.get(victim).isAlive())
            return;
        world.note("service " + victim + " is killed");
        world.services.get(victim).kill();
        world.echoes.get(victim).forget();
        simulation.after(random.nextLong(2 * SECOND) + MS, () -> {
            world.note("service " + victim + " starts again");
            world.services.get(victim).restart(world.service());
        });
    }

    private void killOneOfTwoServices() {
        if (world.services.size() < 2 || !world.services.get(0).isAlive() || !world.services.get(1).isAlive())
            return;
        int victim = random.nextInt(2);
        world.note("service " + victim + " dies");
        world.services.get(victim).kill();
        world.echoes.get(victim).forget();
    }

    private void partition() {
        List<Node<?, ?>> cut = new ArrayList<>();
        switch (random.nextInt(4)) {
            case 0 -> cut.add(world.clients.get(random.nextInt(world.clients.size())));
            case 1 -> cut.add(world.services.get(random.nextInt(world.services.size())));
            case 2 -> world.mailboxes.stream().filter(node -> random.nextInt(2) == 0).forEach(cut::add);
            default -> cut.addAll(world.rings);
        }
        world.note("partition of " + cut.stream().map(Node::name).toList());
        simulation.partition(cut);
        simulation.after(random.nextLong(6 * SECOND), simulation::heal);
    }
}
