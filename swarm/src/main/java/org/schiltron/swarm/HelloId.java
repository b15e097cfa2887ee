package org.schiltron.swarm;

import java.nio.ByteBuffer;

/** A hello's ephemeral key, fresh with every hello: 32 bytes. */
record HelloId(long a, long b, long c, long d) {
    static HelloId of(byte[] sealed) {
        ByteBuffer key = ByteBuffer.wrap(sealed, 0, 32);
        return new HelloId(key.getLong(), key.getLong(), key.getLong(), key.getLong());
    }
}
