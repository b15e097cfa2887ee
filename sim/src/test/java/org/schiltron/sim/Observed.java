package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** A machine with a witness beside it, who sees exactly what it gets and what it sends. */
final class Observed<E, M extends Machine<E>> implements Machine<E> {
    /** Sees; throws an AssertionError at what must not be. */
    interface Witness {
        void got(long nowNs, Path from, MemorySegment s, long at, int length);

        void sent(long nowNs, Path to, MemorySegment s, long at, int length);

        /** The machine is at rest again. */
        default void drained() {
        }
    }

    private final M machine;
    private final Witness witness;
    private final Sink sink = new Sink();
    private long nowNs;

    Observed(M machine, Witness witness) {
        this.machine = machine;
        this.witness = witness;
    }

    M machine() {
        return machine;
    }

    @Override
    public void onDatagram(long now, Path path, MemorySegment segment, long offset, int length) {
        nowNs = now;
        witness.got(nowNs, path, segment, offset, length);
        machine.onDatagram(nowNs, path, segment, offset, length);
    }

    @Override
    public void onTimer(long now) {
        nowNs = now;
        machine.onTimer(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        return machine.nextDeadlineNs();
    }

    @Override
    public void pollTransmit(TransmitSink to) {
        sink.inner = to;
        machine.pollTransmit(sink);
        witness.drained();
    }

    @Override
    public @Nullable E pollEvent() {
        return machine.pollEvent();
    }

    private final class Sink implements TransmitSink {
        private @Nullable TransmitSink inner;
        private long claimed;

        private TransmitSink inner() {
            return java.util.Objects.requireNonNull(inner);
        }

        @Override
        public MemorySegment segment() {
            return inner().segment();
        }

        @Override
        public long claim(int maxLength) {
            claimed = inner().claim(maxLength);
            return claimed;
        }

        @Override
        public void commit(Path to, int length) {
            witness.sent(nowNs, to, inner().segment(), claimed, length);
            inner().commit(to, length);
        }
    }
}
