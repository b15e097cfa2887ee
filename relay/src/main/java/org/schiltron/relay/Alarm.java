package org.schiltron.relay;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A deadline that is kept to the millisecond: when a cell is due, or an acknowledgement. There may be some thousands on
 * a loop; what has a second's time and comes by the ten thousand is {@link Timed}. On the loop's thread.
 */
public final class Alarm implements Comparable<Alarm> {
    private static final AtomicLong MADE = new AtomicLong();

    private final long number = MADE.incrementAndGet(); // decides between two at one time
    private final EventLoop loop;
    private final Runnable action;
    private long atNs;
    private boolean set;

    /** @param action called once for each {@link #set}, not before its time */
    public Alarm(EventLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    /** Instead of what was asked before; {@link Long#MAX_VALUE} for never. */
    public void set(long deadlineNs) {
        if (set && atNs == deadlineNs)
            return;
        cancel();
        if (deadlineNs == Long.MAX_VALUE)
            return;
        atNs = deadlineNs;
        set = true;
        loop.alarms().add(this);
    }

    public void cancel() {
        if (set)
            loop.alarms().remove(this);
        set = false;
    }

    long atNs() {
        return atNs;
    }

    /** The loop has taken it out. */
    void ring() {
        set = false;
        action.run();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    @Override
    public int compareTo(Alarm other) {
        int compared = Long.compare(atNs, other.atNs);
        return compared != 0 ? compared : Long.compare(number, other.number);
    }
}
