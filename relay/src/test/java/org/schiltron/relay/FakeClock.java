package org.schiltron.relay;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Time that passes when the test says so. */
public final class FakeClock implements LongSupplier {
    private final AtomicLong nowNs = new AtomicLong(1_000_000_000L);

    @Override
    public long getAsLong() {
        return nowNs.get();
    }

    public void advance(Duration by, EdgeServer noticedBy) {
        nowNs.addAndGet(by.toNanos());
        noticedBy.wakeUp();
    }
}
