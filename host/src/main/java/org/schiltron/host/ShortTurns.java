package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Asks Linux for short turns on the processor. A packet crosses several processes, each of which does little and sleeps
 * again; by default each waits up to 3 ms until whatever computes (a compiler thread, say) has had its turn. A thread
 * that asks for a shorter turn runs at once when it wakes, in exchange for giving way sooner; its share of the processor
 * stays the same, and no privilege is needed. Kernels before 6.12 ignore it.
 */
public final class ShortTurns {
    static final long TURN_NS = 200_000L;

    /** struct sched_attr, its first version: size, policy, flags, nice, priority, runtime, deadline, period. */
    static final int SCHED_ATTR = 48;
    static final int POLICY = 4;
    static final int NICE = 16;
    static final int RUNTIME = 24;
    private static final int SCHED_OTHER = 0;

    private ShortTurns() {
    }

    /** For the calling thread, which keeps its nice value; one under another policy is left alone. */
    public static void ask() {
        if (!UdpDriver.NATIVE.loads())
            return;
        try (Arena arena = Arena.ofConfined()) {
            Linux linux = new Linux();
            MemorySegment attributes = arena.allocate(SCHED_ATTR, 8);
            if (linux.schedGetattr(attributes.address(), SCHED_ATTR) != 0
                    || attributes.get(JAVA_INT, POLICY) != SCHED_OTHER)
                return;
            attributes.set(JAVA_LONG, RUNTIME, TURN_NS);
            linux.schedSetattr(attributes.address()); // refused, say by a container: turns stay as they were
        }
    }
}
