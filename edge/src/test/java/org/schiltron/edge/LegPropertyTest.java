package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.edge.LegWorld.Pipe;
import org.schiltron.machine.SeededRandom;

/**
 * Random drops of carriers, at either end first, random pieces, random moves, both directions at once, a landing or a
 * client that does not read for a while: once the faults stop, every byte has arrived once and in order.
 */
class LegPropertyTest {
    private static final long FIRST = Long.getLong("schiltron.seed", 1);
    private static final long SEEDS = Long.getLong("schiltron.seeds", 40);

    /** One direction's bytes follow from their position. */
    private static final class Direction {
        final long salt;
        final long total;
        long written;
        long read;
        boolean ended;
        boolean endRead;

        Direction(long salt, long total) {
            this.salt = salt;
            this.total = total;
        }

        int fill(byte[] into, int most) {
            int count = (int) Math.min(Math.min(most, into.length), total - written);
            for (int i = 0; i < count; i++)
                into[i] = at(written + i);
            return count;
        }

        void onRead(byte[] from, int got) {
            assertThat(endRead).isFalse();
            if (got < 0)
                endRead = true;
            for (int i = 0; i < got; i++)
                if (from[i] != at(read + i))
                    throw new AssertionError("position " + (read + i) + " is wrong");
            read += Math.max(0, got);
            assertThat(read).isLessThanOrEqualTo(written);
        }

        private byte at(long position) {
            return (byte) ((position + salt) * 0x9e37_79b9_7f4a_7c15L >>> 57);
        }
    }

    @Test
    void everyByteArrivesOnceAndInOrder() {
        int drops = 0;
        int moves = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            try {
                int[] faults = run(seed);
                drops += faults[0];
                moves += faults[1];
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dschiltron.seed=" + seed, e);
            }
        }
        System.out.println("-Dschiltron.seed=" + FIRST + " -Dschiltron.seeds=" + SEEDS + ": " + drops + " drops, "
                + moves + " moves");
        assertThat(drops).isGreaterThan((int) SEEDS * 2);
        assertThat(moves).isGreaterThan((int) SEEDS * 2);
    }

    private static int[] run(long seed) {
        SeededRandom random = new SeededRandom(seed);
        LegWorld world = new LegWorld(random);
        Direction up = new Direction(random.nextLong(), random.nextInt(3) == 0 ? 0 : random.nextInt(1_500_000));
        Direction down = new Direction(random.nextLong(), random.nextInt(3) == 0 ? 0 : random.nextInt(1_500_000));
        byte[] buffer = new byte[300_000];
        int drops = 0;
        int moves = 0;
        int dropPerMille = random.nextInt(250);
        int movePerMille = random.nextInt(250);
        int lazyClient = 1 + random.nextInt(20);
        int lazyLanding = 1 + random.nextInt(20);
        for (int step = 0; !(up.endRead && down.endRead && world.client.isOver()); step++) {
            boolean calm = step > 1_500; // no more faults: now it has to finish
            assertThat(step).as("steps; up %d of %d, down %d of %d", up.read, up.total, down.read, down.total)
                    .isLessThan(20_000);
            assertThat(world.client.isOver() && !(up.endRead && down.endRead) && world.client.readable() == 0)
                    .as("over too early: %s", world.clientEvents).isFalse();
            boolean needs = world.clientEvents.removeIf(LegEvent.NeedCarrier.class::isInstance);
            boolean move = !calm && world.client.active() != 0 && random.nextInt(1_000) < movePerMille;
            if (needs || move) {
                moves += move ? 1 : 0;
                if (!world.client.isOver())
                    world.connect();
            }
            if (!calm && !world.pipes.isEmpty() && random.nextInt(1_000) < dropPerMille) {
                Pipe victim = world.pipes.get(world.pipes.size() - 1 - random.nextInt(Math.min(2, world.pipes.size())));
                drops += victim.cut ? 0 : 1;
                switch (random.nextInt(3)) {
                    case 0 -> world.tellClient(victim);
                    case 1 -> world.tellLanding(victim);
                    default -> world.cut(victim);
                }
            }
            if (random.nextInt(10) == 0)
                for (Pipe pipe : List.copyOf(world.pipes))
                    if (pipe.cut) { // sooner or later the other end hears of it, too
                        world.tellClient(pipe);
                        if (random.nextInt(2) == 0)
                            world.tellLanding(pipe);
                    }
            act(world, up, down, buffer, calm ? 1 : lazyClient, calm ? 1 : lazyLanding);
            world.send();
            world.deliver(1 + random.nextInt(60_000));
            world.closeFinished();
            world.nowNs += random.nextInt(5_000_000);
            world.client.onTimer(world.nowNs);
            world.landing.onTimer(world.nowNs);
            world.drain();
        }
        assertThat(up.read).isEqualTo(up.total);
        assertThat(down.read).isEqualTo(down.total);
        world.pass(40_000_000_000L); // the landing may not know yet that its last acknowledgement arrived
        assertThat(world.landing.legs()).isZero();
        assertThat(world.landing.orphans()).isZero();
        return new int[]{drops, moves};
    }

    /** What the two drivers do: write what there is room for, read now and then. */
    private static void act(LegWorld world, Direction up, Direction down, byte[] buffer, int lazyClient,
            int lazyLanding) {
        long now = world.nowNs;
        up.written += world.client.write(now, buffer, 0, up.fill(buffer, 1 + world.random.nextInt(100_000)));
        if (up.written == up.total && !up.ended && world.random.nextInt(5) == 0) {
            up.ended = true;
            world.client.end(now);
        }
        if (world.random.nextInt(lazyClient) == 0 && !down.endRead)
            down.onRead(buffer, world.client.read(now, buffer, 0, 1 + world.random.nextInt(buffer.length)));
        if (world.leg == 0)
            return;
        down.written += world.landing.write(now, world.leg, buffer, 0,
                down.fill(buffer, 1 + world.random.nextInt(100_000)));
        if (down.written == down.total && !down.ended && world.random.nextInt(5) == 0) {
            down.ended = true;
            world.landing.end(now, world.leg);
        }
        if (world.random.nextInt(lazyLanding) == 0 && !up.endRead)
            up.onRead(buffer, world.landing.read(now, world.leg, buffer, 0, 1 + world.random.nextInt(buffer.length)));
    }
}
