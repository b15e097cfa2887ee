package org.schiltron.app;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.ArraySink;
import org.schiltron.machine.TransmitSink;

/**
 * A machine behind an emulated access link: what comes in and goes out passes a {@link SharedLink} first, in real time.
 * Itself a machine, so that it runs behind real sockets like the one it wraps.
 *
 * <p>What the upstream filter refuses never reaches the link, as with an access list at the provider.
 */
final class EmulatedAccess<M extends Machine<E>, E> implements Machine<E> {
    private record Passing(Path path, byte[] bytes, long exitNs) {
    }

    private final M machine;
    private final SharedLink down;
    private final SharedLink up;
    private final ArrayDeque<Passing> incoming = new ArrayDeque<>(); // bounded by the link's queue and delay
    private final ArrayDeque<Passing> outgoing = new ArrayDeque<>();
    private final TransmitSink collector = new ArraySink(this::onto);
    private volatile @Nullable Predicate<Path> upstreamFilter; // null: everyone passes
    private long nowNs;

    EmulatedAccess(M machine, SharedLink down, SharedLink up) {
        this.machine = machine;
        this.down = down;
        this.up = up;
    }

    M machine() {
        return machine;
    }

    SharedLink down() {
        return down;
    }

    /** From any thread: only sources that pass are let onto the link; null lets everyone. */
    void filterUpstream(@Nullable Predicate<Path> allowed) {
        upstreamFilter = allowed;
    }

    @Override
    public void onDatagram(long now, Path path, MemorySegment segment, long offset, int length) {
        nowNs = now;
        Predicate<Path> filter = upstreamFilter;
        if (filter != null && !filter.test(path))
            return;
        long exitNs = down.offer(now, length);
        if (exitNs >= 0)
            incoming.addLast(new Passing(path.copy(), copy(segment, offset, length), exitNs));
    }

    private static byte[] copy(MemorySegment segment, long offset, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
        return bytes;
    }

    @Override
    public void onTimer(long now) {
        nowNs = now;
        while (!incoming.isEmpty() && incoming.getFirst().exitNs <= now) {
            Passing due = incoming.removeFirst();
            machine.onDatagram(now, due.path, MemorySegment.ofArray(due.bytes), 0, due.bytes.length);
            machine.pollTransmit(collector);
        }
        if (machine.nextDeadlineNs() <= now)
            machine.onTimer(now);
    }

    @Override
    public long nextDeadlineNs() {
        long next = machine.nextDeadlineNs();
        if (!incoming.isEmpty())
            next = Math.min(next, incoming.getFirst().exitNs);
        if (!outgoing.isEmpty())
            next = Math.min(next, outgoing.getFirst().exitNs);
        return next;
    }

    @Override
    public void pollTransmit(TransmitSink sink) {
        machine.pollTransmit(collector);
        while (!outgoing.isEmpty() && outgoing.getFirst().exitNs <= nowNs) {
            Passing due = outgoing.removeFirst();
            long at = sink.claim(due.bytes.length);
            MemorySegment.copy(due.bytes, 0, sink.segment(), ValueLayout.JAVA_BYTE, at, due.bytes.length);
            sink.commit(due.path, due.bytes.length);
        }
    }

    @Override
    public @Nullable E pollEvent() {
        return machine.pollEvent();
    }

    /** Takes what the machine sends onto the uplink. */
    private void onto(Path to, byte[] datagram) {
        long exitNs = up.offer(nowNs, datagram.length);
        if (exitNs >= 0)
            outgoing.addLast(new Passing(to, datagram, exitNs));
    }
}
