package org.schiltron.swarm;

/**
 * How far a sender may go: what the receiver has asked for as far as is known, and a few packets beyond it when nothing is
 * heard (Phalanx 3.2.1).
 */
final class SendWindow {
    private static final int MAX_BLIND = 32;
    /** An honest receiver has asked for no index further beyond the highest that came. */
    private static final long MAX_AHEAD = 2L * Inbound.MAX_WINDOW;

    private long start;
    private long end = Inbound.FIRST_WINDOW;
    private long largestAcked = -1;
    private int blind; // packets allowed beyond the end

    /** Below, nobody asks for anything any more. */
    long start() {
        return start;
    }

    /** The highest index known to have come, -1 if none. */
    long largestAcked() {
        return largestAcked;
    }

    /** The lowest index that may not be sent now. */
    long limit(boolean wakingUp) {
        long known = wakingUp ? Math.min(end, largestAcked + 1 + Inbound.IDLE_WINDOW) : end;
        return known + blind;
    }

    /** @param largest the highest index that has come, -1 if none */
    void onAck(long newStart, long newEnd, long largest) {
        start = Math.max(start, newStart);
        largestAcked = Math.max(largestAcked, largest);
        end = Math.max(end, Math.min(newEnd, largestAcked + 1 + MAX_AHEAD));
    }

    /** What was sent arrives: there is no need to go beyond. */
    void onProgress() {
        blind = 0;
    }

    /** Nothing tells how far the receiver is now. */
    void goBeyond(int packets) {
        blind = Math.min(blind + packets, MAX_BLIND);
    }

    void writeTo(HandOverWriter to) {
        to.number(start).number(end).number(largestAcked + 1);
    }

    /** False if malformed. */
    boolean readFrom(FrameReader from) {
        start = from.varint();
        end = from.varint();
        largestAcked = from.varint() - 1;
        return !from.failed() && start <= end && largestAcked < end + MAX_BLIND;
    }
}
