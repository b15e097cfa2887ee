package org.schiltron.swarm;

import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The packets of one direction that are under way, by index: put, neither acknowledged nor taken for lost. */
final class Flight {
    private @Nullable SentPacket[] packets = new SentPacket[64]; // a power of two
    private long oldest;
    private int count;
    private int eliciting;
    private int waking;
    private int held;
    private final LongConsumer onHeld;

    /** @param onHeld told how many bytes more, or fewer, it keeps */
    Flight(LongConsumer onHeld) {
        this.onHeld = onHeld;
    }

    /** Bytes it keeps. */
    int held() {
        return held;
    }

    private void hold(int change) {
        held += change;
        onHeld.accept(change);
    }

    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether an acknowledgement is waited for. */
    boolean awaitsAnswer() {
        return eliciting > 0;
    }

    /** Whether a packet is under way for which an idle receiver wakes. */
    boolean isWaking() {
        return waking > 0;
    }

    /** No packet below this index is under way. */
    long oldest() {
        return oldest;
    }

    /** When the oldest packet was sent whose acknowledgement is waited for; one is. */
    long oldestElicitingNs() {
        long index = oldest;
        SentPacket packet = get(index);
        while (packet == null || !packet.eliciting)
            packet = get(++index);
        return packet.sentNs;
    }

    @Nullable
    SentPacket get(long index) {
        SentPacket packet = packets[(int) index & (packets.length - 1)];
        return packet != null && packet.index == index ? packet : null;
    }

    /** A packet whose index is above all others'. */
    void add(SentPacket packet) {
        if (count == 0)
            oldest = packet.index;
        while (packet.index - oldest >= packets.length) {
            @Nullable
            SentPacket[] larger = new SentPacket[packets.length * 2];
            for (long i = oldest; i < packet.index; i++)
                larger[(int) i & (larger.length - 1)] = get(i);
            packets = larger;
        }
        packets[(int) packet.index & (packets.length - 1)] = packet;
        count++;
        hold(packet.sealed.length);
        if (packet.eliciting)
            eliciting++;
        if (packet.waking)
            waking++;
    }

    void remove(SentPacket packet) {
        packets[(int) packet.index & (packets.length - 1)] = null;
        count--;
        hold(-packet.sealed.length);
        if (packet.eliciting)
            eliciting--;
        if (packet.waking)
            waking--;
        while (count > 0 && get(oldest) == null)
            oldest++;
    }

    /** Adds the control frames under way that may not have arrived. */
    void owed(List<byte[]> into) {
        for (SentPacket packet : packets)
            if (packet != null)
                packet.cargo.owed(into);
    }

    void clear() {
        packets = new SentPacket[1];
        count = 0;
        eliciting = 0;
        waking = 0;
        hold(-held);
    }
}
