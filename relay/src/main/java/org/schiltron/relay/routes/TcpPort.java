package org.schiltron.relay.routes;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EventLoop;
import org.schiltron.relay.Leg;

/**
 * The TCP connection at a leg's last node or landing, once it is open. What the kernel does not take is kept, at most
 * {@link #MOST_KEPT} bytes; until it is out, nothing more is taken.
 */
final class TcpPort implements Port {
    private static final int MOST_KEPT = 64 << 10;

    private final EventLoop loop;
    private final Leg leg;
    private Events events = NOBODY;
    private @Nullable ByteBuffer kept;
    private boolean wantsRead;
    private boolean ending;
    private boolean endSent;
    private boolean closing;
    private boolean over;

    TcpPort(EventLoop loop, Leg leg) {
        this.loop = loop;
        this.leg = leg;
    }

    // What the connection tells, by way of who opened it

    void tellReadable() {
        wantsRead = false;
        want();
        if (!closing && !over)
            events.readable();
    }

    void tellWritable() {
        if (over)
            return;
        try {
            flush();
        } catch (IOException e) {
            tellFailed();
            return;
        }
        want();
        if (kept == null && !closing)
            events.writable();
    }

    void tellFailed() {
        if (over)
            return;
        boolean told = closing;
        over = true;
        leg.reset();
        if (!told)
            events.failed(ResetReason.CANCELLED);
    }

    private void want() {
        if (!over)
            leg.want(wantsRead && !closing, kept != null);
    }

    private void flush() throws IOException {
        ByteBuffer rest = kept;
        if (rest != null) {
            leg.write(rest);
            if (rest.hasRemaining())
                return;
            kept = null;
        }
        if (ending && !endSent) {
            endSent = true;
            leg.endOutput();
        }
        if (closing && !over) {
            over = true;
            leg.close();
        }
    }

    private void failLater() {
        loop.execute(this::tellFailed);
    }

    @Override
    public void events(Events told) {
        events = told;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (over || length == 0)
            return 0;
        try {
            int got = leg.read(ByteBuffer.wrap(into, offset, length));
            if (got == 0) {
                wantsRead = true;
                want();
            }
            return got;
        } catch (IOException e) {
            failLater();
            return 0;
        }
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        if (over || kept != null)
            return 0;
        int most = Math.min(length, MOST_KEPT);
        ByteBuffer bytes = ByteBuffer.wrap(from, offset, most);
        try {
            leg.write(bytes);
        } catch (IOException e) {
            failLater();
            return 0;
        }
        if (bytes.hasRemaining()) {
            kept = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
            want();
        }
        return most;
    }

    @Override
    public int writable() {
        return over || kept != null ? 0 : MOST_KEPT;
    }

    @Override
    public void end() {
        ending = true;
        flushNow();
    }

    @Override
    public void close() {
        closing = true;
        flushNow();
        want();
    }

    private void flushNow() {
        if (over)
            return;
        try {
            flush();
        } catch (IOException e) {
            failLater();
        }
    }

    @Override
    public void reset(ResetReason reason) {
        if (over)
            return;
        over = true;
        leg.reset();
    }
}
