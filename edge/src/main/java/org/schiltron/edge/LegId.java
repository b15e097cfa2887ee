package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.schiltron.machine.RandomSource;

/** The name of a resumable leg, drawn by its ingress. It shows on the last stretch, and is worth nothing without the secret. */
record LegId(long high, long low) implements Comparable<LegId> {
    static final int LENGTH = 16;

    static LegId draw(RandomSource random) {
        return new LegId(random.nextLong(), random.nextLong());
    }

    static LegId read(ByteBuffer from) {
        return new LegId(from.getLong(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putLong(high).putLong(low);
    }

    @Override
    public int compareTo(LegId other) {
        int compared = Long.compareUnsigned(high, other.high);
        return compared != 0 ? compared : Long.compareUnsigned(low, other.low);
    }
}
