package org.schiltron.relay.routes;

import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;

/** A resumable leg at its landing. */
final class LandedPort implements Port {
    private static final byte[] ONE = new byte[1];

    private final Landing landing;
    private final int leg;
    private Events events = NOBODY;
    private @Nullable ResetReason failure;
    private boolean over;

    LandedPort(Landing landing, int leg) {
        this.landing = landing;
        this.leg = leg;
    }

    /** From now on nothing is read; {@link #tellFailed} follows. */
    void mark(ResetReason reason) {
        if (failure == null)
            failure = reason;
    }

    void tellReadable() {
        if (!over)
            events.readable();
    }

    void tellWritable() {
        if (!over)
            events.writable();
    }

    /** The leg is over, in order unless it was marked. */
    void tellFailed() {
        ResetReason reason = failure;
        if (over || reason == null)
            return;
        over = true;
        events.failed(reason);
    }

    @Override
    public void events(Events told) {
        events = told;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (over || failure != null || length == 0)
            return 0;
        int got = landing.machine().read(landing.loop().nowNs(), leg, into, offset, length);
        landing.touch();
        if (got >= 0)
            return got;
        landing.mark();
        return failure == null ? -1 : 0;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        if (over)
            return 0;
        int taken = landing.machine().write(landing.loop().nowNs(), leg, from, offset, length);
        landing.touch();
        return taken;
    }

    @Override
    public int writable() {
        if (over)
            return 0;
        int room = landing.machine().writable(leg);
        if (room == 0) // takes nothing, and has the leg tell when there is room
            landing.machine().write(landing.loop().nowNs(), leg, ONE, 0, 1);
        return room;
    }

    @Override
    public void end() {
        if (over)
            return;
        landing.machine().end(landing.loop().nowNs(), leg);
        landing.touch();
    }

    @Override
    public void reset(ResetReason reason) {
        if (over)
            return;
        over = true;
        landing.machine().reset(landing.loop().nowNs(), leg, reason);
        landing.touch();
    }

    /** The leg finishes by itself: both directions have ended. */
    @Override
    public void close() {
        over = true;
    }
}
