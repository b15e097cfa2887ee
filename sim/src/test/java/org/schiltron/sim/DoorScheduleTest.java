package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.ContactWorld.SECOND;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Token;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.ClientEndpoint;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.EndpointLimits;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceEndpoint;
import org.schiltron.swarm.SessionEvent;
import org.schiltron.wire.Hello;

/**
 * Setup under random schedules: mailboxes whose clocks are up to a minute wrong, whose secrets turn every few seconds, that
 * restart, and of which less than half lie; packets lost, doubled and overtaken. Every client gets in, and no mailbox ever
 * sends an address more than a cookie before that has shown one. {@code -Dschiltron.seeds=500} for more seeds.
 */
class DoorScheduleTest {
    private static final int SEEDS = Integer.getInteger("schiltron.seeds", 70);
    private static final List<DoorLie> LIES = List.of(DoorLie.values());
    private static final long EPOCH_SECONDS = 1_800_000_000L;
    private static final int HASHES = 5_000;
    private static final long ARRIVALS_NS = 10 * SECOND;
    private static final long PATIENCE_NS = 120 * SECOND;

    @Test
    void everyClientGetsIn() {
        Seeds.spread(SEEDS, (seed, random) -> new World(seed, random).run());
    }

    private static final class World {
        private final Simulation simulation;
        private final SeededRandom random;
        private final List<Path> addresses = new ArrayList<>();
        private final List<Node<MailboxEvent, Observed<MailboxEvent, Mailbox>>> mailboxes = new ArrayList<>();
        private final List<MailboxConfig> configs = new ArrayList<>();
        private final Identity key;
        private final StringBuilder story = new StringBuilder();
        private final List<Node<SessionEvent, ClientEndpoint>> clients = new ArrayList<>();
        private final boolean[] in = new boolean[10];

        World(long seed, SeededRandom random) {
            simulation = new Simulation(seed);
            this.random = random;
            key = Identity.generate(simulation.random("service key"));
            int count = 3 + random.nextInt(4);
            for (int i = 0; i < count; i++)
                addMailbox(i);
            int perSecond = 2 + random.nextInt(10);
            int kinds = 1 << Hello.HASH | (random.nextInt(2) == 0 ? 1 << Hello.TOKEN : 0);
            story.append(perSecond).append(" nonces a second\n");
            Path service = simulation.newAddress(5_000);
            simulation.add("service", new ServiceEndpoint(
                    ServiceConfig.of(addresses, List.of()).withDoor(new DoorConfig(perSecond, 200, kinds, 80)), key,
                    simulation.random("service machine")), service).links(link());
            DoorLie.Overheard overheard = new DoorLie.Overheard();
            int liars = random.nextInt((count + 1) / 2);
            for (int i = 0; i < count; i++) {
                if (i >= liars) {
                    DoorLie.overhear(mailboxes.get(i), overheard);
                    continue;
                }
                DoorLie lie = LIES.get(random.nextInt(LIES.size()));
                story.append("mailbox ").append(i).append(": ").append(lie).append('\n');
                lie.play(simulation, mailboxes.get(i), service, overheard);
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                int restarted = random.nextInt(count);
                simulation.at(random.nextLong(30 * SECOND), () -> mailboxes.get(restarted)
                        .restart(machine(restarted, "restarted at " + simulation.nowNs())));
            }
            int arriving = 3 + random.nextInt(8);
            for (int i = 0; i < arriving; i++) {
                int client = i;
                simulation.at(4 * SECOND + random.nextLong(ARRIVALS_NS), () -> addClient(client));
            }
            simulation.run(4 * SECOND + ARRIVALS_NS);
        }

        private LinkConfig link() {
            return LinkConfig.ofMegabits(20).withDelayNs(random.nextLong(40_000_000L))
                    .withLoss(0.04 * random.nextDouble()).withDuplicate(0.1 * random.nextDouble())
                    .withReorder(0.2 * random.nextDouble(), 30_000_000L);
        }

        private void addMailbox(int i) {
            Path address = simulation.newAddress(4_500);
            addresses.add(address);
            int skew = random.nextInt(121) - 60;
            ContactConfig usual = ContactConfig.DEFAULT;
            configs.add(MailboxConfig.builder(2_500_000).cookieEpochSeconds(4 + random.nextInt(20))
                    .contacts(new ContactConfig(16 + random.nextInt(64), usual.waitMs(), 64 + random.nextInt(200),
                            3 + random.nextInt(6), random.nextInt(7), usual.checksPerSecond(),
                            usual.tokensPerMinute(), EPOCH_SECONDS + skew, List.of()))
                    .build());
            story.append("mailbox ").append(i).append(": clock ").append(skew).append(" s\n");
            mailboxes.add(simulation.add("mailbox " + i, machine(i, ""), address).links(link()));
        }

        private Observed<MailboxEvent, Mailbox> machine(int i, String life) {
            Mailbox mailbox = new Mailbox(configs.get(i), simulation.random("mailbox " + i + life));
            return new Observed<>(mailbox, new MailboxWitness(mailbox, configs.get(i)));
        }

        private void addClient(int i) {
            Identity identity = Identity.generate(simulation.random("client key " + i));
            ClientConfig config = new ClientConfig(key.publicKey(), addresses, false, EndpointLimits.DEFAULT);
            if (random.nextInt(3) == 0)
                config = config.withToken(new ClientConfig.Pass(Token.issue(key, key.publicKey(),
                        identity.publicKey(), i, EPOCH_SECONDS + 100_000, 0).encode(), identity));
            Node<SessionEvent, ClientEndpoint> node = simulation.add("client " + i,
                    new ClientEndpoint(config, identity, simulation.random("client " + i)),
                    simulation.newAddress(6_000)).links(link());
            PuzzleSolver solver = new PuzzleSolver(simulation, node::command, HASHES);
            node.onEvent(event -> {
                switch (event) {
                    case SessionEvent.Work work -> solver.begin(work.job());
                    case SessionEvent.WorkOver over -> solver.end(over.job());
                    case SessionEvent.Opened opened -> in[i] = true;
                    default -> {
                    }
                }
            });
            clients.add(node);
        }

        private boolean allIn() {
            for (int i = 0; i < clients.size(); i++)
                if (!in[i])
                    return false;
            return true;
        }

        void run() {
            assertThat(simulation.runUntil(this::allIn, simulation.nowNs() + PATIENCE_NS)).as(story::toString)
                    .isTrue();
        }
    }
}
