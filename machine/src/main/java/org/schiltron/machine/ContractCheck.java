package org.schiltron.machine;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Asserts the machine contract around any machine: time never runs backwards, both outputs are drained between
 * mutations, a drained machine has no more to send, and the deadline is constant between mutations. The simulator
 * wraps every machine in one. Commands are announced with {@link #mutate}.
 */
public final class ContractCheck<E> implements Machine<E> {
    private final Machine<E> machine;
    private long lastNs = Long.MIN_VALUE;
    private int timersAtOnce;
    private boolean transmitDrained = true;
    private boolean eventsDrained = true;

    public ContractCheck(Machine<E> machine) {
        this.machine = machine;
    }

    /** To be called before each command on the machine itself. */
    public void mutate(long nowNs) {
        if (nowNs < lastNs)
            throw new AssertionError("time ran backwards: " + nowNs + " after " + lastNs);
        if (!transmitDrained)
            throw new AssertionError("mutated before pollTransmit");
        if (!eventsDrained)
            throw new AssertionError("mutated before pollEvent yielded null");
        if (nowNs != lastNs)
            timersAtOnce = 0;
        lastNs = nowNs;
        transmitDrained = false;
        eventsDrained = false;
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        mutate(nowNs);
        machine.onDatagram(nowNs, path, segment, offset, length);
    }

    @Override
    public void onTimer(long nowNs) {
        mutate(nowNs);
        timersAtOnce++;
        machine.onTimer(nowNs);
    }

    /** Calls of {@link #onTimer} since time last passed: many say that the deadline stays in the past. */
    public int timersAtOnce() {
        return timersAtOnce;
    }

    @Override
    public long nextDeadlineNs() {
        long deadline = machine.nextDeadlineNs();
        if (deadline != machine.nextDeadlineNs())
            throw new AssertionError("deadline changed without a mutation");
        return deadline;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        machine.pollTransmit(sink);
        machine.pollTransmit(NOTHING_MORE);
        transmitDrained = true;
    }

    @Override
    public @Nullable E pollEvent() {
        E event = machine.pollEvent();
        if (event == null)
            eventsDrained = true;
        return event;
    }

    private static final TransmitSink NOTHING_MORE = new TransmitSink() {
        @Override
        public MemorySegment segment() {
            throw new AssertionError("transmits after it was drained");
        }

        @Override
        public long claim(int maxLength) {
            throw new AssertionError("transmits after it was drained");
        }

        @Override
        public void commit(Path to, int length) {
            throw new AssertionError("transmits after it was drained");
        }
    };
}
