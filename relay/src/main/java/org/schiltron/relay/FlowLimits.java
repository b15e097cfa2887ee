package org.schiltron.relay;

import java.time.Duration;

/**
 * Bounds of the UDP flows of one entrance. A flow costs a file descriptor, and about 1 KiB.
 *
 * @param maxFlows  at once; when full, the longest idle one of the source prefix with the most goes, of those that have
 *                  not proved their address as long as there are any
 * @param perPrefix of one source prefix; when full, its own longest idle one goes
 * @param idle      how long a flow is remembered after its last datagram
 */
public record FlowLimits(int maxFlows, int perPrefix, Duration idle) {
    public FlowLimits {
        if (maxFlows < 1 || perPrefix < 1)
            throw new IllegalArgumentException("at least one flow");
    }

    public static FlowLimits defaults() {
        return new FlowLimits(8_192, 1_024, Duration.ofSeconds(60));
    }
}
