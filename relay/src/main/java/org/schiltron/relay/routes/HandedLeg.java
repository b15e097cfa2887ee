package org.schiltron.relay.routes;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.End;
import org.schiltron.relay.EventLoop;
import org.schiltron.relay.Leg;
import org.schiltron.relay.LegAddress;

/**
 * A leg at its ingress, handed from the loop of its client's connection to the loop of the node: a {@link Leg} there, a
 * {@link Port} here. Between them stand two {@link Pipe}s, and tasks.
 */
final class HandedLeg implements Leg {
    /** A leg that the client is done with has so long to bring what was written to its end. */
    private static final long LINGER_NS = 60_000_000_000L;

    private final Executor clientLoop;
    private final EventLoop nodeLoop;
    private final boolean resumable;
    private final End.Events events;
    private final NodeSide nodeSide = new NodeSide();
    private final Pipe forward;
    private final Pipe back;
    // On the client's loop
    private boolean connected;
    private boolean wantsRead;
    private boolean wantsWrite;
    private boolean over;
    // On the node's loop
    private @Nullable Runnable changer; // of a resumable one

    HandedLeg(Executor clientLoop, EventLoop nodeLoop, End.Events events, boolean resumable) {
        this.clientLoop = clientLoop;
        this.nodeLoop = nodeLoop;
        this.events = events;
        this.resumable = resumable;
        forward = new Pipe(() -> nodeLoop.execute(nodeSide::tellReadable),
                () -> clientLoop.execute(this::tellWritable));
        back = new Pipe(() -> clientLoop.execute(this::tellReadable), () -> nodeLoop.execute(nodeSide::tellWritable));
    }

    NodeSide nodeSide() {
        return nodeSide;
    }

    // The client's side

    /** While something is wanted and there, it is told again, as a selector would. */
    private void tellReadable() {
        if (over || !connected || !wantsRead || !back.isReadable())
            return;
        events.readable();
        if (!over && wantsRead && back.isReadable())
            clientLoop.execute(this::tellReadable);
    }

    private void tellWritable() {
        if (over || !connected || !wantsWrite || !forward.isWritable())
            return;
        events.writable();
        if (!over && wantsWrite && forward.isWritable())
            clientLoop.execute(this::tellWritable);
    }

    @Override
    public int read(ByteBuffer into) {
        return back.read(into);
    }

    @Override
    public int write(ByteBuffer from) {
        return forward.write(from);
    }

    /** How many bytes {@link #write} takes. */
    int room() {
        return forward.room();
    }

    @Override
    public void want(boolean readable, boolean writable) {
        boolean newRead = readable && !wantsRead;
        boolean newWrite = writable && !wantsWrite;
        wantsRead = readable;
        wantsWrite = writable;
        if (newRead && back.isReadable())
            clientLoop.execute(this::tellReadable);
        if (newWrite && forward.isWritable())
            clientLoop.execute(this::tellWritable);
    }

    @Override
    public void endOutput() {
        forward.end();
    }

    @Override
    public void close() {
        if (over)
            return;
        over = true;
        forward.end();
        back.abandon();
        nodeLoop.execute(() -> {
            if (!nodeSide.isDone())
                nodeLoop.after(LINGER_NS, () -> nodeSide.tellFailed(ResetReason.CANCELLED));
        });
    }

    @Override
    public void reset() {
        if (over)
            return;
        over = true;
        back.abandon();
        nodeLoop.execute(() -> nodeSide.tellFailed(ResetReason.CANCELLED));
    }

    /** The egresses hold the authenticator, and are told of another by {@link RouteNode#changeAuthenticator}. */
    @Override
    public boolean change(LegAddress to) {
        if (!resumable)
            return false;
        nodeLoop.execute(() -> {
            if (changer != null)
                changer.run();
        });
        return true;
    }

    /** The leg's side on the node's loop. */
    final class NodeSide implements Port {
        private Events told = NOBODY;
        private boolean done;

        /** The way is open. */
        void connected() {
            clientLoop.execute(() -> {
                if (over)
                    return;
                connected = true;
                events.connected();
            });
        }

        void onChange(Runnable action) {
            changer = action;
        }

        /** No way was found, or it is lost. */
        void fail(EdgeDrop reason) {
            done = true;
            forward.abandon();
            clientLoop.execute(() -> {
                if (over)
                    return;
                wantsRead = false;
                wantsWrite = false;
                events.failed(reason);
            });
        }

        boolean isDone() {
            return done;
        }

        private void tellReadable() {
            if (!done)
                told.readable();
        }

        private void tellWritable() {
            if (!done)
                told.writable();
        }

        private void tellFailed(ResetReason reason) {
            if (done)
                return;
            done = true;
            told.failed(reason);
        }

        @Override
        public void events(Events next) {
            told = next;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return done ? 0 : forward.read(ByteBuffer.wrap(into, offset, length));
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            return done ? 0 : back.write(ByteBuffer.wrap(from, offset, length));
        }

        @Override
        public int writable() {
            return done ? 0 : back.room();
        }

        @Override
        public void end() {
            back.end();
        }

        /** The other end of the way gave the leg up. */
        @Override
        public void reset(ResetReason reason) {
            if (!done)
                fail(Reasons.drop(reason));
        }

        @Override
        public void close() {
            done = true;
        }
    }
}
