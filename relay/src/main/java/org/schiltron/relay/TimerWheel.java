package org.schiltron.relay;

import org.jspecify.annotations.Nullable;

/**
 * Deadlines of many connections, none exact: each is called within {@link #TICK_NS} after its deadline. Adding and
 * removing cost a few writes, and a deadline that moves to a later time costs one: the wheel looks at what it finds in
 * a slot and puts it back if it is not due. So a byte that passes moves its connection's deadline without touching the
 * wheel.
 *
 * <p>Deadlines further away than the wheel reaches ({@link #SLOTS} ticks, 51 s) wait in its last slot and are put back.
 */
final class TimerWheel {
    static final long TICK_NS = 100_000_000L;
    static final int SLOTS = 512;

    private final @Nullable Timed[] slots = new @Nullable Timed[SLOTS];
    private long tick;
    private int size;

    TimerWheel(long nowNs) {
        tick = nowNs / TICK_NS;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Calls {@code timed} when its deadline has passed; instead of what was asked before. */
    void set(Timed timed, long deadlineNs) {
        boolean waitsLongEnough = timed.slot >= 0 && deadlineNs - timed.deadlineNs >= 0;
        timed.deadlineNs = deadlineNs;
        if (waitsLongEnough)
            return;
        remove(timed);
        insert(timed);
    }

    private void insert(Timed timed) {
        long ticks = Math.max(1, Math.min(SLOTS - 1, (timed.deadlineNs + TICK_NS - 1) / TICK_NS - tick));
        int slot = (int) ((tick + ticks) % SLOTS);
        Timed first = slots[slot];
        timed.slot = slot;
        timed.earlier = null;
        timed.later = first;
        if (first != null)
            first.earlier = timed;
        slots[slot] = timed;
        size++;
    }

    void remove(Timed timed) {
        if (timed.slot < 0)
            return;
        Timed earlier = timed.earlier;
        Timed later = timed.later;
        if (earlier == null)
            slots[timed.slot] = later;
        else
            earlier.later = later;
        if (later != null)
            later.earlier = earlier;
        timed.earlier = null;
        timed.later = null;
        timed.slot = -1;
        size--;
    }

    /** Calls what is due. */
    void advance(long nowNs) {
        long target = nowNs / TICK_NS;
        if (target - tick > SLOTS)
            tick = target - SLOTS; // all slots are looked at once, more often would find the same
        while (tick < target) {
            tick++;
            turn((int) (tick % SLOTS), nowNs);
        }
    }

    /** Nothing is put back into the slot being looked at: {@link #insert} goes at least one tick further. */
    private void turn(int slot, long nowNs) {
        Timed timed = slots[slot];
        while (timed != null) {
            remove(timed);
            if (timed.deadlineNs - nowNs > 0)
                insert(timed);
            else
                timed.due(nowNs);
            timed = slots[slot];
        }
    }
}
