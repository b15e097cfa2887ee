package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * A host whose behaviour a test writes down as a callback: it gets every datagram and sends what it likes from its own
 * addresses. For other source addresses see {@link Simulation#send}.
 */
public final class Attacker implements Machine<Void> {
    /** What the host does with a datagram it gets. */
    @FunctionalInterface
    public interface Receiver {
        /** @param from to be copied if kept; may be given to {@link Attacker#send} */
        void onDatagram(Attacker self, long nowNs, Path from, byte[] payload);
    }

    private record Outgoing(Path to, byte[] payload) {
    }

    private final Receiver receiver;
    private @Nullable ArrayDeque<Outgoing> outgoing; // none before the first: most hosts of a large world only listen

    public Attacker(Receiver receiver) {
        this.receiver = receiver;
    }

    /** One that only sends. */
    public Attacker() {
        this((self, nowNs, from, payload) -> {
        });
    }

    /** Sends 1 to 2,048 bytes, from the callback or as a command. */
    public void send(Path to, byte[] payload) {
        if (outgoing == null)
            outgoing = new ArrayDeque<>();
        outgoing.add(new Outgoing(to.copy(), payload.clone()));
    }

    @Override
    public void onDatagram(long nowNs, Path path, MemorySegment segment, long offset, int length) {
        receiver.onDatagram(this, nowNs, path, segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
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
        while (outgoing != null && !outgoing.isEmpty()) {
            Outgoing next = outgoing.remove();
            int length = next.payload.length;
            long at = sink.claim(length);
            MemorySegment.copy(next.payload, 0, sink.segment(), ValueLayout.JAVA_BYTE, at, length);
            sink.commit(next.to, length);
        }
    }

    @Override
    public @Nullable Void pollEvent() {
        return null;
    }
}
