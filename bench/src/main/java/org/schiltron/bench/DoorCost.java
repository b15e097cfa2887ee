package org.schiltron.bench;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Handshake;
import org.schiltron.proof.Identity;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;

/** What a connection costs in calm: processor work of all machines from the client's start until it is open at both ends. */
final class DoorCost {
    private static final int MAILBOXES = 4;
    private static final int WARM_UP = 800;
    private static final int MEASURED = 200;
    private static final int IDLE_SECONDS = 1;
    private static final LinkConfig LINK = LinkConfig.ofMegabits(100).withDelayNs(5_000_000);

    /**
     * Work in milliseconds, means of connections, without that of posts.
     *
     * @param handshake the handshake's four steps alone
     * @param postsASecond    of service and mailboxes for posts, a second
     * @param connectMs simulated time to the open session
     */
    record Seen(double client, double mailboxes, double service, double handshake, double postsASecond,
            double connectMs) {
        /** With its nonce's part of a post. */
        double all() {
            return client + mailboxes + service + postsASecond / DoorConfig.DEFAULT.contactsPerSecond();
        }

        /**
         * Round trips to a mailbox beyond three: one for the cookie that every use of a mailbox takes, two for the hello to
         * the service and its answer, each by a mailbox.
         */
        double extraRoundTrips() {
            return Math.max(0, connectMs / DoorModel.ROUND_TRIP_MS - 3);
        }

        /** More than the handshake takes. */
        double extra() {
            return all() - handshake;
        }
    }

    private final Simulation simulation;
    private final Identity key;
    private final List<Path> contacts = new ArrayList<>();
    private final List<Stopwatch<MailboxEvent>> mailboxes = new ArrayList<>();
    private final Stopwatch<SessionEvent> service;
    private int proved;

    private DoorCost(long seed) {
        simulation = new Simulation(seed);
        key = Identity.generate(simulation.random("service key"));
        for (int i = 0; i < MAILBOXES; i++) {
            Path address = simulation.newAddress(4_500);
            contacts.add(address);
            Stopwatch<MailboxEvent> mailbox = new Stopwatch<>(
                    new Mailbox(MailboxConfig.ofLink(12_500_000), simulation.random("mailbox " + i)));
            mailboxes.add(mailbox);
            simulation.add("mailbox " + i, mailbox, address).links(LINK);
        }
        service = new Stopwatch<>(new ServiceEndpoint(ServiceConfig.of(contacts, List.of()), key,
                simulation.random("service")));
        simulation.add("service", service, simulation.newAddress(5_000)).links(LINK).onEvent(event -> {
            if (event instanceof SessionEvent.Opened)
                proved++;
        });
        simulation.runFor(DoorModel.OPENING_SECONDS * DoorModel.SECOND_NS);
    }

    static Seen run(long seed) {
        DoorCost world = new DoorCost(seed);
        double[] sums = new double[5];
        double[] idle = new double[2]; // between connections, so that both see the same machine
        double handshakes = 0;
        for (int i = -WARM_UP; i < MEASURED; i++) {
            double[] between = world.idle();
            double[] of = world.connect(i + WARM_UP);
            double handshake = handshake(i);
            if (i < 0)
                continue;
            handshakes += handshake / MEASURED;
            for (int j = 0; j < of.length; j++)
                sums[j] += of[j] / MEASURED;
            for (int j = 0; j < idle.length; j++)
                idle[j] += between[j] / MEASURED;
        }
        return new Seen(sums[0], sums[1] - idle[0] * sums[4], sums[2] - idle[1] * sums[4], handshakes,
                idle[0] + idle[1], sums[3]);
    }

    /** Client's, mailboxes' and service's work and the time until open at the client in milliseconds; seconds it all took. */
    private double[] connect(int number) {
        Identity identity = Identity.generate(simulation.random("key " + number));
        simulation.runFor(1 + Math.floorMod(simulation.random("moment " + number).nextLong(), DoorModel.SECOND_NS));
        long mailboxNs = mailboxNs();
        long serviceNs = service.workNs();
        int before = proved;
        long startNs = simulation.nowNs();
        long[] openedNs = {-1};
        long constructed = CpuClock.nowNs();
        ClientEndpoint endpoint = new ClientEndpoint(
                new ClientConfig(key.publicKey(), contacts, false, EndpointLimits.DEFAULT), identity,
                simulation.random("machine " + number));
        Stopwatch<SessionEvent> client = new Stopwatch<>(endpoint);
        constructed = CpuClock.nowNs() - constructed;
        Node<SessionEvent, Stopwatch<SessionEvent>> node = simulation.add("client " + number, client,
                simulation.newAddress(6_000));
        node.links(LINK).onEvent(event -> {
            if (event instanceof SessionEvent.Opened)
                openedNs[0] = simulation.nowNs();
        });
        simulation.runUntil(() -> proved > before && openedNs[0] >= 0, startNs + 5 * DoorModel.SECOND_NS);
        double[] seen = {1e-6 * (constructed + client.workNs()), 1e-6 * (mailboxNs() - mailboxNs),
                1e-6 * (service.workNs() - serviceNs), 1e-6 * (openedNs[0] - startNs),
                1e-9 * (simulation.nowNs() - startNs)};
        node.command(_ -> endpoint.close(simulation.nowNs(), CloseReason.FINISHED));
        simulation.runFor(DoorModel.SECOND_NS); // so that no session is left behind
        node.kill();
        return seen;
    }

    private long mailboxNs() {
        return mailboxes.stream().mapToLong(Stopwatch::workNs).sum();
    }

    /** Milliseconds of work a second while nobody comes, of mailboxes and service. */
    private double[] idle() {
        long mailboxNs = mailboxNs();
        long serviceNs = service.workNs();
        simulation.runFor(IDLE_SECONDS * DoorModel.SECOND_NS);
        return new double[]{1e-6 * (mailboxNs() - mailboxNs) / IDLE_SECONDS,
                1e-6 * (service.workNs() - serviceNs) / IDLE_SECONDS};
    }

    private static double handshake(int number) {
        SeededRandom random = new SeededRandom(number);
        Identity client = Identity.generate(random);
        Identity service = Identity.generate(random);
        byte[] prologue = new byte[0];
        byte[] payload = new byte[106];
        long start = CpuClock.nowNs();
        Handshake initiator = Handshake.initiator(client, service.publicKey(), prologue, random);
        byte[] first = initiator.write(payload);
        Handshake responder = Handshake.responder(service, prologue, random);
        responder.read(first);
        initiator.read(responder.write(payload));
        return 1e-6 * (CpuClock.nowNs() - start);
    }
}
