package org.schiltron.swarm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.schiltron.wire.Wire;

/** A session's control frames that are to be sent, each until it arrives; at most {@value #MOST} wait. */
final class ControlFrames {
    private static final int MOST = 1_024;
    /** Of a session that moves. */
    private static final int MOST_OWED = MOST / 2;

    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private final Consumer<byte[]> again;

    /** @param again told of a frame that was lost */
    ControlFrames(Consumer<byte[]> again) {
        this.again = again;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** False if too many wait. */
    boolean add(byte[] frame) {
        if (waiting.size() >= MOST)
            return false;
        waiting.addLast(frame);
        return true;
    }

    /** No list is sent any longer. */
    void removeList() {
        waiting.removeIf(frame -> frame[0] == Frames.LIST);
    }

    void clear() {
        waiting.clear();
    }

    /** As many as there is room for. */
    void fill(PacketBuilder packet) {
        while (!waiting.isEmpty() && waiting.getFirst().length <= packet.room()) {
            byte[] frame = waiting.removeFirst();
            packet.frame(frame, new Sent(frame));
        }
    }

    /** Those that may not have arrived, and matter to a session that goes on without its streams. */
    void writeTo(HandOverWriter to, Flight flight) {
        List<byte[]> owed = new ArrayList<>(waiting);
        flight.owed(owed);
        owed.removeIf(frame -> frame[0] != Frames.LIST && frame[0] != Frames.RESET);
        int count = Math.min(owed.size(), MOST_OWED);
        to.number(count);
        owed.subList(0, count).forEach(to::counted);
    }

    /** What {@link #writeTo} wrote waits here. */
    void resume(FrameReader from) {
        int owed = from.varintUpTo(MOST_OWED);
        for (int i = 0; i < owed && !from.failed(); i++)
            add(HandOverWriter.counted(from, Wire.MAX_BODY));
    }

    private final class Sent implements SentFrame {
        private final byte[] frame;

        Sent(byte[] frame) {
            this.frame = frame;
        }

        @Override
        public void onAcked() {
            // nothing more to do for it
        }

        @Override
        public void onLost() {
            again.accept(frame);
        }

        @Override
        public byte[] owed() {
            return frame;
        }
    }
}
