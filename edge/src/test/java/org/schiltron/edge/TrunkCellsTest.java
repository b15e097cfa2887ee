package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.PacketCipher;

class TrunkCellsTest {
    private static final TrunkConfig CELLS = new TrunkConfig(50, 1_000, 64);

    private final RandomSource random = Draws.random();
    private final byte[] buffer = new byte[1 << 20];

    /** When cells left the opener, in order. */
    private List<Long> departures(TrunkPair pair, long ns, Runnable each) {
        List<Long> departures = new ArrayList<>();
        long end = pair.nowNs + ns;
        while (pair.opener.nextDeadlineNs() <= end) {
            pair.nowNs = pair.opener.nextDeadlineNs();
            each.run();
            for (int length = pair.opener.take(pair.nowNs, buffer, 0); length > 0; length = pair.opener
                    .take(pair.nowNs, buffer, 0)) {
                assertThat(length).isEqualTo(1_024);
                departures.add(pair.nowNs);
                pair.acceptor.onBytes(pair.nowNs, buffer, 0, length);
            }
            pair.move(pair.acceptor, pair.opener);
        }
        return departures;
    }

    @Test
    void exactlySoManyLeaveASecondWhetherThereIsSomethingToSayOrNot() {
        TrunkPair idle = TrunkPair.open(random, CELLS);
        TrunkPair busy = TrunkPair.open(random, CELLS);
        int stream = busy.opener.openStream(new byte[]{1});
        long[] read = new long[1];
        List<Long> quiet = departures(idle, 10_000_000_000L, () -> {
        });
        List<Long> loud = departures(busy, 10_000_000_000L, () -> {
            busy.opener.write(stream, new byte[10_000], 0, 10_000);
            read[0] += Math.max(0, busy.acceptor.read(stream, new byte[10_000], 0, 10_000));
        });
        assertThat(quiet).hasSize(500).isEqualTo(loud);
        for (int i = 1; i < quiet.size(); i++)
            assertThat(quiet.get(i) - quiet.get(i - 1)).isEqualTo(20_000_000);
        assertThat(idle.opener.paddingOut()).isGreaterThanOrEqualTo(500);
        assertThat(busy.opener.paddingOut()).isLessThan(3);
        assertThat(read[0]).as("bytes in 500 cells").isBetween(498L * 1_001, 500L * 1_001);
    }

    @Test
    void anOddRateIsKeptToTheCell() {
        TrunkPair pair = TrunkPair.open(random, new TrunkConfig(7, 1_000, 1));
        assertThat(departures(pair, 100_000_000_000L, () -> {
        })).hasSize(700);
    }

    @Test
    void aLateDriverSendsABoundedBurstAndCountsWhatItMissed() {
        TrunkPair pair = TrunkPair.open(random, CELLS);
        pair.nowNs += 10_000_000_000L;
        int burst = 0;
        while (pair.opener.take(pair.nowNs, buffer, 0) > 0)
            burst++;
        assertThat(burst).isEqualTo(CellClock.MOST_LATE);
        assertThat(pair.opener.cellsMissed()).isEqualTo(500 - burst);
        pair.nowNs = pair.opener.nextDeadlineNs();
        assertThat(pair.opener.take(pair.nowNs, buffer, 0)).as("back in step").isEqualTo(1_024);
        assertThat(pair.opener.take(pair.nowNs, buffer, 0)).isZero();
    }

    @Test
    void theRateIsTheOpenersWithinWhatTheAcceptorAllows() {
        TrunkPair pair = new TrunkPair(random, new TrunkConfig(200, 0, 1), new TrunkConfig(0, 200, 1));
        pair.pump();
        pair.pass(1_000_000_000L);
        assertThat(pair.acceptor.recordsOut()).isBetween(198L, 202L);
        TrunkPair refused = new TrunkPair(random, new TrunkConfig(201, 0, 1), new TrunkConfig(0, 200, 1));
        refused.pump();
        assertThat(refused.acceptorEvents).containsExactly(new TrunkEvent.Closed(TrunkClose.WRONG_MODE, false));
    }

    /** A turn that is a crumb would cost as much as a whole one. */
    @Test
    void theRestOfACellIsNotFilledWithCrumbs() {
        TrunkStreams streams = new TrunkStreams(true, 8, 8, new ArrayDeque<>());
        int first = streams.open(new byte[900]);
        int second = streams.open(new byte[10]);
        streams.write(first, new byte[60], 0, 60);
        streams.write(second, new byte[5_000], 0, 5_000);
        ByteBuffer cell = ByteBuffer.allocate(TrunkRecords.CELL_PLAIN);
        streams.emit(new TrunkFrames(cell));
        assertThat(cell.position()).as("OPEN, DATA, OPEN, and 17 bytes left").isEqualTo(907 + 67 + 17);
        cell.clear();
        streams.emit(new TrunkFrames(cell));
        assertThat(cell.position()).isEqualTo(TrunkRecords.CELL_PLAIN);
    }

    @Test
    void closingTakesTheNextCell() {
        TrunkPair pair = TrunkPair.open(random, CELLS);
        pair.opener.close();
        pair.pass(1_000_000_000L);
        assertThat(pair.acceptorEvents).contains(new TrunkEvent.Closed(TrunkClose.FINISHED, true));
        assertThat(pair.opener.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theKeysTurn() {
        TrunkRecords one = new TrunkRecords(false, new byte[32], new byte[32], new CipherPool(2));
        TrunkRecords other = new TrunkRecords(false, new byte[32], new byte[32], new CipherPool(2));
        int count = (1 << PacketCipher.EPOCH_BITS) + 1_000;
        for (int i = 0; i < count; i++) {
            buffer[one.prefix()] = (byte) i;
            int length = one.seal(buffer, 0, 1);
            assertThat(other.feed(buffer, 0, length)).isEqualTo(length);
            ByteBuffer opened = Objects.requireNonNull(other.open());
            if (opened.get(0) != (byte) i)
                throw new AssertionError("record " + i);
        }
    }

    @Test
    void aClockThatNeverComesBackToZero() {
        CellClock clock = new CellClock(TrunkConfig.MAX_CELLS_PER_SECOND, 0);
        long day = 86_400_000_000_000L;
        assertThat(clock.tick(100 * 365 * day)).isTrue();
        assertThat(clock.nextNs()).isBetween(100 * 365 * day - 1_000_000, 100 * 365 * day);
        int burst = 1;
        while (clock.tick(100 * 365 * day))
            burst++;
        assertThat(burst).isEqualTo(CellClock.MOST_LATE);
    }
}
