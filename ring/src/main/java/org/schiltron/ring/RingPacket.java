package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/** The packet that a row of gates looks at, and what earlier gates found out about it. One per node, reused. */
final class RingPacket {
    long nowNs;
    MemorySegment segment = MemorySegment.NULL;
    /** Where the datagram came from. */
    final Path source = new Path();
    long offset;
    int length;

    /** The mailbox's side: where an outgoing packet goes, where an incoming one came from. */
    final Path mailbox = new Path();
    /** The datagram a mailbox sees: inside the envelope of an outgoing packet, all of an incoming one. */
    long innerOffset;
    int innerLength;

    /** Whether the low half of the nonce is another on the other side of the ring node, and which. */
    boolean hasOtherHalf;
    long otherHalf;

    private @Nullable Customer customer;

    void set(long now, Path path, MemorySegment s, long at, int bytes) {
        nowNs = now;
        segment = s;
        source.set(path);
        offset = at;
        length = bytes;
        hasOtherHalf = false;
        customer = null;
    }

    /** A cookie request's, or its answer's. */
    void otherHalf(long low) {
        hasOtherHalf = true;
        otherHalf = low;
    }

    void customer(Customer found) {
        customer = found;
    }

    /** Whom the packet belongs to; known after the gate that finds it. */
    Customer customer() {
        Customer found = customer;
        if (found == null)
            throw new AssertionError("no gate has found the customer");
        return found;
    }
}
