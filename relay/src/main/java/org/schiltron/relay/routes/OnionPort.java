package org.schiltron.relay.routes;

import org.jspecify.annotations.Nullable;
import org.schiltron.edge.OnionEnd;
import org.schiltron.edge.OnionFault;
import org.schiltron.edge.OnionSource;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EventLoop;

/** Either end of a mix leg as a port: bytes here, onion cells in the stream below. */
final class OnionPort implements Port {
    /** Room is told of from there on, so that nobody writes crumbs. */
    private static final int LEAST_ROOM = 16 << 10;

    private final EventLoop loop;
    private final Port stream;
    private final OnionEnd end;
    private final byte[] in = new byte[OnionSource.CELL]; // what the end has no room for yet
    private int inAt;
    private int inLength;
    private final byte[] out = new byte[OnionSource.CELL]; // what the stream has no room for yet
    private int outAt;
    private int outLength;
    private Events events = NOBODY;
    private boolean streamEnded;
    private boolean endSent;
    private boolean wantsWrite;
    private boolean over;
    private @Nullable ResetReason failure;
    private boolean failureTold;

    OnionPort(EventLoop loop, Port stream, OnionEnd end) {
        this.loop = loop;
        this.stream = stream;
        this.end = end;
        stream.events(new Below());
    }

    /** Moves what can be moved, both ways. */
    void go() {
        if (over)
            return;
        takeIn();
        giveOut();
        OnionFault fault = end.fault();
        ResetReason peer = end.peerReset();
        if (failure == null && fault != null)
            fail(fault.reset());
        else if (failure == null && peer != null)
            fail(peer);
        else if (hasNewRoom())
            loop.execute(this::tellRoom);
    }

    private void takeIn() {
        while (!streamEnded && failure == null) {
            if (inLength == 0) {
                inAt = 0;
                int got = stream.read(in, 0, in.length);
                if (got < 0) {
                    streamEnded = true;
                    end.onStreamEnd();
                }
                if (got <= 0)
                    return;
                inLength = got;
            }
            int taken = end.onBytes(in, inAt, inLength);
            inAt += taken;
            inLength -= taken;
            if (taken == 0 || end.fault() != null)
                return;
        }
    }

    private void giveOut() {
        while (failure == null) {
            if (outLength == 0) {
                outAt = 0;
                outLength = end.take(out, 0);
                if (outLength == 0)
                    break;
            }
            int taken = stream.write(out, outAt, outLength);
            outAt += taken;
            outLength -= taken;
            if (outLength > 0)
                return;
        }
        if (end.isDone() && !endSent && failure == null) {
            endSent = true;
            stream.end();
        }
    }

    private void fail(ResetReason reason) {
        failure = reason;
        stream.reset(reason);
        loop.execute(this::tellFailure);
    }

    private void tellFailure() {
        if (over || failureTold || failure == null)
            return;
        failureTold = true;
        over = true;
        events.failed(failure);
    }

    private boolean hasNewRoom() {
        return !over && failure == null && wantsWrite && end.writable() >= LEAST_ROOM;
    }

    private void tellRoom() {
        if (!hasNewRoom())
            return;
        wantsWrite = false;
        events.writable();
    }

    /** What the stream tells. */
    private final class Below implements Events {
        @Override
        public void readable() {
            go();
            if (!over && failure == null)
                events.readable();
        }

        @Override
        public void writable() {
            go();
        }

        @Override
        public void failed(ResetReason reason) {
            if (failure == null)
                failure = reason;
            tellFailure();
        }
    }

    // What is asked of this port

    @Override
    public void events(Events told) {
        events = told;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (over || failure != null || length == 0)
            return 0;
        int got = end.read(into, offset, length);
        if (got == 0) {
            go();
            got = end.read(into, offset, length);
        }
        if (got < 0 && (failure != null || end.fault() != null || end.peerReset() != null))
            got = 0;
        go(); // there is room for more, or this was the last
        return got;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        if (over || failure != null)
            return 0;
        int taken = end.write(from, offset, length);
        wantsWrite |= taken < length;
        go();
        return taken;
    }

    @Override
    public int writable() {
        if (over || failure != null)
            return 0;
        int room = end.writable();
        wantsWrite |= room == 0;
        return room;
    }

    @Override
    public void end() {
        end.end();
        go();
    }

    /** By the stream: its nodes hand it on, and it overtakes what waits. */
    @Override
    public void reset(ResetReason reason) {
        if (over)
            return;
        over = true;
        stream.reset(reason);
    }

    /** The last cells are still on their way to the stream. */
    @Override
    public void close() {
        events = NOBODY;
        go();
    }
}
