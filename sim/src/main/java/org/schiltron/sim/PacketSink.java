package org.schiltron.sim;

import java.lang.foreign.MemorySegment;

/** Where a host's downlink ends whose stack is elsewhere, a real kernel's say: it gets whole IP packets, its own and misguided ones. */
@FunctionalInterface
public interface PacketSink {
    /** @param segment holds the packet, good until this returns */
    void onPacket(long nowNs, MemorySegment segment, long offset, int length);
}
