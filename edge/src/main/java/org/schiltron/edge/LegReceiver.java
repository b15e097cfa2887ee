package org.schiltron.edge;

import org.jspecify.annotations.Nullable;

/**
 * One direction of a leg at its receiver: puts what comes over several carriers into one row, each byte once. Holds at
 * most {@link LegSender#WINDOW} bytes that the driver has not taken.
 */
final class LegReceiver {
    private static final long NEVER = Long.MAX_VALUE;

    private final ByteQueue queue = new ByteQueue(LegSender.WINDOW);
    private long received; // the next position that is missing
    private long taken;
    private long said; // of taken, to the other end
    private long endAt = NEVER;
    private long resetAt = NEVER;
    private boolean discarding;
    private boolean wantsRead = true;

    /** Bytes at a position; those that are here already came over another carrier. */
    @Nullable
    CarrierEnd onData(long offset, byte[] from, int at, int length) {
        if (offset < 0 || offset > received)
            return CarrierEnd.GAP;
        long end = offset + length;
        if (end > Math.min(endAt, resetAt))
            return CarrierEnd.AFTER_END;
        int fresh = (int) Math.max(0, end - received);
        if (!discarding && fresh > queue.room())
            return CarrierEnd.OVER_WINDOW;
        received += fresh;
        if (discarding)
            taken = received;
        else
            queue.write(from, at + length - fresh, fresh);
        return null;
    }

    /** END at a position, perhaps again. */
    @Nullable
    CarrierEnd onEnd(long offset) {
        if (offset == endAt)
            return null;
        if (endAt != NEVER || resetAt != NEVER)
            return CarrierEnd.AFTER_END;
        if (offset != received)
            return offset > received ? CarrierEnd.GAP : CarrierEnd.REPEATED;
        endAt = received++;
        if (discarding)
            taken = received;
        return null;
    }

    /** RESET at a position, perhaps again: everything counts as taken, though what is here may still be read. */
    @Nullable
    CarrierEnd onReset(long offset) {
        if (offset == resetAt)
            return null;
        if (resetAt != NEVER)
            return CarrierEnd.AFTER_END;
        if (offset != received)
            return offset > received ? CarrierEnd.GAP : CarrierEnd.REPEATED;
        resetAt = received++;
        taken = received;
        return null;
    }

    /** Bytes, 0 if there are none yet, -1 if there will be none. */
    int read(byte[] into, int offset, int length) {
        int got = queue.read(into, offset, length);
        if (!isReset())
            taken += got;
        if (got > 0 || length == 0)
            return got;
        if (endAt != NEVER || isReset()) {
            taken = received;
            return -1;
        }
        wantsRead = true;
        return discarding ? -1 : 0;
    }

    int readable() {
        return queue.size();
    }

    /** The driver wants nothing more: what comes counts as taken. */
    void discard() {
        discarding = true;
        queue.clear();
        taken = received;
    }

    /** Whether the driver is to be told, once, that there is something to read. */
    boolean tellReadable() {
        boolean tell = wantsRead && !discarding && (queue.size() > 0 || endAt != NEVER);
        if (tell)
            wantsRead = false;
        return tell;
    }

    long received() {
        return received;
    }

    long taken() {
        return taken;
    }

    /** The other end is being told of everything taken so far. */
    void say() {
        said = taken;
    }

    /** What was said may have been lost with the carrier it went over. */
    void sayAgain() {
        said = Math.max(0, Math.min(said, taken - 1));
    }

    /** How much of what was taken the other end does not know of. */
    long unsaid() {
        return taken - said;
    }

    /** Whether there will be nothing more, and all was taken. */
    boolean isDone() {
        return (endAt != NEVER || isReset()) && taken == received;
    }

    boolean isReset() {
        return resetAt != NEVER;
    }
}
