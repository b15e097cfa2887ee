package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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
import org.schiltron.swarm.SessionEvent;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/** Eventual communication (Phalanx 3.4): real mailboxes, service and clients; first-contact nonces are scarce. */
class FirstContactTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int HASHES = 20_000;

    private final List<Path> mailboxes = new ArrayList<>();
    private final List<Node<MailboxEvent, Mailbox>> nodes = new ArrayList<>(); // of the mailboxes
    private final List<Client> clients = new ArrayList<>();
    private Simulation simulation = new Simulation(1);
    private Identity key = Identity.generate(simulation.random("none"));

    /** One that wants in, with a processor for its puzzles. */
    private final class Client {
        final Node<SessionEvent, ClientEndpoint> node;
        final PuzzleSolver solver;
        long openedNs = -1;

        Client(String name, int hashesPerSecond) {
            this(name, hashesPerSecond, false);
        }

        Client(String name, int hashesPerSecond, boolean hasToken) {
            Identity identity = Identity.generate(simulation.random("key " + name));
            ClientConfig.Pass pass = hasToken
                    ? new ClientConfig.Pass(
                            Token.issue(key, key.publicKey(), identity.publicKey(), 1, 1_000_000, 60).encode(),
                            identity)
                    : null;
            ClientEndpoint endpoint = new ClientEndpoint(
                    new ClientConfig(key.publicKey(), mailboxes, false, EndpointLimits.DEFAULT, pass), identity,
                    simulation.random("machine " + name));
            node = simulation.add(name, endpoint, simulation.newAddress(6_000));
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
    }

    private void world(long seed, int mailboxCount, int noncesPerSecond, int kinds) {
        simulation = new Simulation(seed);
        mailboxes.clear();
        nodes.clear();
        clients.clear();
        key = Identity.generate(simulation.random("service key"));
        for (int i = 0; i < mailboxCount; i++) {
            Path address = simulation.newAddress(4_500);
            mailboxes.add(address);
            Mailbox mailbox = new Mailbox(MailboxConfig.ofLink(12_500_000), simulation.random("mailbox " + i));
            Node<MailboxEvent, Mailbox> node = simulation.add("mailbox " + i, mailbox, address);
            node.links(LinkConfig.ofMegabits(100).withDelayNs(5_000_000));
            nodes.add(node);
        }
        DoorConfig door = new DoorConfig(noncesPerSecond, 200, kinds, 80, null);
        ServiceEndpoint service = new ServiceEndpoint(ServiceConfig.of(mailboxes, List.of()).withDoor(door), key,
                simulation.random("service"));
        simulation.add("service", service, simulation.newAddress(5_000)).links(
                LinkConfig.ofMegabits(100).withDelayNs(5_000_000));
        simulation.runFor(8 * SECOND);
    }

    @Test
    void inCalmNothingIsAskedFor() {
        world(4, 4, 100, DoorConfig.ALL_KINDS);
        Client client = new Client("client", HASHES);
        simulation.runFor(2 * SECOND);
        assertThat(client.isIn()).isTrue();
        assertThat(client.solver.trials()).isZero();
    }

    /** Forty at once where four a second are let in, all with the same processor: each gets its turn. */
    @Test
    void everyoneWhoWorksGetsIn() {
        Seeds.each(6, (seed, random) -> everyoneWhoWorksGetsIn(seed));
    }

    private void everyoneWhoWorksGetsIn(long seed) {
        world(seed, 4, 4, 1 << Hello.HASH);
        for (int i = 0; i < 60; i++)
            clients.add(new Client("client " + i, HASHES));
        simulation.runFor(60 * SECOND);
        assertThat(clients).allMatch(Client::isIn);
        assertThat(clients).as("some had to work").anyMatch(client -> client.solver.trials() > 0);
    }

    /** Slow clients, one let in a second: most work for longer than any challenge is good for. */
    @Test
    void whoOutlastsAChallengeGetsInWithAnother() {
        world(7, 4, 1, 1 << Hello.HASH);
        for (int i = 0; i < 75; i++)
            clients.add(new Client("client " + i, 20));
        simulation.runFor(150 * SECOND);
        assertThat(clients).allMatch(Client::isIn);
    }

    /** Only two of the eight do more than give cookies: who waited for the answer at four that do not waits elsewhere next. */
    @Test
    void silentContactsDoNotKeepTheAnswerForEver() {
        world(8, 8, 100, DoorConfig.ALL_KINDS);
        for (Node<MailboxEvent, Mailbox> node : nodes.subList(0, 6))
            node.uplink().tap((nowNs, datagram) -> datagram.at(0) == Wire.COOKIE ? Tap.PASS : Tap.DROP);
        for (int i = 0; i < 20; i++)
            clients.add(new Client("client " + i, HASHES));
        simulation.runFor(60 * SECOND);
        assertThat(clients).allMatch(Client::isIn);
    }

    /** A token that needs no puzzle is shown as soon as it is asked for. */
    @Test
    void aTokenPassesAllWhoWork() {
        world(9, 4, 8, DoorConfig.ALL_KINDS);
        for (int i = 0; i < 100; i++)
            clients.add(new Client("client " + i, HASHES));
        simulation.runFor(SECOND);
        Client holder = new Client("holder", HASHES, true);
        simulation.runFor(SECOND);
        assertThat(holder.isIn()).isTrue();
        assertThat(clients).as("others wait").anyMatch(client -> !client.isIn());
    }
}
