package org.schiltron.relay.routes;

import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EventLoop;

/**
 * Passes bytes between two ports of a node, each way only as much as the other side has room for: nothing is kept here.
 * An end is handed on and leaves the other direction open; a failure resets the other side with its reason.
 */
final class Coupling {
    /** What one direction may pass before others have their turn, bytes. */
    private static final int TURN = 256 << 10;

    private final EventLoop loop;
    private final byte[] buffer;
    private final Half there;
    private final Half back;
    private final Runnable onOver;
    private boolean over;

    /** @param buffer of the loop, for what passes from one call to the next */
    private Coupling(EventLoop loop, byte[] buffer, Port one, Port other, Runnable onOver) {
        this.loop = loop;
        this.buffer = buffer;
        this.onOver = onOver;
        there = new Half(one, other);
        back = new Half(other, one);
    }

    /** @param onOver told once, when both have ended or failed */
    static void couple(EventLoop loop, byte[] buffer, Port one, Port other, Runnable onOver) {
        Coupling coupling = new Coupling(loop, buffer, one, other, onOver);
        one.events(coupling.new Side(coupling.there, coupling.back));
        other.events(coupling.new Side(coupling.back, coupling.there));
        coupling.pump(coupling.there);
        coupling.pump(coupling.back);
    }

    /** A direction. */
    private static final class Half {
        final Port from;
        final Port to;
        boolean ended;
        boolean turnComes;

        Half(Port from, Port to) {
            this.from = from;
            this.to = to;
        }
    }

    private final class Side implements Port.Events {
        private final Half out; // of this side's port
        private final Half in;

        Side(Half out, Half in) {
            this.out = out;
            this.in = in;
        }

        @Override
        public void readable() {
            pump(out);
        }

        @Override
        public void writable() {
            pump(in);
        }

        @Override
        public void failed(ResetReason reason) {
            if (over)
                return;
            over = true;
            out.to.reset(reason);
            onOver.run();
        }
    }

    private void pump(Half half) {
        int passed = 0;
        while (!half.ended && !over) {
            if (passed >= TURN) {
                later(half);
                return;
            }
            int room = Math.min(half.to.writable(), buffer.length);
            int got = room == 0 ? 0 : half.from.read(buffer, 0, room);
            if (got == 0)
                return;
            if (got < 0)
                end(half);
            else
                half.to.write(buffer, 0, got);
            passed += got;
        }
    }

    private void later(Half half) {
        if (half.turnComes)
            return;
        half.turnComes = true;
        loop.execute(() -> {
            half.turnComes = false;
            pump(half);
        });
    }

    private void end(Half half) {
        half.ended = true;
        half.to.end();
        if (!there.ended || !back.ended)
            return;
        over = true;
        half.from.close();
        half.to.close();
        onOver.run();
    }
}
