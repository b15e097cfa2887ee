package org.schiltron.relay.routes;

import org.schiltron.edge.LegAsk;
import org.schiltron.edge.Node;
import org.schiltron.edge.NodeId;
import org.schiltron.edge.NodeRole;
import org.schiltron.edge.OnionHop;
import org.schiltron.edge.OnionReplays;
import org.schiltron.edge.ResetReason;
import org.schiltron.edge.RouteHeader;

/**
 * What a node does with a stream that another opened: reads its header or peels it, and hands it on to the next node, or
 * to its own {@link Egress}. On the node's loop.
 */
final class Arrivals {
    /** For a mix leg to say what it wants. */
    private static final long ASK_NS = 10_000_000_000L;

    private final RouteNode node;
    private final Egress egress;
    private final OnionReplays replays = new OnionReplays();

    Arrivals(RouteNode node, Egress egress) {
        this.node = node;
        this.egress = egress;
    }

    void arrived(StreamPort stream, byte[] header) {
        if (header[0] == OnionHop.TYPE)
            peel(stream, header);
        else
            read(stream, header);
    }

    private void read(StreamPort stream, byte[] bytes) {
        RouteHeader header = RouteHeader.decode(bytes);
        if (header == null)
            refuse(stream, ResetReason.PROTOCOL);
        else if (header.hops().isEmpty())
            leave(stream, header.ask());
        else
            onward(stream, header.hops().getFirst(), next -> next.open(header.onward().encode()));
    }

    private void peel(StreamPort stream, byte[] header) {
        switch (OnionHop.peel(node.config().identity(), header, node.epochSeconds(), replays, node.random(),
                node.pool())) {
            case OnionHop.Refused(var fault) -> refuse(stream, fault.reset());
            case OnionHop.Middle middle ->
                onward(stream, middle.next(), next -> new MiddlePort(next.open(middle.header()), middle));
            case OnionHop.Last last -> {
                OnionPort port = new OnionPort(node.loop(), stream, last);
                Asking asking = new Asking(port, last);
                port.events(asking);
                node.loop().after(ASK_NS, asking::late);
                port.go();
            }
        }
    }

    /** Waits for what the egress is asked for. */
    private final class Asking implements Port.Events {
        private final OnionPort port;
        private final OnionHop.Last last;
        private boolean over;

        Asking(OnionPort port, OnionHop.Last last) {
            this.port = port;
            this.last = last;
        }

        @Override
        public void readable() {
            LegAsk ask = last.ask();
            if (over || ask == null)
                return;
            over = true;
            leave(port, ask);
        }

        @Override
        public void writable() {
            // nothing was written
        }

        @Override
        public void failed(ResetReason reason) {
            over = true;
            node.counters().reset(reason);
        }

        void late() {
            if (over)
                return;
            over = true;
            refuse(port, ResetReason.TIMED_OUT);
        }
    }

    private void leave(Port way, LegAsk ask) {
        if (node.self().is(NodeRole.EGRESS))
            egress.open(way, ask);
        else
            refuse(way, ResetReason.REFUSED);
    }

    /** Opens the stream to the next node. */
    private interface Opening {
        Port open(Neighbour next);
    }

    private void onward(StreamPort stream, NodeId id, Opening opening) {
        Node next = node.config().nodes().byId(id);
        if (next == null || next.equals(node.self())) {
            refuse(stream, ResetReason.REFUSED);
            return;
        }
        node.counters().hopsOpened.increment();
        Coupling.couple(node.loop(), node.buffers().between, stream, opening.open(node.neighbour(next)),
                node.counters().hopsClosed::increment);
    }

    private void refuse(Port way, ResetReason reason) {
        node.counters().reset(reason);
        way.reset(reason);
    }
}
