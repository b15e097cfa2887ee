package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Waits for a descriptor to have something to read: poll(2). */
@SuppressWarnings("restricted")
final class Poll {
    /** Of struct pollfd: descriptor (4), wanted (2), there (2). */
    static final int BYTES = 8;
    private static final short POLLIN = 1;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle POLL = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("poll"),
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private Poll() {
    }

    static void prepare(MemorySegment poll, int fd) {
        poll.set(JAVA_INT, 0, fd);
        poll.set(JAVA_SHORT, 4, POLLIN);
    }

    /** Returns early where a signal comes. */
    static void await(MemorySegment poll, int limitMs) {
        try {
            int ignored = (int) POLL.invokeExact(poll.address(), 1L, limitMs);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
