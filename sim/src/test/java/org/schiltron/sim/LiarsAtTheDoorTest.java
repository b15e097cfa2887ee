package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.ContactWorld.SECOND;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** Mailboxes whose answers at the door are not true, and what the service tells mailboxes. */
class LiarsAtTheDoorTest {
    private static final long TAG = 4;
    private static final long VALIDITY = 40;
    private static final long STATE = 43;
    private static final DoorConfig SCARCE = new DoorConfig(2, 200, 1 << Hello.HASH, 80);

    private static void crowd(ContactWorld world, int count) {
        for (int i = 0; i < count; i++)
            world.client("crowd " + i);
    }

    /** From now on its challenges are what this makes of them. */
    private static void lies(Node<?, ?> mailbox, BiConsumer<MemorySegment, Long> lie) {
        mailbox.uplink().tap((nowNs, datagram) -> {
            if (datagram.at(0) == Wire.CHALLENGE)
                lie.accept(datagram.segment(), datagram.offset());
            return Tap.PASS;
        });
    }

    /** One of four says of every hello that it has gone on: work goes on at the others. */
    @Test
    void whoeverSaysThatAHelloHasGoneOnEndsNoWorkElsewhere() {
        ContactWorld world = new ContactWorld(21, 4, SCARCE);
        lies(world.mailboxNodes.getFirst(), (s, at) -> {
            int state = Challenge.state(s, at);
            if (state == Challenge.QUEUED || state == Challenge.OUTBID)
                Wire.putU8(s, at + STATE, Challenge.STALE);
        });
        crowd(world, 40);
        world.simulation.runFor(2 * SECOND);
        ContactWorld.Client late = world.client("late", 300);
        world.simulation.runUntil(() -> late.node.machine().door().mailboxes() >= 3,
                world.simulation.nowNs() + 5 * SECOND);
        for (int i = 0; i < 30; i++) {
            world.simulation.runFor(SECOND / 5);
            assertThat(late.isIn() || late.node.machine().door().mailboxes() >= 2).as("works on at " + i).isTrue();
        }
        assertThat(world.simulation.runUntil(late::isIn, world.simulation.nowNs() + 90 * SECOND)).isTrue();
    }

    /** Six of eight hand out challenges that are good for ever, and swallow what was worked for them. */
    @Test
    void liarsDoNotKeepAClientsHandsBusy() {
        ContactWorld world = new ContactWorld(22, 8, SCARCE);
        for (var node : world.mailboxNodes.subList(0, 6)) {
            lies(node, (s, at) -> Wire.putU16(s, at + VALIDITY, 65_535));
            node.downlink().tap((nowNs, datagram) -> {
                boolean hello = datagram.at(0) == Wire.HELLO;
                boolean bare = hello && Hello.kind(datagram.segment(), datagram.offset() + Hello.CONTENT) == Hello.BARE;
                return hello && !bare ? Tap.DROP : Tap.PASS;
            });
        }
        crowd(world, 12);
        int[] more = {0};
        world.simulation.every(SECOND / 3, () -> world.client("more " + more[0]++, 500)); // so that no nonce is left over
        world.simulation.runFor(2 * SECOND);
        List<ContactWorld.Client> late = new ArrayList<>();
        for (int i = 0; i < 16; i++) // of which some find liars only at first
            late.add(world.client("late " + i));
        world.simulation.runFor(60 * SECOND);
        assertThat(late).allMatch(ContactWorld.Client::isIn);
    }

    /** Whoever has not seen the hello does not know its tag. */
    @Test
    void aChallengeThatAnswersAnotherHelloIsNotWorkedFor() {
        ContactWorld world = new ContactWorld(23, 2, SCARCE);
        crowd(world, 20);
        world.simulation.runFor(2 * SECOND);
        boolean[] bound = {false};
        for (var node : world.mailboxNodes)
            lies(node, (s, at) -> {
                if (!bound[0])
                    Wire.putInt(s, at + TAG, Wire.tag(s, at) ^ 1);
            });
        ContactWorld.Client late = world.client("late");
        world.simulation.runFor(4 * SECOND);
        assertThat(late.solver.trials()).isZero();
        bound[0] = true;
        world.simulation.runFor(4 * SECOND);
        assertThat(late.solver.trials()).as("for what is its own it works").isPositive();
    }

    /** More tokens than a post has room for: every mailbox hears of each. */
    @Test
    void everyMailboxHearsOfEveryRevokedToken() {
        ContactWorld world = new ContactWorld(24, 4, DoorConfig.DEFAULT);
        List<Set<Long>> heard = world.mailboxNodes.stream().<Set<Long>>map(node -> new LinkedHashSet<>()).toList();
        for (int i = 0; i < heard.size(); i++) {
            Set<Long> here = heard.get(i);
            world.mailboxNodes.get(i).downlink().tap((nowNs, datagram) -> {
                if (datagram.at(0) == Wire.POST)
                    for (int j = 0; j < Post.revoked(datagram.segment(), datagram.offset()); j++)
                        here.add(Post.revoked(datagram.segment(), datagram.offset(), j));
                return Tap.PASS;
            });
        }
        int revoked = 3 * Post.MAX_REVOKED;
        world.service.command(service -> {
            for (long serial = 0; serial < revoked; serial++)
                service.revoke(serial);
        });
        assertThat(world.simulation.runUntil(() -> heard.stream().allMatch(of -> of.size() == revoked),
                world.simulation.nowNs() + 60 * SECOND)).as("heard " + heard).isTrue();
    }

    /** It is revoked while its hello is on the way from a mailbox that does not know yet. */
    @Test
    void theServiceRefusesARevokedTokenAtOnce() {
        ContactWorld world = new ContactWorld(25, 2, new DoorConfig(4, 200, DoorConfig.ALL_KINDS, 80));
        crowd(world, 40);
        world.simulation.runFor(2 * SECOND);
        boolean[] shown = {false};
        for (var node : world.mailboxNodes)
            node.uplink().tap((nowNs, datagram) -> {
                if (datagram.at(0) == Wire.FIRST
                        && Hello.kind(datagram.segment(), datagram.offset() + First.CONTENT) == Hello.TOKEN
                        && !shown[0]) {
                    shown[0] = true;
                    world.simulation.after(1, () -> world.service.command(service -> service.revoke(1)));
                }
                return Tap.PASS;
            });
        ContactWorld.Client holder = world.holder("holder"); // of the token with serial 1
        world.simulation.runFor(5 * SECOND);
        assertThat(shown[0]).isTrue();
        assertThat(world.service.machine().counters().drops(Drop.HANDSHAKE_REFUSED)).isPositive();
        assertThat(holder.isIn()).isFalse();
    }
}
