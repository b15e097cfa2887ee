package org.schiltron.bench;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.schiltron.wire.Wire;

/**
 * What {@code forward.c} does, as a machine: sends each datagram on to the IPv4 address and port at its bytes 8 to 13,
 * if that is loopback. Measures the loop by itself.
 */
final class ForwardMachine implements Machine<Void> {
    private final Path to = new Path();
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;
    private int pending;

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment from, long at, int length) {
        if (length < 14 || Wire.getU8(from, at + 8) != 127)
            return;
        to.set(path.socket(), 0, 0xffff_0000_0000L | Wire.getInt(from, at + 8) & 0xffff_ffffL,
                Wire.getU16(from, at + 12));
        segment = from;
        offset = at;
        pending = length;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        if (pending == 0)
            return;
        long at = sink.claim(pending);
        MemorySegment.copy(segment, offset, sink.segment(), at, pending);
        sink.commit(to, pending);
        pending = 0;
    }

    @Override
    public void onTimer(long nowNs) {
    }

    @Override
    public long nextDeadlineNs() {
        return NO_DEADLINE;
    }

    @Override
    public @Nullable Void pollEvent() {
        return null;
    }
}
