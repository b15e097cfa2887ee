package org.schiltron.swarm;

import java.util.Arrays;

/**
 * A set of longs kept as sorted, disjoint, non-touching half-open ranges. Holds at most a given number of ranges; what
 * does not fit is refused by {@link #add}. Memory: 16 bytes a range, grown on demand.
 */
final class RangeSet {
    private final int maxRanges;
    private long[] bounds = new long[8]; // start, end, start, end, ...
    private int count;

    RangeSet(int maxRanges) {
        this.maxRanges = maxRanges;
    }

    int count() {
        return count;
    }

    /** Ranges are numbered from the lowest. */
    long start(int range) {
        return bounds[2 * range];
    }

    /** Exclusive. */
    long end(int range) {
        return bounds[2 * range + 1];
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean contains(long value) {
        int range = rangeEndingAfter(value);
        return range < count && start(range) <= value;
    }

    /** Whether all of [start, end) is in the set. */
    boolean containsAll(long start, long end) {
        int range = rangeEndingAfter(start);
        return start >= end || (range < count && start(range) <= start && end(range) >= end);
    }

    /** Adds [start, end). False, and nothing changed, if that would make too many ranges. */
    boolean add(long start, long end) {
        if (start >= end)
            return true;
        int first = rangeEndingAfter(start - 1); // the first that touches or follows
        int last = first;
        while (last < count && start(last) <= end)
            last++;
        if (first == last) {
            if (count == maxRanges)
                return false;
            if (2 * count == bounds.length)
                bounds = Arrays.copyOf(bounds, Math.min(2 * bounds.length, 2 * maxRanges + 2));
            System.arraycopy(bounds, 2 * first, bounds, 2 * first + 2, 2 * (count - first));
            bounds[2 * first] = start;
            bounds[2 * first + 1] = end;
            count++;
            return true;
        }
        bounds[2 * first] = Math.min(start, start(first));
        bounds[2 * first + 1] = Math.max(end, end(last - 1));
        System.arraycopy(bounds, 2 * last, bounds, 2 * first + 2, 2 * (count - last));
        count -= last - first - 1;
        return true;
    }

    /** Forgets everything below {@code limit}. */
    void removeBelow(long limit) {
        int keep = rangeEndingAfter(limit);
        System.arraycopy(bounds, 2 * keep, bounds, 0, 2 * (count - keep));
        count -= keep;
        if (count > 0 && bounds[0] < limit)
            bounds[0] = limit;
    }

    /** Forgets the lowest range. */
    void removeFirst() {
        System.arraycopy(bounds, 2, bounds, 0, 2 * (count - 1));
        count--;
    }

    /** Cuts the lowest range down to begin at {@code newStart}; forgets it if nothing is left. */
    void shrinkFirst(long newStart) {
        if (newStart >= bounds[1])
            removeFirst();
        else
            bounds[0] = newStart;
    }

    void writeTo(HandOverWriter to) {
        to.number(count);
        for (int i = 0; i < count; i++)
            to.number(start(i)).number(end(i));
    }

    /** Adds what {@link #writeTo} wrote. */
    void resume(FrameReader from) {
        int ranges = from.varintUpTo(maxRanges);
        for (int i = 0; i < ranges && !from.failed(); i++)
            add(from.varint(), from.varint());
    }

    private int rangeEndingAfter(long value) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) > value)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
