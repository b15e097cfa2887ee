package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** Sends back what comes in, from the socket it came to. */
final class Echo implements Machine<Void> {
    private final Path to = new Path();
    private MemorySegment from = MemorySegment.NULL;
    private long fromOffset;
    private int length;
    private long echoed;

    long echoed() {
        return echoed;
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int datagramLength) {
        to.set(path);
        from = segment;
        fromOffset = offset;
        length = datagramLength;
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
        if (length == 0)
            return;
        long at = sink.claim(length);
        MemorySegment.copy(from, fromOffset, sink.segment(), at, length);
        sink.commit(to, length);
        length = 0;
        echoed++;
    }

    @Override
    public @Nullable Void pollEvent() {
        return null;
    }
}
