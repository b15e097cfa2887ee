package org.schiltron.relay;

import org.jspecify.annotations.Nullable;

/** What a {@link TimerWheel} holds. The links are in the thing itself, so that a deadline costs no object. */
abstract class Timed {
    @Nullable
    Timed earlier;
    @Nullable
    Timed later;
    /** Of the wheel, -1 if in none. */
    int slot = -1;
    /** When it wants to be called; may be moved to a later time without telling the wheel. */
    long deadlineNs;

    /** Called once the deadline has passed; it is in no slot then. On the loop's thread. */
    abstract void due(long nowNs);
}
