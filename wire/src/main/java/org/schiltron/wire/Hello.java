package org.schiltron.wire;

import java.lang.foreign.MemorySegment;

/**
 * A client's first packet to a service, left at one of the service's contact mailboxes. The credential has room for a
 * token or a puzzle solution; the kind {@link #NO_CREDENTIAL} has length 0.
 *
 * <pre>
 *  0 header (8)
 *  8 cookie (8)
 * 16 service id (16)
 * 32 credential kind (1)
 * 33 reserved (1)
 * 34 credential length (2)   0..256
 * 36 credential, then the sealed hello to the end (1..)
 * </pre>
 */
public final class Hello {
    public static final int CONTENT = 32;
    public static final int CREDENTIAL = 36;
    public static final int MAX_CREDENTIAL = 256;
    public static final int NO_CREDENTIAL = 0;
    /** From the credential's kind to the end of the sealed hello: what a {@link First} carries. */
    public static final int MAX_CONTENT = Wire.MAX_BODY;

    private Hello() {
    }

    /** Writes all but the content, which follows at {@link #CONTENT}. */
    public static void write(MemorySegment s, long at, int shard, long cookie, long serviceHigh, long serviceLow) {
        Wire.header(s, at, Wire.HELLO, shard, 0, 0);
        Wire.putLong(s, at + 8, cookie);
        Wire.putLong(s, at + 16, serviceHigh);
        Wire.putLong(s, at + 24, serviceLow);
    }

    /** Writes content without a credential at {@code at}; returns the content's length. */
    public static int writePlainContent(MemorySegment s, long at, byte[] sealedHello) {
        Wire.putU8(s, at, NO_CREDENTIAL);
        Wire.putU8(s, at + 1, 0);
        Wire.putU16(s, at + 2, 0);
        Wire.putBytes(s, at + 4, sealedHello);
        return 4 + sealedHello.length;
    }

    /** Whether content at {@code at} of {@code length} bytes is well formed. */
    public static boolean contentWellFormed(MemorySegment s, long at, int length) {
        if (length < 5 || length > MAX_CONTENT)
            return false;
        int credential = Wire.getU16(s, at + 2);
        return credential <= MAX_CREDENTIAL && 4 + credential < length
                && (Wire.getU8(s, at) != NO_CREDENTIAL || credential == 0);
    }

    public static boolean wellFormed(MemorySegment s, long at, int length) {
        return length > CONTENT && contentWellFormed(s, at + CONTENT, length - CONTENT);
    }

    public static long cookie(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    public static long serviceHigh(MemorySegment s, long at) {
        return Wire.getLong(s, at + 16);
    }

    public static long serviceLow(MemorySegment s, long at) {
        return Wire.getLong(s, at + 24);
    }

    public static int credentialKind(MemorySegment s, long contentAt) {
        return Wire.getU8(s, contentAt);
    }

    /** The sealed hello of well-formed content. */
    public static byte[] sealedHello(MemorySegment s, long contentAt, int contentLength) {
        int skip = 4 + Wire.getU16(s, contentAt + 2);
        return Wire.getBytes(s, contentAt + skip, contentLength - skip);
    }
}
