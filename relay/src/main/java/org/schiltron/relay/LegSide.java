package org.schiltron.relay;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.schiltron.relay.ServiceLegs.Current;

/**
 * One leg of a connection, from the moment a place for it is asked for until it is closed. A connection has one, and for
 * a while a second that is to take its place. On the loop's thread, but for {@link #granted}.
 */
final class LegSide implements End.Events, ServiceLegs.Waiter {
    /** The connection, which is told which of its legs it is about. */
    interface Owner {
        EventLoop loop();

        Client client();

        /** It has to wait: there are as many legs as the service takes. */
        void legQueued(ServiceLegs legs);

        void legConnected(LegSide side);

        void legReadable(LegSide side);

        void legWritable(LegSide side);

        /** Before or after it was connected. Its place is still taken: {@link LegSide#reset}. */
        void legFailed(LegSide side, EdgeDrop reason);
    }

    private enum State {
        NEW, QUEUED, DIALLING, OPEN, CLOSED
    }

    private final Owner owner;
    private final ServiceLegs legs;
    private final EdgeCounters counters;
    private State state = State.NEW;
    private @Nullable Leg leg;
    private int epoch;
    private long sinceNs;

    LegSide(Owner owner, ServiceLegs legs, EdgeCounters counters) {
        this.owner = owner;
        this.legs = legs;
        this.counters = counters;
        this.epoch = legs.current().epoch();
    }

    /** Begins to open it. False if no more may be opened or wait. */
    boolean open() {
        return switch (legs.take(this)) {
            case TAKEN -> {
                dial();
                yield true;
            }
            case QUEUED -> {
                state = State.QUEUED;
                sinceNs = owner.loop().nowNs();
                counters.legsQueued.increment();
                owner.legQueued(legs);
                yield true;
            }
            case NONE -> {
                state = State.CLOSED;
                yield false;
            }
        };
    }

    @Override
    public void granted() {
        owner.loop().execute(() -> {
            if (state == State.QUEUED)
                dial();
            else
                legs.release(); // it gave up at this very moment
        });
    }

    private void dial() {
        state = State.DIALLING;
        sinceNs = owner.loop().nowNs();
        Service service = legs.service;
        Current with = legs.current();
        epoch = with.epoch();
        try {
            leg = service.dialer().dial(owner.loop(),
                    new LegDialer.Request(service.name(), with.address(), owner.client()), this);
        } catch (IOException e) {
            EdgeDrop reason = ConnectFailure.reason(e);
            owner.loop().execute(() -> {
                if (state == State.DIALLING)
                    owner.legFailed(this, reason);
            });
        }
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Until when it has to be open. */
    long deadlineNs(EdgeLimits limits) {
        return switch (state) {
            case QUEUED -> sinceNs + limits.queue().toNanos();
            case DIALLING -> sinceNs + limits.connect().toNanos();
            case NEW, OPEN, CLOSED -> Long.MAX_VALUE;
        };
    }

    /** Why it is given up if it is not open by then. */
    EdgeDrop lateReason() {
        return state == State.QUEUED ? EdgeDrop.LEGS_QUEUE_TIMEOUT : EdgeDrop.BACKEND_TIMEOUT;
    }

    Leg leg() {
        if (leg == null)
            throw new IllegalStateException("not dialled");
        return leg;
    }

    ServiceLegs legs() {
        return legs;
    }

    /** Whether it shows, or is about to show, what was current before this epoch. */
    boolean isOlderThan(int other) {
        return (state == State.DIALLING || state == State.OPEN) && epoch < other;
    }

    /** Whether it shows what is to be shown now. */
    boolean isCurrent() {
        return epoch == legs.current().epoch();
    }

    /** Lets the leg change by itself if it can. */
    boolean changeInPlace() {
        Current current = legs.current();
        if (state != State.OPEN || !leg().change(current.address()))
            return false;
        epoch = current.epoch();
        return true;
    }

    @Override
    public void connected() {
        if (state != State.DIALLING)
            return;
        state = State.OPEN;
        counters.legsOpened.increment();
        owner.legConnected(this);
    }

    @Override
    public void readable() {
        owner.legReadable(this);
    }

    @Override
    public void writable() {
        owner.legWritable(this);
    }

    @Override
    public void failed(EdgeDrop reason) {
        if (state != State.CLOSED)
            owner.legFailed(this, reason);
    }

    void close() {
        end(false);
    }

    void reset() {
        end(true);
    }

    private void end(boolean withReset) {
        State before = state;
        state = State.CLOSED;
        if (leg != null && before != State.CLOSED) {
            if (withReset)
                leg.reset();
            else
                leg.close();
        }
        if (before == State.OPEN)
            counters.legsClosed.increment();
        if (before == State.OPEN || before == State.DIALLING)
            legs.release();
        if (before == State.QUEUED)
            legs.forget(this); // if it is granted at this moment, granted() gives the place back
    }
}
