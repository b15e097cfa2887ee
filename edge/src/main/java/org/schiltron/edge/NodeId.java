package org.schiltron.edge;

import java.nio.ByteBuffer;
import org.schiltron.proof.PublicKey;

/** A node on the wire: the first 16 bytes of SHA-256 of its public key. */
public record NodeId(long high, long low) implements Comparable<NodeId> {
    public static final int LENGTH = 16;

    public static NodeId of(PublicKey key) {
        return new NodeId(key.idHigh(), key.idLow());
    }

    static NodeId read(ByteBuffer from) {
        return new NodeId(from.getLong(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putLong(high).putLong(low);
    }

    @Override
    public int compareTo(NodeId other) {
        int compared = Long.compareUnsigned(high, other.high);
        return compared != 0 ? compared : Long.compareUnsigned(low, other.low);
    }
}
