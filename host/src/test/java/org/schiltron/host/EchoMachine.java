package org.schiltron.host;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/** Answers each datagram with itself, {@code copies} times, and reports every length and timer as an event. */
final class EchoMachine implements Machine<String> {
    final Path lastSource = new Path();
    int copies = 1;
    long deadlineNs = NO_DEADLINE;
    int timers;
    boolean reports;

    private final List<Map.Entry<Path, byte[]>> queued = new ArrayList<>();
    private final ArrayDeque<String> events = new ArrayDeque<>();
    private @Nullable MemorySegment pending;
    private long pendingOffset;
    private int pendingLength;

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        lastSource.set(path);
        pending = segment;
        pendingOffset = offset;
        pendingLength = length;
        if (reports)
            events.add("datagram " + length);
        if (length >= 5 && segment.get(ValueLayout.JAVA_BYTE, offset) == 'b'
                && segment.get(ValueLayout.JAVA_BYTE, offset + 1) == 'u')
            throw new IllegalStateException("a bug, as the test asked");
    }

    /** A command: sends {@code length} zeros. */
    void send(Path to, int length, int times) {
        lastSource.set(to);
        pending = MemorySegment.ofArray(new byte[length]);
        pendingOffset = 0;
        pendingLength = length;
        copies = times;
    }

    /** A command: sends {@code bytes} as they are. */
    void queue(Path to, byte[] bytes) {
        queued.add(Map.entry(to, bytes));
    }

    @Override
    public void onTimer(long nowNs) {
        if (nowNs < deadlineNs)
            return;
        deadlineNs = NO_DEADLINE;
        timers++;
        events.add("timer");
    }

    @Override
    public long nextDeadlineNs() {
        return deadlineNs;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        for (Map.Entry<Path, byte[]> entry : queued) {
            byte[] bytes = entry.getValue();
            long at = sink.claim(bytes.length);
            MemorySegment.copy(bytes, 0, sink.segment(), ValueLayout.JAVA_BYTE, at, bytes.length);
            sink.commit(entry.getKey(), bytes.length);
        }
        queued.clear();
        MemorySegment from = pending;
        if (from == null)
            return;
        for (int i = 0; i < copies && pendingLength > 0; i++) {
            long at = sink.claim(pendingLength);
            MemorySegment.copy(from, pendingOffset, sink.segment(), at, pendingLength);
            sink.commit(lastSource, pendingLength);
        }
        pending = null;
    }

    @Override
    public @Nullable String pollEvent() {
        return events.poll();
    }
}
