package org.schiltron.edge;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Handshake;

/** One connection that a leg goes over, or wants to. */
final class LegCarrier {
    enum Phase {
        /** What {@link LegHeads} draws is still to come. */
        BEGINNING,
        /** At a client that resumed: the landing's POSITION is still to come. */
        POSITION,
        /** Frames come and go. */
        UP
    }

    /** The driver's number for it. */
    final int handle;
    /** Within the leg, rising; 0 at a landing until it is known. */
    int number;
    Phase phase = Phase.BEGINNING;
    /** The position that comes next over it, unless the rest came over another. */
    long expected;
    long heardNs;
    /** When it was made, or later when it was retired. */
    long sinceNs;
    long pingedNs;
    boolean pinged; // and nothing heard since
    boolean pingDue;
    boolean pongDue;
    boolean positionDue;
    /** The leg has moved on: LEAVE is the last thing said here. */
    boolean retired;
    boolean leaveSent;
    boolean leaveHeard;
    /** Stands in the row of those with something to send. */
    boolean queued;
    /** At a client that starts a leg over it. */
    @Nullable
    Handshake handshake;
    @Nullable
    LegId startedLeg;

    private @Nullable TrunkRecords records;
    private byte[] raw = {}; // to be sent before records
    private byte[] head = new byte[LegHeads.HEAD]; // what came before records
    private int have;

    LegCarrier(int handle, long nowNs) {
        this.handle = handle;
        heardNs = nowNs;
        sinceNs = nowNs;
    }

    void sendRaw(byte[] bytes) {
        raw = bytes;
    }

    boolean hasRaw() {
        return raw.length > 0;
    }

    int takeRaw(byte[] out, int offset) {
        int length = raw.length;
        System.arraycopy(raw, 0, out, offset, length);
        raw = new byte[0];
        return length;
    }

    /** Takes bytes of the beginning, up to {@code needed} in all; returns how many. */
    int feedHead(byte[] from, int offset, int length, int needed) {
        if (head.length < needed)
            head = Arrays.copyOf(head, needed);
        int taken = Math.min(length, needed - have);
        System.arraycopy(from, offset, head, have, taken);
        have += taken;
        return taken;
    }

    int headHave() {
        return have;
    }

    byte[] head() {
        return head;
    }

    /** After the beginning, nothing of it is kept. */
    void begin(TrunkRecords with, Phase next) {
        records = with;
        phase = next;
        head = new byte[0];
        handshake = null;
    }

    @Nullable
    TrunkRecords records() {
        return records;
    }
}
