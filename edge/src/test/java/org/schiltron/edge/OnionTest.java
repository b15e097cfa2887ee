package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;

class OnionTest {
    private static final long NOW = 1_700_000_000L;
    private static final Overlay OVERLAY = Overlay.of(7);

    private final RandomSource random = Draws.random();
    private final CipherPool pool = new CipherPool(16);
    private final OnionReplays replays = new OnionReplays();

    private List<Node> way(int length) {
        List<Node> left = new ArrayList<>(OVERLAY.list.nodes());
        List<Node> way = new ArrayList<>();
        while (way.size() < length)
            way.add(left.remove(random.nextInt(left.size())));
        return way;
    }

    private OnionSource source(List<Node> way) {
        return new OnionSource(way, LegWorld.ASK, NOW, random, pool);
    }

    private OnionHop peel(Node at, byte[] header, long now) {
        return OnionHop.peel(OVERLAY.identity(at), header, now, replays, random, pool);
    }

    private OnionFault refused(Node at, byte[] header, long now) {
        OnionHop hop = peel(at, header, now);
        assertThat(hop).isInstanceOf(OnionHop.Refused.class);
        return ((OnionHop.Refused) hop).fault();
    }

    /** A leg whose way is ready: what the nodes keep of it. */
    private final class Leg {
        final OnionSource source;
        final List<OnionHop.Middle> middles = new ArrayList<>();
        final List<byte[]> headers = new ArrayList<>();
        final OnionHop.Last last;

        Leg(List<Node> way) {
            source = source(way);
            byte[] header = source.header();
            OnionHop hop = null;
            for (int i = 0; i < way.size(); i++) {
                headers.add(header);
                hop = peel(way.get(i), header, NOW);
                if (hop instanceof OnionHop.Middle middle) {
                    assertThat(middle.next()).isEqualTo(way.get(i + 1).id());
                    header = middle.header();
                    middles.add(middle);
                }
            }
            assertThat(hop).isInstanceOf(OnionHop.Last.class);
            last = (OnionHop.Last) Objects.requireNonNull(hop);
            byte[] reply = new byte[OnionSource.CELL];
            assertThat(last.take(reply, 0)).isEqualTo(reply.length);
            for (OnionHop.Middle middle : middles.reversed()) {
                assertThat(middle.reply()).isNull();
                assertThat(middle.collect(reply, 0, 100)).isEqualTo(100);
                assertThat(middle.collect(reply, 100, 2_000)).isEqualTo(reply.length - 100);
                reply = Objects.requireNonNull(middle.reply());
                assertThat(middle.reply()).isNull();
                assertThat(middle.collect(reply, 0, 10)).isZero();
            }
            assertThat(source.isReady()).isFalse();
            source.onBytes(reply, 0, reply.length);
            assertThat(source.isReady()).isTrue();
        }

        /** All cells the source has, as they arrive at the end. */
        List<byte[]> up() {
            List<byte[]> cells = new ArrayList<>();
            byte[] cell = new byte[OnionSource.CELL];
            while (source.take(cell, 0) > 0) {
                byte[] onTheWay = cell.clone();
                for (OnionHop.Middle middle : middles)
                    middle.forward(onTheWay, 0, onTheWay.length);
                cells.add(onTheWay);
            }
            return cells;
        }

        List<byte[]> down() {
            List<byte[]> cells = new ArrayList<>();
            byte[] cell = new byte[OnionSource.CELL];
            while (last.take(cell, 0) > 0) {
                byte[] onTheWay = cell.clone();
                for (OnionHop.Middle middle : middles.reversed())
                    middle.back(onTheWay, 0, onTheWay.length);
                cells.add(onTheWay);
            }
            return cells;
        }
    }

    @Test
    void waysOfEveryLengthArriveWithHeadersOfOneSize() {
        for (int length = 1; length <= OnionHeader.HOPS; length++) {
            Leg leg = new Leg(way(length));
            assertThat(leg.middles).hasSize(length - 1);
            assertThat(leg.headers).allMatch(header -> header.length == OnionHeader.LENGTH);
            for (byte[] cell : leg.up())
                leg.last.onBytes(cell, 0, cell.length);
            assertThat(leg.last.ask()).isEqualTo(LegWorld.ASK);
        }
    }

    @Test
    void headersOfOneLegHaveNothingInCommonThatANodeCouldKnowThemBy() {
        Leg leg = new Leg(way(5));
        Set<String> pieces = new LinkedHashSet<>();
        for (byte[] header : leg.headers)
            for (int at = 1; at + 6 <= header.length; at++)
                assertThat(pieces.add(Arrays.toString(Arrays.copyOfRange(header, at, at + 6)))).isTrue();
    }

    @Test
    void onlyTheNodeItIsForOpensALayer() {
        List<Node> way = way(3);
        byte[] header = source(way).header();
        assertThat(refused(way.get(1), header, NOW)).isEqualTo(OnionFault.NOT_AUTHENTIC);
        assertThat(refused(way.get(2), header, NOW)).isEqualTo(OnionFault.NOT_AUTHENTIC);
        assertThat(peel(way.get(0), header, NOW)).isInstanceOf(OnionHop.Middle.class);
    }

    @Test
    void everyChangedByteIsFoundAtTheVeryNextNode() {
        List<Node> way = way(3);
        byte[] header = source(way).header();
        for (Node node : way) {
            for (int at = 0; at < header.length; at += at < 50 ? 1 : 7) {
                byte[] changed = header.clone();
                changed[at] ^= (byte) (1 << random.nextInt(8));
                assertThat(refused(node, changed, NOW)).as("byte %d", at)
                        .isEqualTo(at == 0 ? OnionFault.BAD_LENGTH : OnionFault.NOT_AUTHENTIC);
            }
            if (peel(node, header, NOW) instanceof OnionHop.Middle middle)
                header = middle.header();
        }
    }

    @Test
    void aHeaderPassesOnceAndInItsTime() {
        List<Node> way = way(2);
        byte[] header = source(way).header();
        assertThat(refused(way.getFirst(), header, NOW + 91)).isEqualTo(OnionFault.EXPIRED);
        assertThat(refused(way.getFirst(), header, NOW - 31)).isEqualTo(OnionFault.EARLY);
        assertThat(peel(way.getFirst(), header, NOW)).isInstanceOf(OnionHop.Middle.class);
        for (long now = NOW; now <= NOW + 90; now++)
            assertThat(refused(way.getFirst(), header, now)).isEqualTo(OnionFault.REPLAYED);
        assertThat(refused(way.getFirst(), header, NOW + 91)).isEqualTo(OnionFault.EXPIRED);
    }

    @Test
    void theMemoryForReplaysIsBoundedAndFailsClosed() {
        for (int i = 0; i < OnionReplays.MOST; i++)
            assertThat(replays.add(random.bytes(16), NOW)).isNull();
        assertThat(replays.add(random.bytes(16), NOW)).isEqualTo(OnionFault.FULL);
        assertThat(replays.add(random.bytes(16), NOW + 120)).isEqualTo(OnionFault.FULL);
        assertThat(replays.add(random.bytes(16), NOW + 121)).isNull();
        assertThat(replays.size()).isOne();
    }

    @Test
    void bytesGoBothWaysInCellsOfOneSize() {
        for (int length = 1; length <= 4; length++) {
            Leg leg = new Leg(way(length));
            byte[] question = random.bytes(40_000);
            byte[] answer = random.bytes(50_000);
            assertThat(leg.source.write(question, 0, question.length)).isEqualTo(question.length);
            leg.source.end();
            byte[] read = new byte[60_000];
            for (byte[] cell : leg.up()) {
                assertThat(cell).hasSize(OnionSource.CELL);
                feed(leg.last, cell);
            }
            assertThat(leg.last.read(read, 0, read.length)).isEqualTo(question.length);
            assertThat(Arrays.copyOf(read, question.length)).isEqualTo(question);
            assertThat(leg.last.read(read, 0, 1)).isEqualTo(-1);
            assertThat(leg.last.write(answer, 0, answer.length)).isEqualTo(answer.length);
            leg.last.end();
            for (byte[] cell : leg.down())
                assertThat(leg.source.onBytes(cell, 0, cell.length)).isEqualTo(cell.length);
            assertThat(leg.source.read(read, 0, read.length)).isEqualTo(answer.length);
            assertThat(Arrays.copyOf(read, answer.length)).isEqualTo(answer);
            assertThat(leg.source.read(read, 0, 1)).isEqualTo(-1);
            leg.source.onStreamEnd();
            leg.last.onStreamEnd();
            assertThat(leg.source.fault()).isNull();
            assertThat(leg.last.fault()).isNull();
            assertThat(leg.source.isDone() && leg.last.isDone()).isTrue();
        }
    }

    /** In pieces. */
    private void feed(OnionHop.Last last, byte[] cell) {
        for (int at = 0; at < cell.length;) {
            int part = Math.min(cell.length - at, 1 + random.nextInt(700));
            assertThat(last.onBytes(cell, at, part)).isEqualTo(part);
            at += part;
        }
    }

    @Test
    void whatIsWrittenBeforeTheWayIsReadyIsKept() {
        List<Node> way = way(1);
        OnionSource source = source(way);
        assertThat(source.write(new byte[100_000], 0, 100_000)).isLessThanOrEqualTo(64 << 10);
        assertThat(source.writable()).isZero();
        assertThat(source.take(new byte[OnionSource.CELL], 0)).isZero();
        assertThat(source.read(new byte[1], 0, 1)).isZero();
    }

    @Test
    void aNodeInTheMiddleCannotChangeLoseRepeatOrReorderCellsUnnoticed() {
        String[] attacks = {"change", "lose", "repeat", "reorder", "cut", "insert"};
        for (int round = 0; round < 60; round++) {
            String attack = attacks[round % attacks.length];
            Leg leg = new Leg(way(1 + random.nextInt(4)));
            leg.source.write(random.bytes(20_000), 0, 20_000);
            leg.source.end();
            List<byte[]> cells = new ArrayList<>(leg.up());
            int at = 1 + random.nextInt(cells.size() - 2);
            switch (attack) {
                case "change" -> cells.get(at)[random.nextInt(OnionSource.CELL)] ^= (byte) (1 << random.nextInt(8));
                case "lose" -> cells.remove(at);
                case "repeat" -> cells.add(at, cells.get(at));
                case "reorder" -> cells.add(at, cells.remove(at - 1));
                case "cut" -> cells.subList(at, cells.size()).clear();
                default -> cells.add(at, random.bytes(OnionSource.CELL));
            }
            for (byte[] cell : cells)
                leg.last.onBytes(cell, 0, cell.length);
            leg.last.onStreamEnd();
            assertThat(leg.last.fault()).as(attack).isEqualTo(
                    attack.equals("cut") ? OnionFault.CUT : OnionFault.TAMPERED);
            byte[] read = new byte[30_000];
            assertThat(leg.last.read(read, 0, read.length)).as("only what came before").isLessThan(20_000);
            assertThat(leg.last.read(read, 0, read.length)).isEqualTo(-1);
        }
    }

    @Test
    void theSameOnTheWayBack() {
        Leg leg = new Leg(way(3));
        leg.last.write(random.bytes(5_000), 0, 5_000);
        List<byte[]> cells = leg.down();
        cells.get(2)[17] ^= 1;
        for (byte[] cell : cells)
            leg.source.onBytes(cell, 0, cell.length);
        assertThat(leg.source.fault()).isEqualTo(OnionFault.TAMPERED);
    }

    @Test
    void aReplyThatIsNotTheNodesIsFoundOut() {
        for (int at : new int[]{0, 31, 32, 47, 48, 80, 95, 96, 143}) {
            List<Node> way = way(3);
            OnionSource source = source(way);
            byte[] header = source.header();
            List<OnionHop.Middle> middles = new ArrayList<>();
            OnionHop hop = peel(way.get(0), header, NOW);
            for (int i = 1; hop instanceof OnionHop.Middle middle; i++) {
                middles.add(middle);
                hop = peel(way.get(i), middle.header(), NOW);
            }
            byte[] reply = new byte[OnionSource.CELL];
            ((OnionHop.Last) hop).take(reply, 0);
            for (OnionHop.Middle middle : middles.reversed()) {
                middle.collect(reply, 0, reply.length);
                reply = Objects.requireNonNull(middle.reply());
            }
            reply[at] ^= 4;
            source.onBytes(reply, 0, reply.length);
            assertThat(source.fault()).as("byte %d", at).isEqualTo(OnionFault.NOT_AUTHENTIC);
            assertThat(source.isReady()).isFalse();
            assertThat(source.write(new byte[1], 0, 1)).isZero();
            assertThat(source.read(new byte[1], 0, 1)).isEqualTo(-1);
        }
    }

    @Test
    void aReaderThatDoesNotReadHoldsBackTheStream() {
        Leg leg = new Leg(way(2));
        int taken = 0;
        for (int i = 0; i < 20; i++) {
            leg.source.write(new byte[60_000], 0, 60_000);
            for (byte[] cell : leg.up())
                taken += leg.last.onBytes(cell, 0, cell.length);
        }
        assertThat(taken).isLessThanOrEqualTo(70 * OnionSource.CELL);
        assertThat(leg.last.readable()).isLessThanOrEqualTo(64 << 10);
    }

    @Test
    void aResetCrosses() {
        Leg leg = new Leg(way(3));
        leg.last.write(new byte[10_000], 0, 10_000);
        leg.last.reset(ResetReason.UNREACHABLE);
        for (byte[] cell : leg.down())
            leg.source.onBytes(cell, 0, cell.length);
        assertThat(leg.source.peerReset()).isEqualTo(ResetReason.UNREACHABLE);
        assertThat(leg.source.read(new byte[10], 0, 10)).isEqualTo(-1);
        leg.source.onStreamEnd();
        assertThat(leg.source.fault()).isNull();
    }

    @Test
    void mutantsAreRefused() {
        List<Node> way = way(3);
        byte[] header = source(way).header();
        for (int i = 0; i < 500; i++) {
            byte[] mutant = Draws.mutate(random, header);
            if (!Arrays.equals(mutant, header))
                assertThat(peel(way.getFirst(), mutant, NOW)).isInstanceOf(OnionHop.Refused.class);
        }
        assertThat(peel(way.getFirst(), new byte[0], NOW)).isInstanceOf(OnionHop.Refused.class);
        assertThat(peel(way.getFirst(), new byte[1 << 20], NOW)).isInstanceOf(OnionHop.Refused.class);
    }

    /** A small-order ephemeral key would make the secret one that everybody knows. */
    @Test
    void pointsOfSmallOrderAreRefused() {
        byte[] header = source(way(1)).header();
        Arrays.fill(header, 1, 33, (byte) 0);
        assertThat(refused(OVERLAY.node(0), header, NOW)).isEqualTo(OnionFault.NOT_AUTHENTIC);
    }

    @Test
    void absurdWaysAreRefused() {
        assertThatThrownBy(() -> source(List.of())).hasMessageContaining("0 nodes");
        assertThatThrownBy(() -> source(way(6))).hasMessageContaining("6 nodes");
    }
}
