package org.schiltron.swarm;

/**
 * The bytes of one stream direction from when they are written until they are acknowledged. Holds at most {@link
 * #CAPACITY} bytes; more is not taken. The array grows on demand and is let go when all is acknowledged.
 */
final class SendBuffer {
    static final int CAPACITY = 512 << 10;
    private static final int SMALLEST = 2 << 10;
    private static final byte[] NONE = new byte[0];

    private final RangeSet acked = new RangeSet(8_192);
    private final RangeSet lost = new RangeSet(8_192);
    private byte[] ring = NONE;
    private long base; // lowest offset not acknowledged
    private long sent; // lowest offset never sent
    private long written; // end of what was written
    private long credit; // the peer takes bytes below this
    private boolean finished; // nothing is written after this
    private boolean finDue;
    private boolean finAcked;

    SendBuffer(long initialCredit) {
        credit = initialCredit;
    }

    int write(byte[] source, int offset, int length) {
        if (finished)
            return 0;
        int taken = (int) Math.min(length, CAPACITY - (written - base));
        grow((int) (written - base) + taken);
        int mask = ring.length - 1;
        int at = (int) written & mask;
        int first = Math.min(taken, ring.length - at);
        System.arraycopy(source, offset, ring, at, first);
        System.arraycopy(source, offset + first, ring, 0, taken - first);
        written += taken;
        return taken;
    }

    /** Bytes of memory held for the stream, whether they are filled or not. */
    int held() {
        return ring.length;
    }

    /** Written and not acknowledged. */
    int buffered() {
        return (int) (written - base);
    }

    int room() {
        return finished ? 0 : (int) (CAPACITY - (written - base));
    }

    void finish() {
        if (finished)
            return;
        finished = true;
        finDue = true;
    }

    void credit(long limit) {
        credit = Math.max(credit, limit);
    }

    boolean hasDue() {
        return !lost.isEmpty() || sent < Math.min(written, credit) || (finDue && sent == written);
    }

    /** Where the next piece to send starts. */
    long nextOffset() {
        return lost.isEmpty() ? sent : lost.start(0);
    }

    /** Length of the next piece, at most {@code max}; 0 for a piece that only ends the stream. */
    int nextLength(int max) {
        if (!lost.isEmpty())
            return (int) Math.min(max, lost.end(0) - lost.start(0));
        return (int) Math.min(max, Math.min(written, credit) - sent);
    }

    /** Copies the piece out and counts it as sent; returns whether it ends the stream. */
    boolean takePiece(long offset, int length, byte[] into, int at) {
        copy(offset, length, into, at);
        long end = offset + length;
        if (!lost.isEmpty() && lost.start(0) == offset && length > 0)
            lost.shrinkFirst(end);
        else
            sent = Math.max(sent, end);
        boolean fin = finished && end == written;
        if (fin)
            finDue = false;
        return fin;
    }

    private void copy(long offset, int length, byte[] into, int at) {
        if (length == 0)
            return;
        int from = (int) offset & (ring.length - 1);
        int first = Math.min(length, ring.length - from);
        System.arraycopy(ring, from, into, at, first);
        System.arraycopy(ring, 0, into, at + first, length - first);
    }

    /** The peer has the piece. True if there is room that was not there before. */
    boolean onAcked(long offset, int length, boolean fin) {
        if (fin) {
            finAcked = true;
            finDue = false;
        }
        long end = offset + length;
        if (length == 0 || end <= base)
            return false;
        if (!acked.add(Math.max(base, offset), end)) {
            onLost(offset, length, false); // too fragmented to note: send it again
            return false;
        }
        if (acked.start(0) > base)
            return false;
        base = acked.end(0);
        acked.removeFirst();
        lost.removeBelow(base);
        if (base == written)
            ring = NONE;
        return true;
    }

    /** The piece did not arrive. */
    void onLost(long offset, int length, boolean fin) {
        if (fin && !finAcked)
            finDue = true;
        long start = Math.max(base, offset);
        long end = offset + length;
        if (start >= end || acked.containsAll(start, end))
            return;
        if (!lost.add(start, end))
            lost.add(base, sent); // too fragmented: all of it again
    }

    /** Everything written, and the end, has arrived. */
    boolean isDone() {
        return finAcked && base == written;
    }

    private void grow(int needed) {
        if (needed <= ring.length)
            return;
        int size = Math.max(SMALLEST, Integer.highestOneBit(needed - 1) << 1);
        byte[] larger = new byte[size];
        int held = (int) (written - base);
        int from = (int) (base & (ring.length - 1));
        for (int copied = 0; copied < held;) {
            int to = (int) (base + copied) & (size - 1);
            int run = Math.min(held - copied, Math.min(ring.length - from, size - to));
            System.arraycopy(ring, from, larger, to, run);
            copied += run;
            from = (from + run) & (ring.length - 1);
        }
        ring = larger;
    }
}
