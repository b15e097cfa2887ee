package org.schiltron.swarm;

import org.schiltron.machine.Machine;

/**
 * What one direction's receiver has to acknowledge, and when: every {@value #EVERY} packets that ask for it, or a quarter
 * of a round trip after the first (1 to 20 ms).
 */
final class Acknowledger {
    private static final int MAX_RANGES = 24;
    private static final int EVERY = 24;
    private static final long AGAIN_NS = 50_000_000L;
    /** Type, four varints, a short one. */
    private static final int HEAD = 1 + 4 * 8 + 2;
    private static final int RANGE = 16;
    /** Room that an ACK wants at least, bytes; it reports as many ranges as there is room for. */
    static final int MIN_ROOM = HEAD + RANGE;

    private final RangeSet received = new RangeSet(256);
    private long largestNs;
    private int unacked;
    private long ackedNs;
    private boolean unsure; // the last ACK went in a packet whose loss nobody would notice
    private long dueNs = Machine.NO_DEADLINE;

    void onReceived(long nowNs, long index, boolean eliciting, long rttNs) {
        if (!received.add(index, index + 1)) {
            received.removeFirst();
            received.add(index, index + 1);
        }
        if (received.end(received.count() - 1) == index + 1)
            largestNs = nowNs;
        if (!eliciting)
            return;
        unacked++;
        long delay = unacked >= EVERY ? 0 : Math.max(1_000_000L, Math.min(20_000_000L, rttNs / 4));
        dueNs = Math.min(dueNs, nowNs + delay);
    }

    boolean due(long nowNs) {
        return nowNs >= dueNs;
    }

    long dueNs() {
        return dueNs;
    }

    /** Whether the next packet is to carry an ACK: for what came since the last, or because that may have been lost. */
    boolean wanted(long nowNs) {
        return unacked > 0 || (nowNs - ackedNs > AGAIN_NS && !received.isEmpty());
    }

    void write(long nowNs, PacketBuilder packet, long windowStart, long windowEnd, long rate) {
        byte[] plain = packet.plain();
        int at = packet.length();
        int ranges = Math.min(Math.min(MAX_RANGES, received.count()), (packet.room() - HEAD) / RANGE);
        plain[at++] = Frames.ACK;
        at = Varint.write(plain, at, windowStart);
        at = Varint.write(plain, at, windowEnd);
        at = Varint.write(plain, at, rate);
        at = Varint.write(plain, at, received.isEmpty() ? 0 : (nowNs - largestNs) / 1_000);
        at = Varint.write(plain, at, ranges);
        for (int i = 0; i < ranges; i++) {
            int range = received.count() - 1 - i;
            if (i == 0)
                at = Varint.write(plain, at, received.end(range) - 1);
            else
                at = Varint.write(plain, at, received.start(range + 1) - received.end(range) - 1);
            at = Varint.write(plain, at, received.end(range) - received.start(range) - 1);
        }
        packet.advance(at);
        unacked = 0;
        ackedNs = nowNs;
        unsure = !packet.eliciting();
        dueNs = Machine.NO_DEADLINE;
    }

    /** The last ACK may have been lost without anyone noticing. */
    boolean unsure() {
        return unsure;
    }

    /** The packet with the last ACK asks to be acknowledged itself. */
    void isSure() {
        unsure = false;
    }

    void stop() {
        dueNs = Machine.NO_DEADLINE;
    }
}
