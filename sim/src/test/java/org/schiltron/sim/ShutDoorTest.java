package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.schiltron.sim.SessionWorld.SECOND;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** A door behind a ring node that is shut and opened again. */
class ShutDoorTest {
    /** Mailboxes that keep what was taken back from them find that the ring node knows it too. */
    @Test
    void whatWasTakenBackPassesNoRingNode() {
        SessionWorld world = new SessionWorld(3, new SessionWorld.Shape(3, 1, 1, 1, 0, 0, false, 3_000, false));
        Node<?, ?> mailbox = world.mailboxes.getFirst();
        var ring = world.rings.getFirst().machine().machine();
        world.simulation.partition(world.clients);
        List<byte[]> kept = new ArrayList<>();
        mailbox.downlink().tap((nowNs, datagram) -> {
            MemorySegment s = datagram.segment();
            long at = datagram.offset();
            if (datagram.at(0) == Wire.POST && Post.lifetimeMs(s, at) > 0)
                for (int i = 0; i < Post.count(s, at); i++)
                    kept.add(first(Wire.tag(s, at), Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i)));
            return Tap.PASS;
        });
        world.simulation.run(4 * SECOND);
        byte[] usable = kept.getLast();
        world.simulation.send(mailbox, mailbox.address(), world.ringAddresses.getFirst(), usable);
        world.simulation.runFor(SECOND / 5);
        assertThat(ring.counters().drops(Drop.UNREQUESTED)).as("while it stands it passes").isZero();

        world.services.getFirst()
                .command(service -> service.machine().setContactsPerSecond(world.simulation.nowNs(), 0));
        world.simulation.runFor(2 * SECOND);
        int tried = kept.size();
        for (byte[] first : List.copyOf(kept))
            world.simulation.send(mailbox, mailbox.address(), world.ringAddresses.getFirst(), first);
        world.simulation.runFor(SECOND);
        assertThat(ring.counters().drops(Drop.UNREQUESTED)).isEqualTo(tried);
        world.simulation.heal();
        world.simulation.runFor(5 * SECOND);
        assertThat(world.transfers.getFirst().isOpen()).isFalse();

        world.services.getFirst()
                .command(service -> service.machine().setContactsPerSecond(world.simulation.nowNs(), 100));
        assertThat(world.everyClientCompletes(20 * SECOND)).as(world::describe).isTrue();
    }

    private static byte[] first(int tag, long high, long low) {
        byte[] bytes = new byte[First.CONTENT + 4 + Hello.MIN_SEALED];
        MemorySegment s = MemorySegment.ofArray(bytes);
        First.write(s, 0, 0, tag, high, low);
        Hello.writeContent(s, First.CONTENT, Hello.BARE, new byte[Hello.MIN_SEALED]);
        return bytes;
    }
}
