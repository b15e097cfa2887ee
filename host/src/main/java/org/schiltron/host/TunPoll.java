package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Waits for packets from TUN devices, for a time, or to be woken. For the thread that reads them; {@link #wake} may come from
 * any other.
 */
@SuppressWarnings("restricted")
public final class TunPoll implements AutoCloseable {
    private static final int POLLFD = 8;
    private static final int REVENTS = 6;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long SLACK_NS = 1_000;

    private final Linux linux = new Linux();
    private final Linux waking = new Linux();
    private final int count;
    private final int event;
    private final MemorySegment fds;
    private final MemorySegment timeout;
    private final MemorySegment one;
    private final MemorySegment drained;

    public TunPoll(List<TunDevice> devices) {
        Arena arena = Arena.ofAuto();
        count = devices.size();
        event = linux.eventfd();
        if (event < 0)
            throw new IllegalStateException("eventfd: " + Linux.describe(linux.errno()));
        fds = arena.allocate((long) POLLFD * (count + 1), 8);
        for (int i = 0; i <= count; i++) {
            fds.set(JAVA_INT, (long) POLLFD * i, i < count ? devices.get(i).fd() : event);
            fds.set(JAVA_SHORT, (long) POLLFD * i + 4, (short) Linux.POLLIN);
        }
        timeout = arena.allocate(16, 8);
        one = arena.allocateFrom(JAVA_LONG, 1);
        drained = arena.allocate(8, 8);
    }

    /** Has the calling thread woken in time (within a microsecond, not the usual 50), and given short turns on the processor. */
    public void punctual() {
        linux.prctl(Linux.PR_SET_TIMERSLACK, SLACK_NS);
        ShortTurns.ask();
    }

    /** @param forNs at most, from 0 */
    public void await(long forNs) {
        timeout.set(JAVA_LONG, 0, forNs / SECOND_NS);
        timeout.set(JAVA_LONG, 8, forNs % SECOND_NS);
        if (linux.ppoll(fds.address(), count + 1, timeout.address()) <= 0) {
            for (int i = 0; i <= count; i++)
                fds.set(JAVA_SHORT, (long) POLLFD * i + REVENTS, (short) 0);
        } else if (isSet(count)) {
            linux.read(event, drained.address(), 8);
        }
    }

    /** Whether the last wait found packets at the device of that index. */
    public boolean isReady(int device) {
        if (!isSet(device))
            return false;
        boolean gone = (fds.get(JAVA_SHORT, (long) POLLFD * device + REVENTS) & Linux.POLLIN) == 0;
        if (gone) // somebody has removed it: ppoll ignores what is negative, and would return at once for ever otherwise
            fds.set(JAVA_INT, (long) POLLFD * device, -1);
        return !gone;
    }

    private boolean isSet(int index) {
        return fds.get(JAVA_SHORT, (long) POLLFD * index + REVENTS) != 0;
    }

    /** Ends the wait that is under way, or the next. */
    public void wake() {
        waking.write(event, one.address(), 8);
    }

    @Override
    public void close() {
        linux.close(event);
    }
}
