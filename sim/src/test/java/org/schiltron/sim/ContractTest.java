package org.schiltron.sim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** What the simulator does with machines that break the contract. */
class ContractTest {
    private static class Idle implements Machine<Void> {
        @Override
        public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
            // ignores it
        }

        @Override
        public void onTimer(long nowNs) {
            // ignores it
        }

        @Override
        public long nextDeadlineNs() {
            return NO_DEADLINE;
        }

        @Override
        public void pollTransmit(TransmitSink sink) {
            // has nothing
        }

        @Override
        public @Nullable Void pollEvent() {
            return null;
        }
    }

    private static final class Timed extends Idle {
        private final LongSupplier deadline;

        Timed(LongSupplier deadline) {
            this.deadline = deadline;
        }

        @Override
        public long nextDeadlineNs() {
            return deadline.getAsLong();
        }
    }

    private static final class Sending extends Idle {
        private final Path to;
        private final int length;
        private boolean sent;
        private final boolean forEver;

        Sending(Path to, int length, boolean forEver) {
            this.to = to;
            this.length = length;
            this.forEver = forEver;
        }

        @Override
        public void pollTransmit(TransmitSink sink) {
            if (sent && !forEver)
                return;
            sent = true;
            sink.claim(length);
            sink.commit(to, length);
        }
    }

    private final Simulation simulation = new Simulation(4);

    private void assertFails(Machine<Void> machine, String message) {
        simulation.add("broken", machine, simulation.newAddress(1));
        assertThatThrownBy(() -> simulation.run(1_000)).isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("seed 4").hasMessageContaining(message);
    }

    @Test
    void aDeadlineThatChangesByItself() {
        long[] calls = {0};
        assertFails(new Timed(() -> calls[0]++), "deadline changed without a mutation");
    }

    @Test
    void aDeadlineThatStaysInThePast() {
        assertFails(new Timed(() -> 0), "broken's deadline stays in the past");
    }

    @Test
    void aMachineThatIsNeverDrained() {
        assertFails(new Sending(Path.ofIpv4(1, 1), 10, true), "transmits after it was drained");
    }

    @Test
    void aSocketThatIsNotThere() {
        assertFails(new Sending(new Path(3, 0, 1, 1), 10, false), "broken has no socket 3");
    }

    @Test
    void aClaimBeyondTheLongestDatagram() {
        assertFails(new Sending(Path.ofIpv4(1, 1), 2_049, false), "claims 2049 bytes");
    }

    @Test
    void aMachineThatThrows() {
        assertFails(new Timed(() -> {
            throw new IllegalStateException("lost my mind");
        }), "lost my mind");
    }
}
