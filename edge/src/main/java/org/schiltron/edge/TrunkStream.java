package org.schiltron.edge;

import org.jspecify.annotations.Nullable;

/**
 * One stream of a trunk: at most {@link #CREDIT} bytes wait to be sent, and at most as many to be read, since the other
 * end sends only what it has credit for. Either direction ends with END or RESET; a RESET is answered with END or RESET,
 * so that both ends know when a number is over.
 */
final class TrunkStream {
    static final int CREDIT = 64 << 10;
    /** Credit goes back when that much has been read. */
    private static final int RETURNED = 16 << 10;
    /** Fewer bytes than that are not split off to fill a record. */
    private static final int CRUMB = 64;

    final int id;
    final boolean local; // opened here
    boolean queued; // has its place in the row of those with something to send

    private final ByteQueue out = new ByteQueue(CREDIT);
    private final ByteQueue in = new ByteQueue(CREDIT);
    private byte @Nullable [] header; // until OPEN has been sent
    private int credit = CREDIT; // may still be sent
    private int allowed = CREDIT; // may still come
    private int owed; // read, and not yet given back as credit
    private boolean ending; // no more is written
    private boolean endSent;
    private @Nullable ResetReason reset; // to be sent
    private boolean resetSent;
    private boolean peerEnded; // by END or RESET
    private boolean over; // given up by either end: nothing is read or written any more
    private boolean wantsRead = true; // tell when there is something to read
    private boolean wantsWrite; // tell when there is room

    /** @param header of a stream opened here, else null */
    TrunkStream(int id, byte @Nullable [] header) {
        this.id = id;
        this.header = header;
        local = header != null;
    }

    // The driver's side

    int write(byte[] from, int offset, int length) {
        if (ending || over)
            return 0;
        int taken = out.write(from, offset, length);
        wantsWrite = taken < length;
        return taken;
    }

    /** Bytes, 0 if there are none yet, -1 if there will be none. */
    int read(byte[] into, int offset, int length) {
        if (over || peerEnded && in.size() == 0)
            return -1;
        int got = in.read(into, offset, length);
        if (got == 0 && length > 0)
            wantsRead = true;
        if (!peerEnded)
            owed += got;
        return got;
    }

    int readable() {
        return in.size();
    }

    int writable() {
        return ending || over ? 0 : out.room();
    }

    void end() {
        ending = true;
    }

    void reset(ResetReason reason) {
        over = true;
        out.clear();
        in.clear();
        if (!resetSent && reset == null && !isFinished())
            reset = reason;
    }

    /** Whether OPEN was not sent, so that the other end knows nothing of it. */
    boolean unknownToPeer() {
        return header != null;
    }

    // Frames in

    @Nullable
    TrunkClose onData(byte[] from, int offset, int length) {
        if (peerEnded)
            return TrunkClose.AFTER_END;
        if (length > allowed)
            return TrunkClose.OVER_CREDIT;
        allowed -= length;
        if (!over) // else it was under way when this end gave up
            in.write(from, offset, length);
        return null;
    }

    @Nullable
    TrunkClose onCredit(int amount) {
        if (amount < 1 || amount > CREDIT - credit)
            return TrunkClose.TOO_MUCH_CREDIT;
        credit += amount;
        return null;
    }

    @Nullable
    TrunkClose onEnd() {
        if (peerEnded)
            return TrunkClose.AFTER_END;
        peerEnded = true;
        return null;
    }

    /** Returns whether the driver has not given it up itself. */
    boolean onReset() {
        boolean news = !over;
        peerEnded = true;
        over = true;
        out.clear();
        in.clear();
        if (!endSent && !resetSent && reset == null)
            reset = ResetReason.CANCELLED;
        return news;
    }

    /** Whether the driver is to be told, once, that there is something to read. */
    boolean tellReadable() {
        boolean tell = wantsRead && !over && (in.size() > 0 || peerEnded);
        if (tell)
            wantsRead = false;
        return tell;
    }

    // Frames out

    boolean hasDue() {
        return header != null || credit() > 0 || out.size() > 0 && credit > 0 || endDue() || reset != null;
    }

    private boolean endDue() {
        return ending && !endSent && !resetSent && !over && out.size() == 0;
    }

    private int credit() {
        return owed >= RETURNED && !over && !peerEnded ? owed : 0;
    }

    /** Writes what is due, at most {@code most} bytes of data; stops where the next frame does not fit. */
    void emit(TrunkFrames into, int most) {
        if (header != null) {
            if (!into.open(id, header))
                return;
            header = null;
        }
        if (credit() > 0) {
            if (!into.credit(id, owed))
                return;
            allowed += owed;
            owed = 0;
        }
        int wanted = Math.min(most, Math.min(out.size(), credit));
        int length = Math.min(wanted, into.roomForData());
        if (length == wanted && length > 0 || length >= CRUMB) {
            into.data(id, out, length);
            credit -= length;
        }
        if (endDue() && into.end(id))
            endSent = true;
        if (reset != null && into.reset(id, reset)) {
            resetSent = true;
            reset = null;
        }
    }

    /** Whether the driver is to be told, once, that there is room again: a quarter, so that it writes no crumbs. */
    boolean tellWritable() {
        boolean tell = wantsWrite && !over && !ending && out.room() >= CREDIT / 4;
        if (tell)
            wantsWrite = false;
        return tell;
    }

    /** Whether neither end says anything more in it. */
    boolean isFinished() {
        return peerEnded && (endSent || resetSent);
    }

    /** Whether the driver has nothing more to read in it either. */
    boolean isRead() {
        return over || in.size() == 0;
    }
}
