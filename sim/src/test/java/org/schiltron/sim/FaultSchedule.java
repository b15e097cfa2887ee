package org.schiltron.sim;

import static org.schiltron.sim.SessionWorld.MS;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.schiltron.machine.SeededRandom;

/** What goes wrong in a world, and when: drawn from the seed. */
final class FaultSchedule {
    private final SessionWorld world;
    private final Simulation simulation;
    private final SeededRandom random;
    private final Set<Integer> flooded = new LinkedHashSet<>();
    private int floods;
    private final Set<Integer> lost = new LinkedHashSet<>(); // mailboxes dead, lying or sniffed at

    FaultSchedule(SessionWorld world) {
        this.world = world;
        simulation = world.simulation;
        random = simulation.random("faults");
        for (int i = 0; i < world.mailboxAddresses.size(); i++)
            if (i >= world.liars.size() || world.liars.get(i))
                lost.add(i);
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

    /** For good; with the liars and those sniffed at never half of them. */
    private void killMailboxes() {
        int count = 1 + random.nextInt(world.mailboxes.size());
        for (int i = 0; i < count; i++) {
            int victim = random.nextInt(world.mailboxes.size());
            if (!world.mailboxes.get(victim).isAlive() || !loseMailbox(victim))
                continue;
            world.note("mailbox " + victim + " dies");
            world.mailboxes.get(victim).kill();
        }
    }

    /** False if it is lost already, or half of them would be. */
    boolean loseMailbox(int mailbox) {
        if (2 * (lost.size() + 1) >= world.mailboxAddresses.size() || lost.contains(mailbox))
            return false;
        lost.add(mailbox);
        return true;
    }

    private void restartMailbox() {
        int victim = random.nextInt(world.mailboxes.size());
        if (!world.mailboxes.get(victim).isAlive() || world.liars.get(victim))
            return;
        world.note("mailbox " + victim + " restarts");
        world.mailboxes.get(victim).restart(world.honestMailbox());
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

    /** In half of the cases with packets, on a link that a simulation can fill; in the others as the loss that it makes. */
    private void floodRing() {
        if (world.rings.isEmpty())
            return;
        int victim = random.nextInt(world.rings.size());
        if (!flooded.add(victim))
            return;
        var ring = world.rings.get(victim);
        LinkConfig before = ring.downlink().config();
        long durationNs = random.nextLong(6 * SECOND);
        double times = SessionWorld.pick(random, 2, 4, 20);
        world.note("ring " + victim + " is flooded with " + times + " times what it takes");
        if (random.nextInt(2) == 0) {
            ring.downlink().configure(before.withLoss(1 - 1 / times));
        } else {
            ring.downlink().configure(LinkConfig.ofMegabits(2).withDelayNs(before.delayNs()));
            new RingFlood(simulation, "flood " + floods++, ring, world.ringAddresses.get(victim),
                    world.mailboxAddresses).start(Math.min(4, times), durationNs);
        }
        simulation.after(durationNs, () -> {
            ring.downlink().configure(before);
            flooded.remove(victim);
        });
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
            world.services.get(victim).restart(world.service(victim));
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
