package org.schiltron.relay.routes;

import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;

/**
 * A stream of a trunk, or one that waits until its trunk is open. Each direction holds at most {@link
 * org.schiltron.edge.Trunk#CREDIT} bytes at either end.
 */
final class StreamPort implements Port {
    private static final byte[] ONE = new byte[1];

    /** With what it is to be opened; empty for one that the other end opened. */
    final byte[] header;
    private Events events = NOBODY;
    private @Nullable TrunkLink link;
    private int id;
    private boolean ending;
    private boolean endRead;
    private boolean over;
    private @Nullable ResetReason failure;

    /** One that waits. */
    StreamPort(byte[] header) {
        this.header = header;
    }

    /** One that the other end of a trunk opened. */
    StreamPort(TrunkLink link, int id) {
        this(new byte[0]);
        this.link = link;
        this.id = id;
    }

    /** Its trunk is open. */
    void opened(TrunkLink with, int stream) {
        link = with;
        id = stream;
        if (ending)
            with.trunk().endStream(stream);
        events.writable();
    }

    /** Whether nobody needs it any more. */
    boolean isOver() {
        return over;
    }

    @Override
    public void events(Events told) {
        events = told;
    }

    /** The stream has something. */
    void tellReadable() {
        if (!over && failure == null)
            events.readable();
    }

    void tellWritable() {
        if (!over && failure == null)
            events.writable();
    }

    /** From now on nothing is read: what the trunk says is no end in order. Followed by {@link #tellFailed}. */
    void mark(ResetReason reason) {
        if (failure == null)
            failure = reason;
    }

    void tellFailed(ResetReason reason) {
        mark(reason);
        if (over)
            return;
        over = true;
        events.failed(reason);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (link == null || over || failure != null || length == 0)
            return 0;
        if (endRead)
            return -1;
        int got = link.trunk().read(id, into, offset, length);
        link.touch(); // credit may be due
        if (got < 0) {
            endRead = true;
            forget();
        }
        return got;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        if (link == null || over || failure != null)
            return 0;
        int taken = link.trunk().write(id, from, offset, length);
        link.touch();
        return taken;
    }

    @Override
    public int writable() {
        if (link == null || over || failure != null)
            return 0;
        int room = link.trunk().writable(id);
        if (room == 0)
            link.trunk().write(id, ONE, 0, 1); // takes nothing, and has the trunk tell when there is room
        return room;
    }

    @Override
    public void end() {
        if (ending)
            return;
        ending = true;
        if (link == null)
            return;
        link.trunk().endStream(id);
        link.touch();
        forget();
    }

    /** Both directions are done with: the trunk sends the rest by itself. */
    private void forget() {
        if (link != null && ending && endRead)
            link.forget(id);
    }

    @Override
    public void reset(ResetReason reason) {
        if (over)
            return;
        over = true;
        if (link == null)
            return;
        link.trunk().resetStream(id, reason);
        link.forget(id);
        link.touch();
    }

    @Override
    public void close() {
        if (ending && endRead)
            over = true;
        else
            reset(ResetReason.CANCELLED);
    }
}
