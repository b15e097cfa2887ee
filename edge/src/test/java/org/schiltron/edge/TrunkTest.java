package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Identity;

class TrunkTest {
    private static final TrunkConfig CONFIG = TrunkConfig.DEFAULT;

    private final RandomSource random = Draws.random();
    private final byte[] buffer = new byte[1 << 20];

    private static byte[] header(int n) {
        return new byte[]{(byte) n, (byte) (n >> 8), 7};
    }

    @Test
    void bothEndsKnowEachOtherAfterTheHandshake() {
        TrunkPair pair = new TrunkPair(random, CONFIG, CONFIG);
        assertThat(pair.opener.openStream(header(0))).as("not yet").isZero();
        pair.pump();
        assertThat(pair.openerEvents).containsExactly(new TrunkEvent.Opened(TrunkPair.OVERLAY.node(1)));
        assertThat(pair.acceptorEvents).containsExactly(new TrunkEvent.Opened(TrunkPair.OVERLAY.node(0)));
    }

    @Test
    void whoIsNotOnTheListIsLetWait() {
        NodeList others = new NodeList(List.of(TrunkPair.OVERLAY.node(1), TrunkPair.OVERLAY.node(2)));
        Trunk stranger = Trunk.opener(CONFIG, TrunkPair.OVERLAY.identity(0), TrunkPair.OVERLAY.node(1), random, 0);
        Trunk acceptor = Trunk.acceptor(CONFIG, TrunkPair.OVERLAY.identity(1), others, random, 0);
        int length = stranger.take(0, buffer, 0);
        acceptor.onBytes(0, buffer, 0, length);
        assertThat(acceptor.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.NOT_A_NODE, false));
        assertThat(acceptor.take(0, buffer, 0)).as("not a byte in answer").isZero();
    }

    @Test
    void aKeyThatIsNotTheNodesIsFoundOut() {
        Identity impostor = Identity.generate(random);
        Trunk opener = Trunk.opener(CONFIG, TrunkPair.OVERLAY.identity(0), TrunkPair.OVERLAY.node(1), random, 0);
        Trunk acceptor = Trunk.acceptor(CONFIG, impostor, TrunkPair.OVERLAY.list, random, 0);
        int length = opener.take(0, buffer, 0);
        acceptor.onBytes(0, buffer, 0, length);
        assertThat(acceptor.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.BAD_HANDSHAKE, false));
        byte[] made = random.bytes(TrunkHandshake.SECOND);
        opener.onBytes(0, made, 0, made.length);
        assertThat(opener.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.BAD_HANDSHAKE, false));
    }

    @Test
    void aStrayClientIsKnownByItsFirstByte() {
        Trunk acceptor = Trunk.acceptor(CONFIG, TrunkPair.OVERLAY.identity(1), TrunkPair.OVERLAY.list, random, 0);
        acceptor.onBytes(0, new byte[]{'G'}, 0, 1);
        assertThat(acceptor.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.WRONG_VERSION, false));
        acceptor.onBytes(0, new byte[100_000], 0, 100_000);
        assertThat(acceptor.pollEvent()).isNull();
        assertThat(acceptor.take(0, buffer, 0)).isZero();
        assertThat(acceptor.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRecordedHandshakeOpensNothing() {
        Trunk opener = Trunk.opener(CONFIG, TrunkPair.OVERLAY.identity(0), TrunkPair.OVERLAY.node(1), random, 0);
        int length = opener.take(0, buffer, 0);
        byte[] recorded = Arrays.copyOf(buffer, length);
        Trunk acceptor = Trunk.acceptor(CONFIG, TrunkPair.OVERLAY.identity(1), TrunkPair.OVERLAY.list, random, 0);
        acceptor.onBytes(0, recorded, 0, length);
        assertThat(acceptor.take(0, buffer, 0)).isEqualTo(TrunkHandshake.SECOND);
        assertThat(acceptor.isOpen()).isFalse();
        assertThat(acceptor.pollEvent()).isNull();
        assertThat(acceptor.openStream(header(1))).isZero();
        assertThat(acceptor.nextDeadlineNs()).isEqualTo(Trunk.HANDSHAKE_NS);
        acceptor.onTimer(Trunk.HANDSHAKE_NS);
        assertThat(acceptor.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.TIMED_OUT, false));
    }

    @Test
    void bytesEndAndAnswerCross() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int stream = pair.opener.openStream(header(300));
        assertThat(pair.opener.write(stream, "question".getBytes(UTF_8), 0, 8)).isEqualTo(8);
        pair.opener.endStream(stream);
        pair.pump();
        TrunkEvent.StreamOpened opened = TrunkPair.next(pair.acceptorEvents, TrunkEvent.StreamOpened.class);
        assertThat(opened.header()).isEqualTo(header(300));
        assertThat(opened.stream()).isEqualTo(stream);
        TrunkPair.next(pair.acceptorEvents, TrunkEvent.StreamReadable.class);
        assertThat(pair.acceptor.read(stream, buffer, 0, 100)).isEqualTo(8);
        assertThat(new String(buffer, 0, 8, UTF_8)).isEqualTo("question");
        assertThat(pair.acceptor.read(stream, buffer, 0, 100)).isEqualTo(-1);
        pair.acceptor.write(stream, "answer".getBytes(UTF_8), 0, 6);
        pair.acceptor.endStream(stream);
        pair.pump();
        TrunkPair.next(pair.openerEvents, TrunkEvent.StreamReadable.class);
        assertThat(pair.opener.read(stream, buffer, 0, 100)).isEqualTo(6);
        assertThat(pair.opener.read(stream, buffer, 0, 100)).isEqualTo(-1);
        assertThat(pair.opener.streams()).isZero();
        assertThat(pair.acceptor.streams()).isZero();
    }

    @Test
    void theAcceptorMayOpenStreamsToo() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int theirs = pair.acceptor.openStream(header(1));
        int ours = pair.opener.openStream(header(2));
        assertThat(theirs & 1).isZero();
        assertThat(ours & 1).isOne();
        pair.pump();
        assertThat(TrunkPair.next(pair.openerEvents, TrunkEvent.StreamOpened.class).stream()).isEqualTo(theirs);
        assertThat(TrunkPair.next(pair.acceptorEvents, TrunkEvent.StreamOpened.class).stream()).isEqualTo(ours);
    }

    @Test
    void aSlowReaderHoldsUpNobodyElse() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int slow = pair.stream();
        int fast = pair.stream();
        int waiting = 0;
        long passed = 0;
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < 100; i++) {
            waiting += pair.opener.write(slow, bytes, 0, bytes.length);
            pair.opener.write(fast, bytes, 0, bytes.length);
            pair.pump();
            passed += Math.max(0, pair.acceptor.read(fast, buffer, 0, buffer.length));
        }
        assertThat(passed).isGreaterThan(6_000_000);
        assertThat(waiting).as("held for the slow one, at both ends together").isEqualTo(2 * Trunk.CREDIT);
        assertThat(pair.acceptor.readable(slow)).isEqualTo(Trunk.CREDIT);
        assertThat(pair.opener.writable(slow)).isZero();
    }

    @Test
    void whoCouldNotWriteIsToldWhenThereIsRoom() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int stream = pair.stream();
        byte[] bytes = new byte[200_000];
        pair.opener.write(stream, bytes, 0, bytes.length);
        pair.pump();
        pair.opener.write(stream, bytes, 0, bytes.length);
        pair.openerEvents.clear();
        pair.pump();
        assertThat(pair.openerEvents).as("no room without reading").isEmpty();
        assertThat(pair.acceptor.read(stream, buffer, 0, buffer.length)).isEqualTo(Trunk.CREDIT);
        pair.pump();
        assertThat(pair.openerEvents).containsExactly(new TrunkEvent.StreamWritable(stream));
    }

    @Test
    void streamsTakeFairTurns() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int[] streams = new int[16];
        for (int i = 0; i < streams.length; i++)
            streams[i] = pair.stream();
        byte[] bytes = new byte[Trunk.CREDIT];
        for (int stream : streams)
            pair.opener.write(stream, bytes, 0, bytes.length);
        for (int records = 0; records < 24; records++)
            pair.move(pair.opener, pair.acceptor);
        for (int stream : streams)
            assertThat(pair.acceptor.readable(stream)).isBetween(4 * TrunkStreams.TURN, 7 * TrunkStreams.TURN);
    }

    @Test
    void aStreamGivenUpIsOverAtBothEnds() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int stream = pair.stream();
        pair.opener.write(stream, new byte[50_000], 0, 50_000);
        pair.acceptor.write(stream, new byte[50_000], 0, 50_000);
        pair.pump();
        pair.acceptor.resetStream(stream, ResetReason.UNREACHABLE);
        pair.opener.write(stream, new byte[10_000], 0, 10_000); // crosses the reset
        pair.pump();
        assertThat(TrunkPair.next(pair.openerEvents, TrunkEvent.StreamReset.class))
                .isEqualTo(new TrunkEvent.StreamReset(stream, ResetReason.UNREACHABLE));
        assertThat(TrunkPair.find(pair.acceptorEvents, TrunkEvent.StreamReset.class)).isNull();
        assertThat(pair.opener.read(stream, buffer, 0, 10)).isEqualTo(-1);
        assertThat(pair.opener.write(stream, buffer, 0, 10)).isZero();
        assertThat(pair.opener.streams()).isZero();
        assertThat(pair.acceptor.streams()).isZero();
        assertThat(pair.opener.isOpen()).isTrue();
    }

    @Test
    void aStreamGivenUpBeforeItWasSentIsNeverSeen() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        int stream = pair.opener.openStream(header(1));
        pair.opener.resetStream(stream, ResetReason.CANCELLED);
        pair.pump();
        assertThat(pair.acceptorEvents).isEmpty();
        assertThat(pair.opener.streams()).isZero();
        assertThat(pair.opener.openStream(header(2))).isGreaterThan(stream);
        pair.pump();
        assertThat(pair.acceptor.streams()).isOne();
    }

    @Test
    void noMoreStreamsThanTheOtherEndAllows() {
        TrunkPair pair = new TrunkPair(random, new TrunkConfig(0, 0, 5), new TrunkConfig(0, 0, 3));
        pair.pump();
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < 5; i++)
            open.add(pair.opener.openStream(header(i)));
        assertThat(open).containsExactly(1, 3, 5, 0, 0);
        pair.pump();
        pair.opener.resetStream(3, ResetReason.CANCELLED);
        assertThat(pair.opener.openStream(header(9))).as("until the other end agrees that it is over").isZero();
        pair.pump();
        assertThat(pair.opener.openStream(header(9))).isEqualTo(7);
        for (int i = 0; i < 5; i++)
            assertThat(pair.acceptor.openStream(header(i))).isPositive();
        pair.pump();
        assertThat(pair.opener.isOpen()).isTrue();
        assertThat(pair.acceptor.isOpen()).isTrue();
    }

    @Test
    void whatHasEndedAndIsNeverReadIsBounded() {
        TrunkPair pair = TrunkPair.open(random, new TrunkConfig(0, 0, 4));
        for (int i = 0; i < 40; i++) {
            int stream = pair.opener.openStream(header(i));
            assertThat(stream).isPositive();
            pair.pump();
            pair.acceptor.endStream(stream); // answers before it has read
            pair.opener.write(stream, new byte[1_000], 0, 1_000);
            pair.opener.endStream(stream);
            pair.pump();
            assertThat(pair.opener.read(stream, buffer, 0, 10)).isEqualTo(-1);
        }
        assertThat(pair.acceptorEvents.stream().filter(TrunkEvent.StreamReset.class::isInstance)).hasSize(32);
        assertThat(pair.acceptor.read(79, buffer, 0, 2_000)).as("the last is still there").isEqualTo(1_000);
        assertThat(pair.acceptor.read(79, buffer, 0, 2_000)).isEqualTo(-1);
        assertThat(pair.acceptor.read(1, buffer, 0, 2_000)).as("the first is not").isEqualTo(-1);
    }

    @Test
    void silenceEndsItAndAnIdleTrunkIsNotSilent() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        pair.pass(600_000_000_000L);
        assertThat(pair.opener.isOpen()).isTrue();
        assertThat(pair.opener.recordsOut()).isBetween(58L, 62L);
        pair.opener.onTimer(pair.nowNs + Trunk.SILENCE_NS);
        assertThat(pair.opener.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.TIMED_OUT, false));
    }

    @Test
    void closingTellsTheOtherEnd() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        pair.stream();
        pair.opener.close();
        assertThat(pair.opener.openStream(header(1))).isZero();
        pair.pump();
        assertThat(pair.openerEvents).contains(new TrunkEvent.Closed(TrunkClose.FINISHED, false));
        assertThat(pair.acceptorEvents).contains(new TrunkEvent.Closed(TrunkClose.FINISHED, true));
        pair.opener.onConnectionEnd();
        assertThat(pair.opener.pollEvent()).as("said once").isNull();
        assertThat(pair.acceptor.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aConnectionThatEndsEndsTheTrunk() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        pair.stream();
        pair.opener.onConnectionEnd();
        assertThat(pair.opener.pollEvent()).isEqualTo(new TrunkEvent.Closed(TrunkClose.LOST, false));
        assertThat(pair.opener.take(pair.nowNs, buffer, 0)).isZero();
    }

    @Test
    void absurdCallsAndSettingsAreRefused() {
        TrunkPair pair = TrunkPair.open(random, CONFIG);
        assertThatThrownBy(() -> pair.opener.openStream(new byte[0])).hasMessageContaining("header of 0 bytes");
        assertThatThrownBy(() -> pair.opener.openStream(new byte[Trunk.MAX_HEADER + 1]))
                .hasMessageContaining("header of");
        assertThatThrownBy(() -> new TrunkConfig(-1, 0, 1)).hasMessageContaining("cells-per-second");
        assertThatThrownBy(() -> new TrunkConfig(0, 100_001, 1)).hasMessageContaining("most-cells-per-second");
        assertThatThrownBy(() -> new TrunkConfig(0, 0, 0)).hasMessageContaining("streams");
        assertThat(pair.opener.write(77, buffer, 0, 1)).isZero();
        assertThat(pair.opener.read(77, buffer, 0, 1)).isEqualTo(-1);
        pair.opener.endStream(77);
        pair.opener.resetStream(77, ResetReason.CANCELLED);
        assertThat(pair.opener.isOpen()).isTrue();
    }

    /** Many streams from both sides, random writes, reads, ends and resets: what is read is what was written. */
    @Test
    void randomStreamsArriveWhole() {
        for (int round = 0; round < 12; round++) {
            TrunkConfig config = new TrunkConfig(round % 3 == 0 ? 5_000 : 0, 10_000, 1 + random.nextInt(20));
            TrunkPair pair = TrunkPair.open(random, config);
            List<Talk> talks = new ArrayList<>();
            for (int step = 0; step < 1_500; step++) {
                boolean byOpener = random.nextInt(2) == 0;
                int stream = random.nextInt(20) != 0
                        ? 0
                        : (byOpener ? pair.opener : pair.acceptor).openStream(header(1));
                if (stream > 0) {
                    talks.add(new Talk(pair.opener, pair.acceptor, stream, random.nextLong()));
                    talks.add(new Talk(pair.acceptor, pair.opener, stream, random.nextLong()));
                }
                if (!talks.isEmpty())
                    act(talks, talks.get(random.nextInt(talks.size())));
                if (random.nextInt(3) == 0)
                    pair.move(pair.opener, pair.acceptor);
                if (random.nextInt(3) == 0)
                    pair.move(pair.acceptor, pair.opener);
                pair.nowNs += random.nextInt(200_000);
                pair.drain();
            }
            for (Talk talk : talks)
                talk.ending = true;
            for (int i = 0; i < 100_000 && pair.opener.streams() + pair.acceptor.streams() > 0; i++) {
                for (Talk talk : talks)
                    act(talks, talk);
                pair.nowNs += 1_000_000;
                pair.pump();
            }
            assertThat(pair.opener.streams() + pair.acceptor.streams()).isZero();
            for (int i = 0; i < 100; i++)
                for (Talk talk : talks) // what came last
                    act(talks, talk);
            assertThat(pair.opener.isOpen() && pair.acceptor.isOpen()).isTrue();
            excuseDropped(talks, pair.openerEvents);
            excuseDropped(talks, pair.acceptorEvents);
            for (Talk talk : talks)
                if (!talk.reset)
                    assertThat(talk.read).as("stream %d of %d", talk.stream, talks.size() / 2).isEqualTo(talk.written);
            assertThat(talks.stream().filter(talk -> !talk.reset && talk.written > 0)).isNotEmpty();
        }
    }

    /** What one end says in a stream: its bytes follow from a seed. */
    private static final class Talk {
        final Trunk from;
        final Trunk to;
        final int stream;
        final long seed;
        long written;
        long read;
        boolean ending;
        boolean reset;

        Talk(Trunk from, Trunk to, int stream, long seed) {
            this.from = from;
            this.to = to;
            this.stream = stream;
            this.seed = seed;
        }

        byte at(long offset) {
            return (byte) ((seed + offset) * 0x9e37_79b9_7f4a_7c15L >>> 56);
        }
    }

    /** Streams that were dropped because they had ended and nobody read them. */
    private static void excuseDropped(List<Talk> talks, List<TrunkEvent> events) {
        for (TrunkEvent event : events)
            if (event instanceof TrunkEvent.StreamReset(int stream, ResetReason reason)) {
                assertThat(reason).isIn(ResetReason.CANCELLED, ResetReason.TIMED_OUT);
                for (Talk talk : talks)
                    if (talk.stream == stream) {
                        assertThat(talk.reset || reason == ResetReason.TIMED_OUT).isTrue();
                        talk.reset = true;
                    }
            }
    }

    private void act(List<Talk> talks, Talk talk) {
        if (talk.ending)
            talk.from.endStream(talk.stream);
        else if (random.nextInt(200) == 0) {
            talk.from.resetStream(talk.stream, ResetReason.CANCELLED);
            for (Talk same : talks)
                same.reset |= same.stream == talk.stream;
        } else if (random.nextInt(40) == 0)
            talk.ending = true;
        else {
            int length = random.nextInt(30_000);
            for (int i = 0; i < length; i++)
                buffer[i] = talk.at(talk.written + i);
            talk.written += talk.from.write(talk.stream, buffer, 0, length);
        }
        int got = talk.to.read(talk.stream, buffer, 0, 1 + random.nextInt(60_000));
        for (int i = 0; i < got; i++)
            if (buffer[i] != talk.at(talk.read + i))
                throw new AssertionError("stream " + talk.stream + ", byte " + (talk.read + i));
        talk.read += Math.max(0, got);
    }
}
