package org.schiltron.relay.routes;

import org.schiltron.edge.OnionHop;
import org.schiltron.edge.OnionSource;
import org.schiltron.edge.ResetReason;

/**
 * The next stream of a mix leg at a node in its middle: takes a layer off what goes there, puts one on what comes back,
 * and gives this node's reply before anything else. Ends and resets are handed on as they are.
 */
final class MiddlePort implements Port {
    private final Port next;
    private final OnionHop.Middle middle;
    private byte[] reply = {};
    private int replied;
    private int collected; // of the next node's reply
    private boolean ready;

    MiddlePort(Port next, OnionHop.Middle middle) {
        this.next = next;
        this.middle = middle;
    }

    @Override
    public void events(Events events) {
        next.events(events);
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (!ready) {
            int got = collect(into, offset, length);
            if (got <= 0)
                return got;
        }
        if (replied < reply.length) {
            int part = Math.min(length, reply.length - replied);
            System.arraycopy(reply, replied, into, offset, part);
            replied += part;
            return part;
        }
        int got = next.read(into, offset, length);
        if (got > 0)
            middle.back(into, offset, got);
        return got;
    }

    /** Of the next node's reply: positive once it is whole. */
    private int collect(byte[] into, int offset, int length) {
        while (true) {
            byte[] own = middle.reply();
            if (own != null) {
                reply = own;
                ready = true;
                return 1;
            }
            // No byte more than the reply, which is as long as a cell: what follows passes through the layer.
            int got = next.read(into, offset, Math.min(length, OnionSource.CELL - collected));
            if (got <= 0)
                return got;
            collected += middle.collect(into, offset, got);
        }
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        int taken = Math.min(length, next.writable());
        middle.forward(from, offset, taken);
        return next.write(from, offset, taken);
    }

    @Override
    public int writable() {
        return next.writable();
    }

    @Override
    public void end() {
        next.end();
    }

    @Override
    public void reset(ResetReason reason) {
        next.reset(reason);
    }

    @Override
    public void close() {
        next.close();
    }
}
