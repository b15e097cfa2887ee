package org.schiltron.relay.openings;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Decisions that take tens of milliseconds, on other threads than the loops'. May be used by several threads. */
final class SlowRulings {
    /** That wait or are made; a further one is not begun. At 20 passwords a second, as many as three seconds bring. */
    static final int MAX_PENDING = 64;

    private final Executor threads;
    private final AtomicInteger pending = new AtomicInteger();

    SlowRulings(Executor threads) {
        this.threads = threads;
    }

    /** False if there are too many already: the ruling is not made. */
    boolean begin(Runnable ruling) {
        if (pending.incrementAndGet() > MAX_PENDING) {
            pending.decrementAndGet();
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    ruling.run();
                } finally {
                    pending.decrementAndGet();
                }
            });
            return true;
        } catch (RejectedExecutionException e) { // has a bound of its own
            pending.decrementAndGet();
            return false;
        }
    }
}
