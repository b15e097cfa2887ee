package org.schiltron.swarm;

/**
 * Puts the pieces of one stream direction in order. Takes nothing at or beyond the credit it has given, so memory is
 * bounded by that; the array grows on demand and is let go when all is read.
 */
final class ReceiveBuffer {
    private static final int SMALLEST = 2 << 10;
    private static final byte[] NONE = new byte[0];

    private final RangeSet received = new RangeSet(2_048);
    private byte[] ring = NONE;
    private long read;
    private long credit;
    private long finalSize = -1;

    ReceiveBuffer(long initialCredit) {
        credit = initialCredit;
    }

    /** Takes a piece. False if it breaks the credit or contradicts the stream's end: the peer is at fault. */
    boolean accept(long offset, byte[] source, int at, int length, boolean fin) {
        long end = offset + length;
        if (end > credit || end < offset)
            return false;
        if (finalSize >= 0 && (end > finalSize || (fin && end != finalSize)))
            return false;
        if (fin) {
            if (end < read || (received.count() > 0 && received.end(received.count() - 1) > end))
                return false;
            finalSize = end;
        }
        long start = Math.max(offset, read);
        if (start >= end)
            return true;
        grow((int) (end - read));
        if (!received.add(start, end))
            return false;
        int skipped = (int) (start - offset);
        int to = (int) start & (ring.length - 1);
        int total = length - skipped;
        int first = Math.min(total, ring.length - to);
        System.arraycopy(source, at + skipped, ring, to, first);
        System.arraycopy(source, at + skipped + first, ring, 0, total - first);
        return true;
    }

    /** Bytes of memory held for the stream: up to the highest byte that came, whether what is before it has come or not. */
    int held() {
        return ring.length;
    }

    boolean isReadable() {
        return atEnd() || (!received.isEmpty() && received.start(0) == read);
    }

    boolean atEnd() {
        return read == finalSize;
    }

    boolean endKnown() {
        return finalSize >= 0;
    }

    /** Bytes copied; 0 if none are in order yet; -1 at the end of the stream. */
    int read(byte[] into, int offset, int length) {
        if (atEnd())
            return -1;
        if (received.isEmpty() || received.start(0) != read)
            return 0;
        int count = (int) Math.min(length, received.end(0) - read);
        int from = (int) read & (ring.length - 1);
        int first = Math.min(count, ring.length - from);
        System.arraycopy(ring, from, into, offset, first);
        System.arraycopy(ring, 0, into, offset + first, count - first);
        read += count;
        received.shrinkFirst(read);
        if (received.isEmpty())
            ring = NONE;
        return count;
    }

    /** Credit given and not yet read: the most this buffer may come to hold. */
    long committed() {
        return credit - read;
    }

    /** The end of the credit for a window of that many bytes, if it is time to say so, else -1. */
    long creditDue(int windowBytes) {
        long limit = read + windowBytes;
        if (finalSize >= 0 || limit - credit < windowBytes / 2)
            return -1;
        credit = limit;
        return limit;
    }

    private void grow(int needed) {
        if (needed <= ring.length)
            return;
        int size = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, needed - 1)) << 1);
        byte[] larger = new byte[size];
        for (int range = 0; range < received.count(); range++) {
            for (long offset = received.start(range); offset < received.end(range);) {
                int from = (int) offset & (ring.length - 1);
                int to = (int) offset & (size - 1);
                int run = (int) Math.min(received.end(range) - offset, Math.min(ring.length - from, size - to));
                System.arraycopy(ring, from, larger, to, run);
                offset += run;
            }
        }
        ring = larger;
    }
}
