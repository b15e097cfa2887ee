package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.ContactWorld.SECOND;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.Identity;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.ServiceKeys;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/** Eventual communication (Phalanx 3.4): real mailboxes, service and clients; first-contact nonces are scarce. */
class FirstContactTest {
    private static DoorConfig door(int noncesPerSecond, int kinds) {
        return new DoorConfig(noncesPerSecond, 200, kinds, 80);
    }

    @Test
    void inCalmNothingIsAskedFor() {
        ContactWorld world = new ContactWorld(4, 4, DoorConfig.DEFAULT);
        ContactWorld.Client client = world.client("client");
        world.simulation.runFor(2 * SECOND);
        assertThat(client.isIn()).isTrue();
        assertThat(client.solver.trials()).isZero();
    }

    /** Sixty at once where four a second are let in, all with the same processor: each gets its turn. */
    @Test
    void everyoneWhoWorksGetsIn() {
        Seeds.each(6, (seed, random) -> {
            ContactWorld world = new ContactWorld(seed, 4, door(4, 1 << Hello.HASH));
            List<ContactWorld.Client> clients = new ArrayList<>();
            for (int i = 0; i < 60; i++)
                clients.add(world.client("client " + i));
            world.simulation.runFor(60 * SECOND);
            assertThat(clients).allMatch(ContactWorld.Client::isIn);
            assertThat(clients).as("some had to work").anyMatch(client -> client.solver.trials() > 0);
        });
    }

    /** Who comes while proofs are asked for begins with twice as many mailboxes. */
    @Test
    void sessionsBeginWiderWhileTheDoorIsCrowded() {
        ContactWorld world = new ContactWorld(9, 40, door(4, 1 << Hello.HASH));
        for (int i = 0; i < 30; i++)
            world.client("crowd " + i);
        world.simulation.runFor(20 * SECOND);
        ContactWorld.Client late = world.client("late");
        world.simulation.runUntil(late::isIn, world.simulation.nowNs() + 30 * SECOND);
        assertThat(Objects.requireNonNull(late.node.machine().session()).status().outboundSet()).isEqualTo(20);
    }

    @Test
    void aShutDoorLetsNobodyInAndAnOpenedOneDoes() {
        ContactWorld world = new ContactWorld(5, 4, DoorConfig.DEFAULT);
        world.service.command(service -> service.setContactsPerSecond(world.simulation.nowNs(), 0));
        world.simulation.runFor(SECOND / 10);
        assertThat(world.mailboxNodes).as("taken back").allMatch(node -> node.machine().firstContacts() == 0);
        ContactWorld.Client client = world.client("client");
        world.simulation.runFor(10 * SECOND);
        assertThat(client.isIn()).isFalse();
        world.service.command(service -> service.setContactsPerSecond(world.simulation.nowNs(), 100));
        world.simulation.runFor(6 * SECOND);
        assertThat(client.isIn()).isTrue();
    }

    /** The service's own key stays away: a delegate signs the posts and answers, until that is over. */
    @Test
    void aDelegateActsForTheServiceWhileItMay() {
        Simulation simulation = new Simulation(6);
        Identity key = Identity.generate(simulation.random("service key"));
        Identity delegate = Identity.generate(simulation.random("delegate"));
        Delegation delegation = Delegation.sign(key, delegate.publicKey(), 0, 40,
                EnumSet.of(Use.HANDSHAKES, Use.BATCHES));
        ContactWorld world = new ContactWorld(simulation, 4, DoorConfig.DEFAULT, MailboxConfig.ofLink(12_500_000),
                new ServiceKeys(key.publicKey(), delegate, delegation));
        ContactWorld.Client knows = world.client("has seen the record");
        ContactWorld.Client stranger = world.client("has not", world.config().withAnswering(key.publicKey()));
        simulation.runFor(3 * SECOND);
        assertThat(knows.isIn()).isTrue();
        assertThat(stranger.isIn()).isFalse();
        simulation.run(50 * SECOND); // the delegation has ended, and what was posted before too
        ContactWorld.Client late = world.client("late");
        simulation.runFor(5 * SECOND);
        assertThat(late.isIn()).isFalse();
        assertThat(world.mailboxNodes).allMatch(node -> node.machine().counters().drops(Drop.NOT_AUTHENTIC) > 0);
    }

    /** A hello that was answered is answered no more once it has been forgotten, while its challenge may stand. */
    @Test
    void aReplayedHelloIsNotAnswered() {
        ContactWorld world = new ContactWorld(7, 1, DoorConfig.DEFAULT);
        List<byte[]> hellos = new ArrayList<>();
        world.mailboxNodes.getFirst().downlink().tap((now, datagram) -> {
            if (datagram.at(0) == Wire.HELLO)
                hellos.add(datagram.bytes());
            return Tap.PASS;
        });
        ContactWorld.Client client = world.client("client");
        world.simulation.runUntil(client::isIn, world.simulation.nowNs() + 3 * SECOND);
        client.node.kill();
        world.simulation.runFor(13 * SECOND);
        int held = world.service.machine().held();
        for (byte[] hello : List.copyOf(hellos))
            world.simulation.send(world.service, client.node.address(), world.mailboxes.getFirst(), hello);
        world.simulation.runFor(SECOND);
        assertThat(world.service.machine().counters().drops(Drop.REPLAYED)).isPositive();
        assertThat(world.service.machine().held()).isEqualTo(held);
    }

    /** Slow clients, one let in a second: most work for longer than any challenge is good for. */
    @Test
    void whoOutlastsAChallengeGetsInWithAnother() {
        ContactWorld world = new ContactWorld(7, 4, door(1, 1 << Hello.HASH));
        List<ContactWorld.Client> clients = new ArrayList<>();
        for (int i = 0; i < 75; i++)
            clients.add(world.client("client " + i, 20));
        world.simulation.runFor(150 * SECOND);
        assertThat(clients).allMatch(ContactWorld.Client::isIn);
    }

    /** Only two of the eight do more than give cookies: who waited for the answer at four that do not waits elsewhere next. */
    @Test
    void silentContactsDoNotKeepTheAnswerForEver() {
        ContactWorld world = new ContactWorld(8, 8, DoorConfig.DEFAULT);
        for (var node : world.mailboxNodes.subList(0, 6))
            node.uplink().tap((nowNs, datagram) -> datagram.at(0) == Wire.COOKIE ? Tap.PASS : Tap.DROP);
        List<ContactWorld.Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++)
            clients.add(world.client("client " + i));
        world.simulation.runFor(60 * SECOND);
        assertThat(clients).allMatch(ContactWorld.Client::isIn);
    }

    /** A token that needs no puzzle is shown as soon as it is asked for. */
    @Test
    void aTokenPassesAllWhoWork() {
        ContactWorld world = new ContactWorld(9, 4, door(8, DoorConfig.ALL_KINDS));
        List<ContactWorld.Client> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++)
            clients.add(world.client("client " + i));
        world.simulation.runFor(SECOND);
        ContactWorld.Client holder = world.holder("holder");
        world.simulation.runFor(SECOND);
        assertThat(holder.isIn()).isTrue();
        assertThat(clients).as("others wait").anyMatch(client -> !client.isIn());
    }
}
