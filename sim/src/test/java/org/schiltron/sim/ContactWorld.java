package org.schiltron.sim;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.ServiceKeys;
import org.schiltron.swarm.SessionEvent;

/** Real mailboxes and a real service whose door is watched, and clients with processors for their puzzles. */
final class ContactWorld {
    static final long SECOND = 1_000_000_000L;
    private static final int HASHES = 20_000;

    final Simulation simulation;
    final List<Path> mailboxes = new ArrayList<>();
    final List<Node<MailboxEvent, Mailbox>> mailboxNodes = new ArrayList<>();
    final ServiceKeys keys;
    final Node<SessionEvent, ServiceEndpoint> service;

    /** One that wants in. */
    final class Client {
        final Node<SessionEvent, ClientEndpoint> node;
        final PuzzleSolver solver;
        final long startedNs = simulation.nowNs();
        long openedNs = -1;

        private Client(String name, ClientConfig config, int hashesPerSecond) {
            Identity identity = Identity.generate(simulation.random("key " + name));
            node = simulation.add(name, new ClientEndpoint(config, identity, simulation.random("machine " + name)),
                    simulation.newAddress(6_000));
            solver = new PuzzleSolver(simulation, node::command, hashesPerSecond);
            node.onEvent(event -> {
                switch (event) {
                    case SessionEvent.Work work -> solver.begin(work.job());
                    case SessionEvent.WorkOver over -> solver.end(over.job());
                    case SessionEvent.Opened opened -> openedNs = openedNs < 0 ? simulation.nowNs() : openedNs;
                    default -> {
                    }
                }
            });
        }

        boolean isIn() {
            return openedNs >= 0;
        }

        double seconds() {
            return (openedNs - startedNs) * 1e-9;
        }
    }

    ContactWorld(long seed, int mailboxCount, DoorConfig door) {
        this(new Simulation(seed), mailboxCount, door, MailboxConfig.ofLink(12_500_000), null);
    }

    /** @param acting who acts for the service, or null for its own key */
    ContactWorld(Simulation simulation, int mailboxCount, DoorConfig door, MailboxConfig mailboxConfig,
            @org.jspecify.annotations.Nullable ServiceKeys acting) {
        this.simulation = simulation;
        keys = acting == null ? ServiceKeys.own(Identity.generate(simulation.random("service key"))) : acting;
        for (int i = 0; i < mailboxCount; i++) {
            Path address = simulation.newAddress(4_500);
            mailboxes.add(address);
            Mailbox mailbox = new Mailbox(mailboxConfig, simulation.random("mailbox " + i));
            mailboxNodes.add(simulation.add("mailbox " + i, mailbox, address)
                    .links(LinkConfig.ofMegabits(100).withDelayNs(5_000_000)));
        }
        service = simulation.add("service", new ServiceEndpoint(ServiceConfig.of(mailboxes, List.of()).withDoor(door),
                keys, simulation.random("service")), simulation.newAddress(5_000))
                .links(LinkConfig.ofMegabits(100).withDelayNs(5_000_000));
        simulation.runFor(8 * SECOND);
    }

    Client client(String name) {
        return client(name, config());
    }

    Client client(String name, int hashesPerSecond) {
        return new Client(name, config(), hashesPerSecond);
    }

    /** With a token of the service. */
    Client holder(String name) {
        Identity identity = Identity.generate(simulation.random("token " + name));
        byte[] token = Token.issue(keys.acting(), keys.service(), identity.publicKey(), 1, 1_000_000, 60).encode();
        return client(name, config().withToken(new ClientConfig.Pass(token, identity)));
    }

    Client client(String name, ClientConfig config) {
        return new Client(name, config, HASHES);
    }

    ClientConfig config() {
        return new ClientConfig(keys.service(), mailboxes, false, EndpointLimits.DEFAULT)
                .withAnswering(keys.acting().publicKey());
    }
}
