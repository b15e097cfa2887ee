package org.schiltron.relay.routes;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.End;
import org.schiltron.relay.EventLoop;
import org.schiltron.relay.Leg;
import org.schiltron.relay.LegDialer;
import org.schiltron.relay.TcpDialer;

/** A TCP connection that is opened for a leg, and coupled with it once it is open. Before, the leg's bytes wait. */
final class Outgoing implements End.Events {
    /** For the other side to accept. */
    private static final long CONNECT_NS = 5_000_000_000L;

    /** Who is told; each once at most, and nothing after {@link #over}. */
    interface Owner {
        /** It is open, and nothing has passed yet. */
        void open(Port leg, Port connection);

        /** @param wasOpen whether {@link #open} was told */
        void over(Outgoing outgoing, boolean wasOpen);
    }

    private final EventLoop loop;
    private final Buffers buffers;
    private final Port way;
    private final Owner owner;
    private @Nullable Leg leg;
    private @Nullable TcpPort port; // once it is open
    private boolean over;

    Outgoing(EventLoop loop, Buffers buffers, Port way, Owner owner) {
        this.loop = loop;
        this.buffers = buffers;
        this.way = way;
        this.owner = owner;
    }

    void dial(TcpDialer dialer, LegDialer.Request request) {
        way.events(new Waiting());
        try {
            leg = dialer.dial(loop, request, this);
            loop.after(CONNECT_NS, () -> {
                if (port == null)
                    giveUp(ResetReason.TIMED_OUT);
            });
        } catch (IOException e) {
            giveUp(ResetReason.UNREACHABLE);
        }
    }

    /** The leg fails before the connection is open. */
    private final class Waiting implements Port.Events {
        @Override
        public void readable() {
            // waits on its way
        }

        @Override
        public void writable() {
            // nothing was written
        }

        @Override
        public void failed(ResetReason reason) {
            if (over)
                return;
            if (leg != null)
                leg.reset();
            end();
        }
    }

    private void end() {
        over = true;
        owner.over(this, port != null);
    }

    @Override
    public void connected() {
        Leg open = leg;
        if (over || open == null)
            return;
        TcpPort opened = new TcpPort(loop, open);
        port = opened;
        owner.open(way, opened);
        Coupling.couple(loop, buffers.between, way, opened, this::end);
    }

    @Override
    public void readable() {
        if (port != null)
            port.tellReadable();
    }

    @Override
    public void writable() {
        if (port != null)
            port.tellWritable();
    }

    @Override
    public void failed(EdgeDrop reason) {
        if (port != null)
            port.tellFailed();
        else
            giveUp(reason == EdgeDrop.BACKEND_REFUSED ? ResetReason.REFUSED : ResetReason.UNREACHABLE);
    }

    /** Both sides are told. */
    void giveUp(ResetReason reason) {
        if (over)
            return;
        TcpPort open = port;
        if (open != null) {
            way.reset(reason);
            open.tellFailed(); // ends the coupling
            return;
        }
        if (leg != null)
            leg.reset();
        way.reset(reason);
        end();
    }
}
