package org.schiltron.relay.routes;

import org.jspecify.annotations.Nullable;
import org.schiltron.edge.ResetReason;
import org.schiltron.relay.EdgeDrop;

/**
 * A leg at its ingress that has one way for all its life. Until the egress has said that it is connected nothing of the
 * client's was sent, so another way can be tried.
 */
final class PlainLeg {
    private static final int MOST_TRIES = 8;
    /** For the first way, doubled for each further: where all are slow, trying more makes them slower. */
    private static final long TRY_NS = 3_000_000_000L;
    /** Before the next, doubled likewise. The connection's own bound on dialling ends it all. */
    private static final long PAUSE_NS = 20_000_000L;

    private final RouteNode node;
    private final HandedLeg.NodeSide client;
    private final Ways ways;
    private int tries;
    private @Nullable Port port; // of the way that is tried
    private boolean open;

    private PlainLeg(RouteNode node, HandedLeg.NodeSide client, Ways ways) {
        this.node = node;
        this.client = client;
        this.ways = ways;
    }

    static void start(RouteNode node, HandedLeg.NodeSide client, Ways ways) {
        PlainLeg leg = new PlainLeg(node, client, ways);
        client.events(leg.new Client());
        leg.attempt();
    }

    /** The client gives up before there is a way. */
    private final class Client implements Port.Events {
        @Override
        public void readable() {
            // its bytes wait
        }

        @Override
        public void writable() {
            // nothing was written
        }

        @Override
        public void failed(ResetReason reason) {
            if (port != null)
                port.reset(reason);
            port = null;
        }
    }

    private void attempt() {
        if (client.isDone() || open)
            return;
        tries++;
        Port next = ways.open();
        if (next == null) {
            again(ResetReason.UNREACHABLE);
            return;
        }
        port = next;
        next.events(new Trial(next));
        node.loop().after(TRY_NS << tries - 1, () -> {
            if (port == next && !open) {
                next.reset(ResetReason.TIMED_OUT);
                failed(next, ResetReason.TIMED_OUT);
            }
        });
    }

    private void again(ResetReason reason) {
        if (tries >= MOST_TRIES)
            client.fail(reason == ResetReason.UNREACHABLE ? EdgeDrop.BACKEND_UNREACHABLE : Reasons.notOpened(reason));
        else
            node.loop().after(PAUSE_NS << tries - 1, this::attempt);
    }

    private void failed(Port tried, ResetReason reason) {
        if (port != tried || open)
            return;
        port = null;
        ways.failed();
        node.counters().waysFailed.increment();
        again(reason);
    }

    /** Waits for the egress. */
    private final class Trial implements Port.Events {
        private final Port tried;

        Trial(Port tried) {
            this.tried = tried;
        }

        @Override
        public void readable() {
            if (port != tried || open)
                return;
            int said = Egress.answer(tried);
            if (said == 0)
                return;
            if (said < 0) {
                tried.reset(ResetReason.PROTOCOL);
                PlainLeg.this.failed(tried, ResetReason.PROTOCOL);
                return;
            }
            open = true;
            client.connected();
            node.counters().legsOpened.increment();
            Coupling.couple(node.loop(), node.buffers().between, client, tried,
                    node.counters().legsClosed::increment);
        }

        @Override
        public void writable() {
            // nothing is written yet
        }

        @Override
        public void failed(ResetReason reason) {
            PlainLeg.this.failed(tried, reason);
        }
    }
}
