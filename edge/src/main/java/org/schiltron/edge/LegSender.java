package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a leg at its sender: every byte has a position, counted from 0; END has the one after the last byte,
 * RESET the one after that or after END. Kept until the other end's driver has taken it: at most {@link #WINDOW} bytes,
 * then no more are written.
 */
final class LegSender {
    static final int WINDOW = 256 << 10;

    private final ByteQueue queue = new ByteQueue(WINDOW);
    private long base; // of the first byte kept
    private long sent; // over the carrier in use
    private long maxSent; // over any
    private long acked; // everything below was taken
    private boolean ended;
    private @Nullable ResetReason reset;
    private boolean dropped;
    private boolean wantsWrite;

    int write(byte[] from, int offset, int length) {
        if (isClosed())
            return 0;
        int taken = queue.write(from, offset, length);
        wantsWrite = taken < length;
        return taken;
    }

    int room() {
        return isClosed() ? 0 : queue.room();
    }

    void end() {
        if (reset == null)
            ended = true;
    }

    /** What was written before still goes first: the other end has room for it. */
    void reset(ResetReason reason) {
        if (reset == null && !dropped)
            reset = reason;
    }

    /** The other end gave up: nothing is sent any more. */
    void drop() {
        queue.clear();
        dropped = true;
    }

    /** Goes on over another carrier from what the other end has received; false if it cannot have. */
    boolean resume(long received) {
        if (received < 0 || received > maxSent)
            return false;
        sent = Math.max(received, acked); // below what it acknowledged: it has said since that it has them
        return true;
    }

    /** The other end's driver has taken everything below that; false if it cannot have. */
    boolean ack(long taken) {
        if (taken < 0 || taken > maxSent)
            return false;
        if (taken <= acked || dropped)
            return true;
        int bytes = (int) (Math.min(taken, written()) - base);
        queue.drop(bytes);
        base += bytes;
        acked = taken;
        sent = Math.max(sent, acked);
        return true;
    }

    /** Whether the driver is to be told, once, that there is room again: a quarter, so that it writes no crumbs. */
    boolean tellWritable() {
        boolean tell = wantsWrite && !isClosed() && queue.room() >= WINDOW / 4;
        if (tell)
            wantsWrite = false;
        return tell;
    }

    boolean hasDue() {
        return !dropped && sent < total();
    }

    /** Writes the next piece, which {@link #hasDue}. */
    void emit(ByteBuffer into) {
        if (sent < written()) {
            int length = (int) Math.min(written() - sent, into.remaining() - LegFrames.DATA_HEAD);
            into.put(LegFrames.DATA).putLong(sent);
            queue.copy((int) (sent - base), into.array(), into.arrayOffset() + into.position(), length);
            into.position(into.position() + length);
            sent += length;
        } else {
            if (ended && sent == written())
                into.put(LegFrames.END).putLong(sent);
            else
                into.put(LegFrames.RESET).putLong(sent).put((byte) (reset == null ? 0 : reset.code()));
            sent++;
        }
        maxSent = Math.max(maxSent, sent);
    }

    private long written() {
        return base + queue.size();
    }

    private long total() {
        return written() + (ended ? 1 : 0) + (reset != null ? 1 : 0);
    }

    private boolean isClosed() {
        return ended || reset != null || dropped;
    }

    /** Whether there is something that the other end has not said it has taken. */
    boolean isUnacked() {
        return !dropped && acked < total();
    }

    boolean isReset() {
        return reset != null;
    }

    /** Whether there will be nothing more, and all has been taken. */
    boolean isDone() {
        return isClosed() && !isUnacked();
    }
}
