package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;

/**
 * A mix leg over real trunks with cells, node by node, to an egress that sends everything back: what a driver has to do,
 * in small. On every trunk exactly as many cells leave as without the leg.
 */
class MixChainTest {
    private static final long EPOCH = 1_700_000_000L;
    private static final int RATE = 2_000;
    private static final Overlay OVERLAY = Overlay.of(5);

    private final RandomSource random = Draws.random();
    private final CipherPool pool = new CipherPool(16);
    private final byte[] buffer = new byte[Trunk.MAX_TAKE];
    private long nowNs = 7_000_000_000L;

    /** One node of the chain: a trunk to the one before and one to the one after. */
    private static final class Stop {
        final int index;
        final OnionReplays replays = new OnionReplays();
        @Nullable
        Trunk before;
        @Nullable
        Trunk after;
        int inStream;
        int outStream;
        @Nullable
        OnionHop hop;
        boolean replied;

        Stop(int index) {
            this.index = index;
        }
    }

    private final List<Stop> stops = new ArrayList<>();

    private void chain(int nodes) {
        TrunkConfig config = new TrunkConfig(RATE, RATE, 8);
        for (int i = 0; i < nodes; i++)
            stops.add(new Stop(i));
        for (int i = 0; i + 1 < nodes; i++) {
            stops.get(i).after = Trunk.opener(config, OVERLAY.identity(i), OVERLAY.node(i + 1), random, nowNs);
            stops.get(i + 1).before = Trunk.acceptor(config, OVERLAY.identity(i + 1), OVERLAY.list, random, nowNs);
        }
    }

    /** Moves time by one cell, and everything that is under way by one trunk. */
    private void step() {
        nowNs += 1_000_000_000L / RATE;
        for (int i = 0; i + 1 < stops.size(); i++) {
            Trunk after = Objects.requireNonNull(stops.get(i).after);
            Trunk before = Objects.requireNonNull(stops.get(i + 1).before);
            move(after, before);
            move(before, after);
        }
        for (Stop stop : stops)
            drive(stop);
    }

    private void move(Trunk from, Trunk to) {
        for (int n = from.take(nowNs, buffer, 0); n > 0; n = from.take(nowNs, buffer, 0))
            to.onBytes(nowNs, buffer, 0, n);
    }

    private void drive(Stop stop) {
        Trunk before = stop.before;
        if (stop.after != null)
            while (stop.after.pollEvent() != null) {
                // the streams are looked at in any case
            }
        if (before == null)
            return;
        for (TrunkEvent event = before.pollEvent(); event != null; event = before.pollEvent())
            if (event instanceof TrunkEvent.StreamOpened opened) {
                stop.inStream = opened.stream();
                stop.hop = OnionHop.peel(OVERLAY.identity(stop.index), opened.header(), EPOCH, stop.replays, random,
                        pool);
            }
        switch (stop.hop) {
            case OnionHop.Middle middle -> relay(stop, before, Objects.requireNonNull(stop.after), middle);
            case OnionHop.Last last -> echo(stop, before, last);
            case OnionHop.Refused refused -> throw new AssertionError(refused.fault());
            case null -> {
                // nobody has asked
            }
        }
    }

    private void relay(Stop stop, Trunk before, Trunk after, OnionHop.Middle middle) {
        if (stop.outStream == 0) {
            assertThat(middle.next()).isEqualTo(OVERLAY.node(stop.index + 1).id());
            stop.outStream = after.openStream(middle.header());
        }
        int got = before.read(stop.inStream, buffer, 0, Math.min(buffer.length, after.writable(stop.outStream)));
        if (got > 0) {
            middle.forward(buffer, 0, got);
            assertThat(after.write(stop.outStream, buffer, 0, got)).isEqualTo(got);
        } else if (got < 0)
            after.endStream(stop.outStream);
        if (!stop.replied) {
            int n = after.read(stop.outStream, buffer, 0, OnionSource.CELL);
            for (int at = 0; at < n;)
                at += middle.collect(buffer, at, n - at);
            byte[] reply = middle.reply();
            if (reply == null)
                return;
            stop.replied = true;
            before.write(stop.inStream, reply, 0, reply.length);
        }
        got = after.read(stop.outStream, buffer, 0, Math.min(buffer.length, before.writable(stop.inStream)));
        if (got > 0) {
            middle.back(buffer, 0, got);
            assertThat(before.write(stop.inStream, buffer, 0, got)).isEqualTo(got);
        } else if (got < 0)
            before.endStream(stop.inStream);
    }

    private void echo(Stop stop, Trunk before, OnionHop.Last last) {
        byte[] bytes = new byte[4_000];
        int got = before.read(stop.inStream, buffer, 0, OnionSource.CELL);
        if (got > 0)
            assertThat(last.onBytes(buffer, 0, got)).isEqualTo(got);
        else if (got < 0)
            last.onStreamEnd();
        got = last.ask() == null ? 0 : last.read(bytes, 0, Math.min(bytes.length, last.writable()));
        if (got > 0)
            last.write(bytes, 0, got);
        else if (got < 0)
            last.end();
        pass(last.isDone(), before, stop.inStream,
                before.writable(stop.inStream) >= OnionSource.CELL ? last.take(buffer, 0) : 0);
    }

    private void pass(boolean done, Trunk trunk, int stream, int cell) {
        if (cell > 0)
            assertThat(trunk.write(stream, buffer, 0, cell)).isEqualTo(cell);
        else if (done)
            trunk.endStream(stream);
    }

    @Test
    void bytesGoRoundAndNobodyOutsideSeesADifference() {
        for (int nodes = 2; nodes <= 5; nodes++) {
            stops.clear();
            chain(nodes);
            for (int i = 0; i < 20; i++)
                step();
            Trunk trunk = Objects.requireNonNull(stops.getFirst().after);
            OnionSource source = new OnionSource(OVERLAY.list.nodes().subList(1, nodes), LegWorld.ASK, EPOCH, random,
                    pool);
            int stream = trunk.openStream(source.header());
            byte[] said = random.bytes(30_000 + random.nextInt(30_000));
            assertThat(source.write(said, 0, said.length)).isEqualTo(said.length);
            source.end();
            byte[] heard = new byte[said.length + 1];
            int length = 0;
            long[] before = cells();
            int steps = 0;
            for (boolean over = false; !over; steps++) {
                assertThat(steps).isLessThan(5_000);
                step();
                int cell = trunk.writable(stream) >= OnionSource.CELL ? source.take(buffer, 0) : 0;
                pass(false, trunk, stream, cell);
                int got = trunk.read(stream, buffer, 0, OnionSource.CELL);
                if (got > 0)
                    assertThat(source.onBytes(buffer, 0, got)).isEqualTo(got);
                got = source.read(heard, length, heard.length - length);
                assertThat(source.fault()).isNull();
                over = got < 0;
                length += Math.max(0, got);
            }
            assertThat(Arrays.copyOf(heard, length)).isEqualTo(said);
            assertThat(Objects.requireNonNull((OnionHop.Last) stops.getLast().hop).ask()).isEqualTo(LegWorld.ASK);
            long[] after = cells();
            for (int i = 0; i < after.length; i++)
                assertThat(after[i] - before[i]).as("cells of trunk %d", i / 2).isEqualTo(steps);
        }
    }

    /** Of each trunk, in both directions. */
    private long[] cells() {
        long[] cells = new long[2 * (stops.size() - 1)];
        for (int i = 0; i + 1 < stops.size(); i++) {
            cells[2 * i] = Objects.requireNonNull(stops.get(i).after).recordsOut();
            cells[2 * i + 1] = Objects.requireNonNull(stops.get(i + 1).before).recordsOut();
        }
        return cells;
    }
}
