package org.schiltron.sim;

/** The run's clock and its two counters, shared by those that schedule. */
final class Timeline {
    private long nowNs;
    private long orders;
    private long events;

    long nowNs() {
        return nowNs;
    }

    /** Ranks what is scheduled for the same time: first scheduled, first served. */
    long nextOrder() {
        return orders++;
    }

    /** Goes to the next event's time. */
    void event(long timeNs) {
        assert timeNs >= nowNs : "event in the past";
        nowNs = timeNs;
        events++;
    }

    /** Lets time pass without an event. */
    void pass(long untilNs) {
        nowNs = Math.max(nowNs, untilNs);
    }

    long events() {
        return events;
    }
}
