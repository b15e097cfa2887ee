package org.schiltron.relay;

import java.util.LinkedHashSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The legs of one service: at most so many at once, the next clients wait in order of arrival. Also which address
 * the next leg shows; each change begins a new epoch. From any thread.
 */
final class ServiceLegs {
    /** Waits for its turn. */
    interface Waiter {
        /** It is its turn: it has a leg's place, to be given back by {@link ServiceLegs#release}. From any thread. */
        void granted();
    }

    /** What came of asking for a place. */
    enum Place {
        TAKEN, QUEUED, NONE
    }

    /** What to dial with. */
    record Current(LegAddress address, int epoch) {
    }

    final Service service;
    private volatile Current current;
    private final LinkedHashSet<Waiter> queue = new LinkedHashSet<>();
    private final AtomicBoolean reclaiming = new AtomicBoolean();
    private int open;

    ServiceLegs(Service service) {
        this.service = service;
        this.current = new Current(service.address(), 0);
    }

    Current current() {
        return current;
    }

    /** The new epoch. */
    synchronized int change(LegAddress to) {
        current = new Current(to, current.epoch + 1);
        return current.epoch;
    }

    /** Asks for a place: the waiter is granted one later if none is free. */
    synchronized Place take(Waiter waiter) {
        if (open < service.maxLegs()) {
            open++;
            return Place.TAKEN;
        }
        if (queue.size() >= service.maxQueued())
            return Place.NONE;
        queue.add(waiter);
        return Place.QUEUED;
    }

    /** Does not wait any more; false if it has been granted already. */
    synchronized boolean forget(Waiter waiter) {
        return queue.remove(waiter);
    }

    /** Gives a place back, to the one that has waited longest. */
    void release() {
        Waiter next = next();
        if (next != null)
            next.granted();
    }

    private synchronized @Nullable Waiter next() {
        if (queue.isEmpty()) {
            open--;
            return null;
        }
        return queue.removeFirst();
    }

    /** Clients that wait for a leg. */
    synchronized int queued() {
        return queue.size();
    }

    /** Whether the caller is the one to look for idle legs; until {@link #reclaimed}. */
    boolean reclaim() {
        return queued() > 0 && reclaiming.compareAndSet(false, true);
    }

    void reclaimed() {
        reclaiming.set(false);
    }

    synchronized int open() {
        return open;
    }
}
