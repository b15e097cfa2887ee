package org.schiltron.relay;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many file descriptors this process may have. A client needs two, one for its leg: if clients alone could take them
 * all, none would be served.
 */
final class Descriptors {
    /** For the program itself: jars, listening sockets, loops, a log. */
    private static final int OWN = 128;

    private Descriptors() {
    }

    /** How many connections there are descriptors for, beside so many flows; at least 1. */
    static int connections(int flows) {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system))
            return Integer.MAX_VALUE;
        long free = system.getMaxFileDescriptorCount() - OWN - flows;
        return Math.clamp(free / 2, 1, Integer.MAX_VALUE);
    }
}
