package org.schiltron.ring;

import java.lang.foreign.SegmentAllocator;
import java.nio.ByteOrder;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link LineNonceFilter} with keys placed eight (512-bit) or four (256-bit) at a time and a line compared in one or two
 * vector operations. Loaded only where the module {@code jdk.incubator.vector} is present; decides as its superclass does.
 */
final class VectorLineNonceFilter extends LineNonceFilter {
    private static final VectorSpecies<Short> SPECIES = ShortVector.SPECIES_PREFERRED.length() >= 32
            ? ShortVector.SPECIES_512
            : ShortVector.SPECIES_256;
    private static final int STEP = SPECIES.length();
    private static final VectorSpecies<Long> KEYS = LongVector.SPECIES_PREFERRED;
    private static final int LINE_SHIFT = Integer.numberOfTrailingZeros(LINE_BYTES);

    private final long[] fingerprintOf = new long[BATCH];

    VectorLineNonceFilter(long bytes, SegmentAllocator allocator) {
        super(bytes, allocator);
    }

    /** Narrower vectors, or none in hardware, gain nothing over long arithmetic. */
    static boolean worthwhile() {
        return ShortVector.SPECIES_PREFERRED.length() >= 16;
    }

    @Override
    public void remember(long nowNs, long[] keys, int offset, int count) {
        for (int done = 0; done < count; done += BATCH) {
            int batch = Math.min(BATCH, count - done);
            place(keys, offset + done, batch);
            touch(batch);
            for (int i = 0; i < batch; i++)
                write(lineOf[i], (short) fingerprintOf[i]);
        }
    }

    @Override
    public void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
        for (int done = 0; done < count; done += BATCH) {
            int batch = Math.min(BATCH, count - done);
            place(keys, offset + done, batch);
            touch(batch);
            for (int i = 0; i < batch; i++)
                admitted[done + i] = take(lineOf[i], (short) fingerprintOf[i]);
        }
    }

    /** Fills {@link #lineOf} and {@link #fingerprintOf}. */
    private void place(long[] keys, int from, int count) {
        int i = 0;
        for (; i < KEYS.loopBound(count); i += KEYS.length()) {
            LongVector key = LongVector.fromArray(KEYS, keys, from + i);
            key.lanewise(VectorOperators.LSHR, 32).mul(lines).lanewise(VectorOperators.LSHR, 32)
                    .lanewise(VectorOperators.LSHL, LINE_SHIFT).intoArray(lineOf, i);
            key.and(0xffff_ffffL).mul(0xffffL).lanewise(VectorOperators.LSHR, 32).add(1).intoArray(fingerprintOf, i);
        }
        place(keys, from, i, count);
        for (; i < count; i++)
            fingerprintOf[i] = fingerprint(keys[from + i]);
    }

    private boolean take(long line, short fingerprint) {
        long found = 0;
        for (int slot = 0; slot <= SLOTS; slot += STEP) {
            found |= ShortVector.fromMemorySegment(SPECIES, memory, line + 2L * slot, ByteOrder.LITTLE_ENDIAN)
                    .compare(VectorOperators.EQ, fingerprint).toLong() << slot;
        }
        found &= -2; // the first slot holds the position and matches nothing
        if (found == 0)
            return false;
        memory.set(SLOT, line + 2L * Long.numberOfTrailingZeros(found), (short) 0);
        return true;
    }
}
