package org.schiltron.wire;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The ring node's answer to an {@link Enrol}: Noise IK, message 2. Shorter than what caused it.
 *
 * <pre>
 *  0 header (8)                  tag: the customer's number
 *  8 Noise IK message 2 (64)     ephemeral key (32), sealed payload (32)
 * 72
 *
 * payload
 *  0 number (4)                  the customer's, as in the tag
 *  4 requests per second (4)     quota: images and nonces the ring node remembers
 *  8 bytes per second (8)        quota, in each direction
 * 16
 * </pre>
 */
public final class Enrolled {
    public static final int LENGTH = 72;
    private static final int NOISE = 8;
    public static final int PAYLOAD = 16;

    private Enrolled() {
    }

    public static byte[] payload(int number, int requestsPerSecond, long bytesPerSecond) {
        return ByteBuffer.allocate(PAYLOAD).putInt(number).putInt(requestsPerSecond).putLong(bytesPerSecond).array();
    }

    public static int number(byte[] payload) {
        return ByteBuffer.wrap(payload).getInt(0);
    }

    public static int requestsPerSecond(byte[] payload) {
        return ByteBuffer.wrap(payload).getInt(4);
    }

    public static long bytesPerSecond(byte[] payload) {
        return ByteBuffer.wrap(payload).getLong(8);
    }

    /** Writes the message; returns its length. */
    public static int write(MemorySegment s, long at, int number, byte[] noise) {
        Wire.header(s, at, Wire.ENROLLED, 0, 0, number);
        Wire.putBytes(s, at + NOISE, noise);
        return NOISE + noise.length;
    }

    public static byte[] noise(MemorySegment s, long at) {
        return Wire.getBytes(s, at + NOISE, LENGTH - NOISE);
    }
}
