package org.schiltron.bench;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** A machine whose work is timed: the thread's processor time inside its calls, so that preemption does not count. */
final class Stopwatch<E> implements Machine<E> {
    private final Machine<E> machine;
    private long workNs;

    Stopwatch(Machine<E> machine) {
        this.machine = machine;
    }

    /** Since the start. */
    long workNs() {
        return workNs;
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        long start = CpuClock.nowNs();
        machine.onDatagram(nowNs, path, segment, offset, length);
        workNs += CpuClock.nowNs() - start;
    }

    @Override
    public void onTimer(long nowNs) {
        long start = CpuClock.nowNs();
        machine.onTimer(nowNs);
        workNs += CpuClock.nowNs() - start;
    }

    @Override
    public long nextDeadlineNs() {
        long start = CpuClock.nowNs();
        long next = machine.nextDeadlineNs();
        workNs += CpuClock.nowNs() - start;
        return next;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        long start = CpuClock.nowNs();
        machine.pollTransmit(sink); // the simulator's network is within it
        workNs += CpuClock.nowNs() - start;
    }

    @Override
    public @Nullable E pollEvent() {
        long start = CpuClock.nowNs();
        E event = machine.pollEvent();
        workNs += CpuClock.nowNs() - start;
        return event;
    }
}
