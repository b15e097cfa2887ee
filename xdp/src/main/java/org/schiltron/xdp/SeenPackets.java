package org.schiltron.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The requests that a border has seen, as the kernel hands them up: a ring buffer (BPF_MAP_TYPE_RINGBUF; kernel documentation, "BPF ring buffer") in memory that both see.
 *
 * <pre>
 * page 0       how far Java has read (8)          Java writes it
 * page 1       how far the kernel has written (8)
 * from page 2  records, and the same memory once more behind it: no record is in two pieces
 *
 * record: length (4; bit 31: not all there yet, bit 30: to be passed over), reserved (4), content, to the next multiple of 8
 * </pre>
 *
 * When it is full the kernel counts instead of waiting ({@link XdpRing#unshared}). One thread.
 */
public final class SeenPackets implements AutoCloseable {
    private static final int RECORD = 8;
    private static final int BUSY = 1 << 31;
    private static final int PASSED_OVER = 1 << 30;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Arena arena = Arena.ofShared();
    private final Mapping own;
    private final Mapping kernels;
    private final MemorySegment read;
    private final MemorySegment written;
    private final MemorySegment records;
    private final MemorySegment wait = arena.allocate(Poll.BYTES, 8);
    private final int mask;
    private MemorySegment packet = MemorySegment.NULL;
    private long at;

    SeenPackets(int map, int bytes) throws IOException {
        mask = bytes - 1;
        int page = Mapping.pageBytes();
        own = new Mapping(map, 0, page, true);
        try {
            kernels = new Mapping(map, page, page + 2L * bytes, false);
        } catch (IOException e) {
            own.close();
            arena.close();
            throw e;
        }
        read = own.memory();
        written = kernels.memory();
        records = kernels.memory().asSlice(page);
        at = (long) LONG.getAcquire(read, 0L);
        Poll.prepare(wait, map);
    }

    /**
     * Waits until there is something, if there is nothing yet.
     *
     * @param limitMs at most so long
     */
    public void await(int limitMs) {
        if (at == (long) LONG.getAcquire(written, 0L))
            Poll.await(wait, limitMs);
    }

    /** Takes the next; false if there is none. */
    public boolean next() {
        packet = MemorySegment.NULL;
        LONG.setRelease(read, 0L, at); // what was looked at before may be written over
        while (at < (long) LONG.getAcquire(written, 0L)) {
            long offset = at & mask;
            int length = (int) INT.getAcquire(records, offset);
            if ((length & BUSY) != 0)
                return false;
            int content = length & ~PASSED_OVER;
            at += (content + RECORD + 7L) & -8L;
            if ((length & PASSED_OVER) == 0) {
                int bytes = records.get(JAVA_INT, offset + RECORD);
                packet = records.asSlice(offset + RECORD + JAVA_INT.byteSize(), bytes);
                return true;
            }
            LONG.setRelease(read, 0L, at);
        }
        return false;
    }

    /** The IP packet last taken, until the next is. */
    public MemorySegment packet() {
        return packet;
    }

    @Override
    public void close() {
        own.close();
        kernels.close();
        arena.close();
    }
}
