package org.schiltron.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Identity;
import org.schiltron.sim.LinkConfig;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;
import org.schiltron.wire.Hello;

/**
 * A service with its contact mailboxes in virtual time, the machines that run behind sockets elsewhere, and the clients that
 * come to its door.
 */
final class DoorModel {
    static final long SECOND_NS = 1_000_000_000L;
    /** Of each node's access link; with the core's 10 ms a round trip between two of them is 40 ms. */
    private static final LinkConfig LINK = LinkConfig.ofMegabits(100).withDelayNs(5_000_000);
    static final double ROUND_TRIP_MS = 40;
    /** The service's posts have come, and the first of them are over. */
    static final int OPENING_SECONDS = 8;

    /** What stands at a contact's address. */
    @FunctionalInterface
    interface Contact {
        Machine<MailboxEvent> at(int index, Mailbox mailbox, RandomSource random);
    }

    final Simulation simulation;
    final Identity key;
    final List<Path> contacts = new ArrayList<>();
    final List<Node<MailboxEvent, Machine<MailboxEvent>>> mailboxes = new ArrayList<>();
    final List<DoorClient> clients = new ArrayList<>();
    final Node<SessionEvent, ServiceEndpoint> service;
    private final Map<ClientId, DoorClient> byId = new HashMap<>();

    DoorModel(long seed, int contactCount, int noncesPerSecond, Contact contact) {
        simulation = new Simulation(seed);
        key = Identity.generate(simulation.random("service key"));
        for (int i = 0; i < contactCount; i++) {
            Path address = simulation.newAddress(4_500);
            contacts.add(address);
            Mailbox mailbox = new Mailbox(MailboxConfig.ofLink(12_500_000), simulation.random("mailbox " + i));
            Machine<MailboxEvent> stands = contact.at(i, mailbox, simulation.random("contact " + i));
            mailboxes.add(simulation.add("mailbox " + i, stands, address));
            mailboxes.getLast().links(LINK);
        }
        DoorConfig door = new DoorConfig(noncesPerSecond, 200, 1 << Hello.HASH | 1 << Hello.TOKEN, 80);
        service = simulation.add("service", new ServiceEndpoint(ServiceConfig.of(contacts, List.of()).withDoor(door),
                key, simulation.random("service")), simulation.newAddress(5_000));
        service.links(LINK);
        service.onEvent(event -> {
            if (event instanceof SessionEvent.Opened opened) {
                DoorClient client = byId.get(opened.session().peer());
                if (client != null)
                    client.onProved();
            }
        });
        simulation.runFor(OPENING_SECONDS * SECOND_NS);
    }

    DoorModel(long seed, int contactCount, int noncesPerSecond) {
        this(seed, contactCount, noncesPerSecond, (_, mailbox, _) -> mailbox);
    }

    /** A client that wants in, from now on. */
    DoorClient knock(Identity identity, double trialsPerSecond, ClientConfig.@Nullable Pass token) {
        DoorClient client = new DoorClient(this, "client " + clients.size(), identity, trialsPerSecond, token);
        clients.add(client);
        byId.put(ClientId.of(identity.publicKey().x25519()), client);
        client.node().links(LINK);
        return client;
    }

    DoorClient knock(double trialsPerSecond) {
        return knock(Identity.generate(simulation.random("key of client " + clients.size())), trialsPerSecond, null);
    }

    /** Clients that are not in. */
    long outside() {
        return clients.stream().filter(client -> !client.isIn()).count();
    }

    double nowSeconds() {
        return simulation.nowNs() * 1e-9;
    }
}
