package org.schiltron.ring;

import java.lang.foreign.SegmentAllocator;
import java.nio.ByteOrder;

import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link LineNonceFilter} with a line compared in one (512-bit) or two (256-bit) vector operations. Loaded only where the
 * module {@code jdk.incubator.vector} is present; decides as its superclass does.
 */
final class VectorLineNonceFilter extends LineNonceFilter {
    private static final VectorSpecies<Short> SPECIES = ShortVector.SPECIES_PREFERRED.length() >= 32
            ? ShortVector.SPECIES_512
            : ShortVector.SPECIES_256;
    private static final int STEP = SPECIES.length();

    VectorLineNonceFilter(long bytes, SegmentAllocator allocator) {
        super(bytes, allocator);
    }

    /** Narrower vectors, or none in hardware, gain nothing over long arithmetic. */
    static boolean worthwhile() {
        return ShortVector.SPECIES_PREFERRED.length() >= 16;
    }

    @Override
    public void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
        for (int done = 0; done < count; done += BATCH) {
            int to = Math.min(done + BATCH, count);
            touch(keys, offset + done, offset + to);
            for (int i = done; i < to; i++)
                admitted[i] = take(keys[offset + i]);
        }
    }

    private boolean take(long key) {
        long line = line(key);
        short fingerprint = fingerprint(key);
        long found = 0;
        for (int slot = 0; slot <= SLOTS; slot += STEP) {
            found |= ShortVector.fromMemorySegment(SPECIES, memory, line + 2L * slot, ByteOrder.LITTLE_ENDIAN)
                    .compare(VectorOperators.EQ, fingerprint).toLong() << slot;
        }
        found &= -2; // the first slot holds the position and matches nothing
        if (found == 0)
            return false;
        if ((found & found - 1) != 0)
            found = firstForPlain(found);
        memory.set(SLOT, line + 2L * Long.numberOfTrailingZeros(found), (short) 0);
        return true;
    }

    /** Of several equal fingerprints any may go; this one does in plain Java too: the first by place in its word. */
    private static long firstForPlain(long found) {
        long ofPlace = found & 0x1111_1111L;
        for (int place = 1; ofPlace == 0; place++)
            ofPlace = found & 0x1111_1111L << place;
        return ofPlace;
    }
}
