package org.schiltron.relay.routes;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.CarrierEnd;
import org.schiltron.edge.LegAsk;
import org.schiltron.edge.LegClient;
import org.schiltron.edge.LegEvent;
import org.schiltron.edge.LegOver;
import org.schiltron.edge.ResetReason;
import org.schiltron.proof.PublicKey;
import org.schiltron.relay.Alarm;

/**
 * A leg at its ingress that ends at a landing and takes another way whenever one is lost, or at once when it is asked to.
 * Holds what {@link LegClient} holds, and for each carrier one record that its way has no room for yet.
 */
final class ResumableLeg implements Port {
    /** Between two ways that failed: doubled with each, from and to. */
    private static final long LEAST_PAUSE_NS = 20_000_000L;
    private static final long MOST_PAUSE_NS = 1_000_000_000L;
    /** A way that is left has so long to end by itself. */
    private static final long LEAVE_NS = 5_000_000_000L;

    private final RouteNode node;
    private final HandedLeg.NodeSide client;
    private final Ways ways;
    private final LegClient leg;
    private final Alarm alarm;
    private final List<Carrier> carriers = new ArrayList<>(2); // four at most, as in the leg
    private Events events = NOBODY;
    private boolean connected;
    private boolean touched;
    private boolean pausing;
    private int failures;
    private int lastActive;
    private final ArrayDeque<LegEvent> told = new ArrayDeque<>(); // by the leg, and not looked at yet
    private @Nullable ResetReason failure; // after the bytes that are there
    private boolean over;

    private ResumableLeg(RouteNode node, HandedLeg.NodeSide client, Ways ways, PublicKey landing, LegAsk ask) {
        this.node = node;
        this.client = client;
        this.ways = ways;
        leg = new LegClient(node.config().identity(), landing, ask, node.random(), node.pool(), node.loop().nowNs());
        alarm = new Alarm(node.loop(), this::drive);
    }

    static void start(RouteNode node, HandedLeg.NodeSide client, Ways ways, PublicKey landing, LegAsk ask) {
        ResumableLeg leg = new ResumableLeg(node, client, ways, landing, ask);
        client.onChange(leg::move);
        Coupling.couple(node.loop(), node.buffers().between, client, leg, leg::ended);
        leg.drive();
    }

    private void ended() {
        if (connected)
            node.counters().legsClosed.increment();
    }

    /** Over another way from now on; what is under way on this one arrives. */
    private void move() {
        if (over || leg.isOver() || !connected)
            return;
        carry();
        drive();
    }

    private void touch() {
        if (touched)
            return;
        touched = true;
        node.loop().execute(() -> {
            touched = false;
            drive();
        });
    }

    private void drive() {
        long nowNs = node.loop().nowNs();
        leg.onTimer(nowNs);
        do {
            mark();
            for (LegEvent event = told.poll(); event != null; event = told.poll())
                handle(event);
        } while (send());
        noteActive();
        alarm.set(leg.nextDeadlineNs());
    }

    /** How it ended is known before anybody reads: what a leg that was lost says last is no end in order. */
    private void mark() {
        for (LegEvent event = leg.pollEvent(); event != null; event = leg.pollEvent()) {
            if (event instanceof LegEvent.Reset(ResetReason reason))
                failure = reason;
            else if (event instanceof LegEvent.Over(LegOver reason) && failure == null)
                failure = switch (reason) {
                    case FINISHED -> null;
                    case ORPHANED -> ResetReason.TIMED_OUT;
                    case REFUSED -> ResetReason.REFUSED;
                    case RESET, UNCONFIRMED, DROPPED -> ResetReason.CANCELLED;
                };
            told.add(event);
        }
    }

    private void handle(LegEvent event) {
        switch (event) {
            case LegEvent.NeedCarrier _ -> needCarrier();
            case LegEvent.CarrierOver(int handle, CarrierEnd reason) -> {
                for (Carrier carrier : List.copyOf(carriers))
                    if (carrier.handle == handle)
                        carrier.leave(reason);
            }
            case LegEvent.CanRead _ -> events.readable();
            case LegEvent.CanWrite _ -> events.writable();
            case LegEvent.Reset _ -> node.loop().execute(events::readable); // finds the bytes before it, then the reset
            case LegEvent.Over _ -> onOver();
        }
    }

    private void onOver() {
        alarm.cancel();
        if (failure != null && leg.readable() == 0)
            fail(failure);
    }

    private void fail(ResetReason reason) {
        if (over)
            return;
        over = true;
        if (!connected)
            client.fail(Reasons.notOpened(reason));
        events.failed(reason);
    }

    private void needCarrier() {
        if (failures == 0) {
            failures = 1;
            carry();
            return;
        }
        pause();
    }

    private void pause() {
        if (pausing)
            return;
        pausing = true;
        long pauseNs = Math.min(MOST_PAUSE_NS, LEAST_PAUSE_NS << Math.min(10, failures - 1));
        failures++;
        new Alarm(node.loop(), () -> {
            pausing = false;
            carry();
            drive();
        }).set(node.loop().nowNs() + pauseNs);
    }

    private void carry() {
        if (leg.isOver() || over)
            return;
        Port way = ways.open();
        if (way == null) {
            pause();
            return;
        }
        Carrier carrier = new Carrier(way, leg.carrier(node.loop().nowNs()));
        carriers.add(carrier);
        way.events(carrier);
        touch();
    }

    private void noteActive() {
        int active = leg.active();
        if (active == 0 || active == lastActive)
            return;
        lastActive = active;
        failures = 0;
        if (!connected) {
            connected = true;
            node.counters().legsOpened.increment();
            client.connected();
        } else
            node.counters().carriersResumed.increment();
    }

    private boolean send() {
        boolean any = false;
        for (int handle = leg.pollReady(); handle != 0; handle = leg.pollReady())
            for (Carrier carrier : List.copyOf(carriers))
                if (carrier.handle == handle) {
                    carrier.send();
                    any = true;
                }
        return any;
    }

    /** One way to the landing. */
    private final class Carrier implements Port.Events {
        private final Port way;
        final int handle;
        private byte[] left = {}; // of a record: what the way has no room for yet
        private boolean answered;
        private boolean leaving;
        private boolean gone;

        Carrier(Port way, int handle) {
            this.way = way;
            this.handle = handle;
        }

        void send() {
            byte[] record = node.buffers().inside;
            while (!gone) {
                if (left.length > 0) {
                    int taken = way.write(left, 0, left.length);
                    left = Arrays.copyOfRange(left, taken, left.length);
                    if (left.length > 0)
                        return; // told when there is room
                }
                int length = leaving ? 0 : leg.take(node.loop().nowNs(), handle, record, 0);
                if (length == 0)
                    break;
                int taken = way.write(record, 0, length);
                left = Arrays.copyOfRange(record, taken, length);
            }
            if (leaving && !gone) {
                way.end();
                readable(); // the other end may have ended already
            }
        }

        /** The leg has: what was taken goes out, then the way ends. */
        void leave(CarrierEnd reason) {
            carriers.remove(this);
            leaving = true;
            if (gone)
                return;
            if (reason != CarrierEnd.RETIRED) {
                if (!answered)
                    ways.failed();
                gone = true;
                way.reset(ResetReason.CANCELLED);
                return;
            }
            send();
            node.loop().after(LEAVE_NS, () -> {
                if (!gone)
                    way.reset(ResetReason.CANCELLED);
                gone = true;
            });
        }

        @Override
        public void readable() {
            if (!answered && !gone) {
                int said = Egress.answer(way);
                if (said == 0)
                    return;
                answered = said > 0;
                if (said < 0) {
                    lost();
                    return;
                }
            }
            byte[] bytes = node.buffers().inside;
            while (!gone) {
                int got = way.read(bytes, 0, bytes.length);
                if (got == 0)
                    break;
                if (got < 0) {
                    if (leaving) {
                        gone = true;
                        way.close();
                    } else
                        lost();
                    break;
                }
                if (!leaving)
                    leg.onBytes(node.loop().nowNs(), handle, bytes, 0, got);
            }
            touch();
        }

        @Override
        public void writable() {
            send();
            touch();
        }

        @Override
        public void failed(ResetReason reason) {
            gone = true;
            if (!answered) {
                ways.failed();
                node.counters().waysFailed.increment();
            }
            leg.lost(node.loop().nowNs(), handle);
            touch();
        }

        private void lost() {
            leg.lost(node.loop().nowNs(), handle); // leave() resets the way
            touch();
        }
    }

    // The leg as a port

    @Override
    public void events(Events next) {
        events = next;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (over || length == 0)
            return 0;
        int got = leg.read(node.loop().nowNs(), into, offset, length);
        touch();
        if (got >= 0)
            return got;
        mark();
        ResetReason reason = failure;
        if (reason == null)
            return got;
        node.loop().execute(() -> fail(reason));
        return 0;
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        int taken = leg.write(node.loop().nowNs(), from, offset, length);
        touch();
        return taken;
    }

    @Override
    public int writable() {
        int room = leg.writable();
        if (room == 0)
            leg.write(node.loop().nowNs(), new byte[1], 0, 1); // takes nothing, and has the leg tell when there is room
        return room;
    }

    @Override
    public void end() {
        leg.end(node.loop().nowNs());
        touch();
    }

    @Override
    public void reset(ResetReason reason) {
        over = true;
        leg.reset(node.loop().nowNs(), reason);
        touch();
    }

    /** The leg finishes by itself: both directions have ended. */
    @Override
    public void close() {
        touch();
    }
}
