package org.schiltron.xdp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;

/**
 * The memory of the nonce filter: many maps of one block of lines each. A map of at most 32 KiB the kernel takes from the memory that it has mapped once and for all in large
 * pages; larger ones it maps page by page, and then each packet costs a walk through page tables beside the miss of the cache. The kernel puts something of its own in front, which
 * is not of whole cache lines: so lines begin at a shift.
 */
final class NonceLines {
    private static final int LINE_BYTES = (int) Layouts.LINE.byteSize();
    /** Of one block, with room for the shift. */
    static final int BLOCK_BYTES = (Layouts.BLOCK_LINES + 1) * LINE_BYTES;
    /** Of offsets in a block, which are multiples of 8. */
    static final int BLOCK_MASK = Integer.highestOneBit(BLOCK_BYTES) * 2 - 8;
    /** The kernel runs programs on nothing shorter than a header. */
    private static final int FRAME_BYTES = 64;

    private NonceLines() {
    }

    /** @param lines at least 1 */
    static BpfMap create(Bpf bpf, BpfObject.MapDefinition definition, int lines) throws IOException {
        return BpfMap.ofArrays(bpf, definition, Math.ceilDiv(lines, Layouts.BLOCK_LINES), BLOCK_BYTES);
    }

    /** How far into a block the first whole cache line begins, in bytes; 0 if the kernel does not tell: lines then lie across two, which costs time alone. */
    static int shift(Bpf bpf, BpfObject object, BpfMap lines) throws IOException {
        int where;
        try {
            where = XdpProgram.load(bpf, object, "where", Map.of("lines", lines.fd()), object.license());
        } catch (Bpf.BpfException e) {
            return 0; // without CAP_PERFMON programs may not say where something is
        }
        try (Arena arena = Arena.ofConfined()) {
            return -bpf.testRun(where, arena.allocate(FRAME_BYTES, 8), 1).retval() & LINE_BYTES - 8;
        } finally {
            Bpf.close(where);
        }
    }
}
