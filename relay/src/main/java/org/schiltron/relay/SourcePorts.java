package org.schiltron.relay;

import java.util.BitSet;

/**
 * Which source ports of an authenticator are free. They are given out in turn, so that one that was used is left alone
 * for as long as possible. From any thread.
 */
final class SourcePorts {
    private final int first;
    private final int count;
    private final BitSet taken;
    private int next;

    SourcePorts(int first, int last) {
        this.first = first;
        this.count = last - first + 1;
        this.taken = new BitSet(count);
    }

    /** A free port, -1 if there is none. */
    synchronized int take() {
        int index = taken.nextClearBit(next);
        if (index >= count)
            index = taken.nextClearBit(0);
        if (index >= count)
            return -1;
        taken.set(index);
        next = (index + 1) % count;
        return first + index;
    }

    synchronized void give(int port) {
        taken.clear(port - first);
    }
}
