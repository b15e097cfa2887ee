package org.schiltron.swarm;

import org.schiltron.machine.TransmitSink;

/** A part of an endpoint with deadlines and datagrams of its own. The endpoint looks at those alone that were touched. */
abstract class Timed {
    int heapIndex = -1;
    long deadlineNs;
    boolean touched;

    abstract void onTimer(long nowNs);

    /** Constant between mutations. */
    abstract long nextDeadlineNs(long nowNs);

    abstract void pollTransmit(long nowNs, TransmitSink sink, PacketBuilder packet);
}
