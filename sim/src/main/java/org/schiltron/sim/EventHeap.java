package org.schiltron.sim;

import java.util.Arrays;

/**
 * A priority queue of handles by time, first in first out among equal times: a 4-ary heap over primitive arrays. Four
 * children lie side by side in one cache line of {@code timesNs}; {@code orders} is touched only at a tie.
 *
 * <p>Grows with the number of entries, whose bound is that of its user; allocates only then.
 */
final class EventHeap {
    private long[] timesNs = new long[64];
    private long[] orders = new long[64];
    private int[] handles = new int[64];
    private int size;

    int size() {
        return size;
    }

    /** {@link Long#MAX_VALUE} when empty. */
    long firstTimeNs() {
        return size == 0 ? Long.MAX_VALUE : timesNs[0];
    }

    /** Of a heap that is not empty, as the next. */
    long firstOrder() {
        return orders[0];
    }

    int firstHandle() {
        return handles[0];
    }

    /** @param order the run's event counter; the lower comes first among equal times */
    void add(int handle, long timeNs, long order) {
        if (size == handles.length) {
            timesNs = Arrays.copyOf(timesNs, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            handles = Arrays.copyOf(handles, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 2;
            if (!before(timeNs, order, parent))
                break;
            set(at, handles[parent], timesNs[parent], orders[parent]);
            at = parent;
        }
        set(at, handle, timeNs, order);
    }

    /** The handle that is due first. The heap must not be empty. */
    int takeFirst() {
        int first = handles[0];
        size--;
        if (size > 0)
            siftDown(handles[size], timesNs[size], orders[size]);
        return first;
    }

    /** Takes out all that the filter does not keep. */
    void retain(EventQueue.Filter filter) {
        int all = size;
        size = 0;
        for (int i = 0; i < all; i++) {
            if (filter.keeps(handles[i], orders[i]))
                add(handles[i], timesNs[i], orders[i]);
        }
    }

    private void siftDown(int handle, long timeNs, long order) {
        int at = 0;
        while (true) {
            int child = 4 * at + 1;
            if (child >= size)
                break;
            int least = child;
            int end = Math.min(child + 4, size);
            for (int other = child + 1; other < end; other++) {
                if (before(timesNs[other], orders[other], least))
                    least = other;
            }
            if (before(timeNs, order, least))
                break;
            set(at, handles[least], timesNs[least], orders[least]);
            at = least;
        }
        set(at, handle, timeNs, order);
    }

    private boolean before(long timeNs, long order, int position) {
        long other = timesNs[position];
        return timeNs < other || (timeNs == other && order < orders[position]);
    }

    private void set(int at, int handle, long timeNs, long order) {
        timesNs[at] = timeNs;
        orders[at] = order;
        handles[at] = handle;
    }
}
