package org.schiltron.sim;

import java.util.Arrays;

/**
 * A priority queue of handles by time, first in first out among equal times: a 4-ary heap over primitive arrays, with
 * each handle's position remembered, so that a handle is in it at most once and moves or leaves in O(log n). Four
 * children lie side by side in one cache line of {@code timesNs}; {@code orders} is touched only at a tie.
 *
 * <p>Grows with the highest handle and the number of entries, whose bounds are those of its user; allocates only then.
 */
final class EventHeap {
    private static final int ABSENT = -1;

    private long[] timesNs = new long[64];
    private long[] orders = new long[64];
    private int[] handles = new int[64];
    private int[] positions = new int[0];
    private int size;

    int size() {
        return size;
    }

    /** {@link Long#MAX_VALUE} when empty. */
    long firstTimeNs() {
        return size == 0 ? Long.MAX_VALUE : timesNs[0];
    }

    long firstOrder() {
        return size == 0 ? Long.MAX_VALUE : orders[0];
    }

    boolean contains(int handle) {
        return handle < positions.length && positions[handle] != ABSENT;
    }

    /** Of a handle that is in the heap. */
    long timeNs(int handle) {
        return timesNs[positions[handle]];
    }

    /**
     * Puts the handle at a time, or moves it there.
     *
     * @param order the run's event counter; the lower comes first among equal times
     */
    void schedule(int handle, long timeNs, long order) {
        if (handle >= positions.length) {
            int from = positions.length;
            positions = Arrays.copyOf(positions, Math.max(64, Math.max(handle + 1, 2 * from)));
            Arrays.fill(positions, from, positions.length, ABSENT);
        }
        int at = positions[handle];
        if (at == ABSENT) {
            if (size == handles.length) {
                timesNs = Arrays.copyOf(timesNs, 2 * size);
                orders = Arrays.copyOf(orders, 2 * size);
                handles = Arrays.copyOf(handles, 2 * size);
            }
            at = size++;
        }
        if (siftUp(at, handle, timeNs, order) == at)
            siftDown(at, handle, timeNs, order);
    }

    void cancel(int handle) {
        if (contains(handle))
            removeAt(positions[handle]);
    }

    /** The handle that is due first. The heap must not be empty. */
    int takeFirst() {
        int first = handles[0];
        removeAt(0);
        return first;
    }

    private void removeAt(int at) {
        positions[handles[at]] = ABSENT;
        size--;
        if (at == size)
            return;
        int handle = handles[size];
        long timeNs = timesNs[size];
        long order = orders[size];
        if (siftUp(at, handle, timeNs, order) == at)
            siftDown(at, handle, timeNs, order);
    }

    private int siftUp(int start, int handle, long timeNs, long order) {
        int at = start;
        while (at > 0) {
            int parent = (at - 1) >>> 2;
            if (!before(timeNs, order, parent))
                break;
            move(parent, at);
            at = parent;
        }
        set(at, handle, timeNs, order);
        return at;
    }

    private void siftDown(int start, int handle, long timeNs, long order) {
        int at = start;
        while (true) {
            int child = 4 * at + 1;
            if (child >= size)
                break;
            int least = child;
            for (int other = child + 1; other < Math.min(child + 4, size); other++) {
                if (before(timesNs[other], orders[other], least))
                    least = other;
            }
            if (before(timeNs, order, least))
                break;
            move(least, at);
            at = least;
        }
        set(at, handle, timeNs, order);
    }

    private boolean before(long timeNs, long order, int position) {
        long other = timesNs[position];
        return timeNs < other || (timeNs == other && order < orders[position]);
    }

    private void move(int from, int to) {
        set(to, handles[from], timesNs[from], orders[from]);
    }

    private void set(int at, int handle, long timeNs, long order) {
        timesNs[at] = timeNs;
        orders[at] = order;
        handles[at] = handle;
        positions[handle] = at;
    }
}
