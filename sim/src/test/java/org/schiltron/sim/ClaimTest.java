package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** What machines claim from the network and what becomes of it. */
class ClaimTest {
    private final Simulation simulation = new Simulation(1);
    private final Path to = simulation.newAddress(7);
    private final List<byte[]> got = new ArrayList<>();

    ClaimTest() {
        simulation.add("receiver", new Attacker((self, nowNs, from, payload) -> got.add(payload)), to);
    }

    /** Gives the sink to a callback, once. */
    private static final class Writer implements Machine<Void> {
        private @Nullable Consumer<TransmitSink> next;

        void write(Consumer<TransmitSink> what) {
            next = what;
        }

        @Override
        public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
            // sends only
        }

        @Override
        public void onTimer(long nowNs) {
            // has no deadlines
        }

        @Override
        public long nextDeadlineNs() {
            return NO_DEADLINE;
        }

        @Override
        public void pollTransmit(TransmitSink sink) {
            Consumer<TransmitSink> what = next;
            next = null;
            if (what != null)
                what.accept(sink);
        }

        @Override
        public @Nullable Void pollEvent() {
            return null;
        }
    }

    private void write(Consumer<TransmitSink> what) {
        simulation.add("writer " + simulation.nodes().size(), new Writer(), simulation.newAddress(9))
                .command(writer -> writer.write(what));
    }

    private void send(TransmitSink sink, int claimed, int first, int length) {
        long at = sink.claim(claimed);
        for (int i = 0; i < length; i++)
            sink.segment().set(ValueLayout.JAVA_BYTE, at + i, (byte) (first + i));
        sink.commit(to, length);
    }

    @Test
    void whatIsNotCommittedIsNotSentAndReturnsItsSlot() {
        write(sink -> {
            sink.claim(2_048);
            sink.claim(10);
            sink.claim(2_048);
        });
        assertThat(simulation.inFlight()).isZero();
        assertThat(simulation.statistics().packetsIn()).isZero();
        simulation.run(1_000_000_000);
        assertThat(got).isEmpty();
    }

    @Test
    void eachIsSentAsWrittenHoweverMuchWasClaimed() {
        int[] lengths = {1, 63, 64, 65, 128, 129, 1_000, 1_024, 1_025, 1_400};
        write(sink -> {
            for (int length : lengths)
                send(sink, 2_048, length, length);
            sink.claim(2_048);
            for (int length : lengths)
                send(sink, length, length, length);
        });
        assertThat(simulation.inFlight()).isEqualTo(2 * lengths.length);
        simulation.run(1_000_000_000);
        assertThat(simulation.inFlight()).isZero();
        assertThat(got).hasSize(2 * lengths.length);
        for (int i = 0; i < got.size(); i++) {
            byte[] payload = got.get(i);
            assertThat(payload).hasSize(lengths[i % lengths.length]);
            for (int at = 0; at < payload.length; at++)
                assertThat(payload[at]).isEqualTo((byte) (payload.length + at));
        }
    }

    @Test
    void whoCommitsMoreThanIsClaimedOrTwiceIsAtFault() {
        assertThatThrownBy(() -> new ClaimTest().write(sink -> {
            sink.claim(10);
            sink.commit(to, 11);
        })).hasMessageContaining("commits 11 bytes of 10");
        assertThatThrownBy(() -> new ClaimTest().write(sink -> {
            sink.claim(2_048);
            sink.commit(to, 5);
            sink.commit(to, 5);
        })).hasMessageContaining("commits 5 bytes of 0");
        assertThatThrownBy(() -> new ClaimTest().write(sink -> sink.segment())).hasMessageContaining("claimed nothing");
    }
}
