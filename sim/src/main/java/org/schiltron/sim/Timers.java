package org.schiltron.sim;

import java.util.Arrays;

/**
 * The deadlines of the nodes, at most one each, in an {@link EventQueue}. A deadline that is moved or cancelled stays there
 * until its time comes, and is known by its order not to count any more; when such are three of four, all are thrown out.
 *
 * <p>Memory: 16 bytes for each node that ever had a deadline, and the queue.
 */
final class Timers {
    private static final long NEVER = -1;
    private static final int STALE_AT_LEAST = 256;

    private final EventQueue queue = new EventQueue();
    private long[] timesNs = new long[64]; // by timer
    private long[] orders = new long[64];
    private int timers;
    private int size;

    /** The number of a new timer. */
    int newTimer() {
        if (timers == timesNs.length) {
            timesNs = Arrays.copyOf(timesNs, 2 * timers);
            orders = Arrays.copyOf(orders, 2 * timers);
        }
        timesNs[timers] = NEVER;
        orders[timers] = NEVER;
        return timers++;
    }

    int size() {
        return size;
    }

    /** When the first is due, if that is at most {@code limitNs}; else something beyond that. */
    long firstTimeNs(long limitNs) {
        while (true) {
            long firstNs = queue.firstTimeNs(limitNs);
            if (firstNs == Long.MAX_VALUE || orders[queue.firstHandle()] == queue.firstOrder())
                return firstNs;
            queue.takeFirst();
        }
    }

    /** Of the timer whose time {@link #firstTimeNs} told. */
    long firstOrder() {
        return queue.firstOrder();
    }

    /** The timer whose time {@link #firstTimeNs} told. */
    int takeFirst() {
        int timer = queue.takeFirst();
        forget(timer);
        return timer;
    }

    boolean isAt(int timer, long timeNs) {
        return timesNs[timer] == timeNs;
    }

    /** Puts the timer at a time, at least 0, or moves it there. */
    void schedule(int timer, long timeNs, long order) {
        if (timesNs[timer] == NEVER)
            size++;
        timesNs[timer] = timeNs;
        orders[timer] = order;
        queue.add(timer, timeNs, order);
        if (queue.size() > 4 * size + STALE_AT_LEAST)
            queue.retain((other, its) -> orders[other] == its);
    }

    void cancel(int timer) {
        if (timesNs[timer] != NEVER)
            forget(timer);
    }

    private void forget(int timer) {
        timesNs[timer] = NEVER;
        orders[timer] = NEVER;
        size--;
    }
}
