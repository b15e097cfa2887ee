package org.schiltron.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.jspecify.annotations.Nullable;

/**
 * What every datagram has in common: the header, the message types, the sizes, and access to fields in network byte
 * order. Layouts are drawn in docs/PROTOCOL.md and in the class of each message.
 *
 * <pre>
 *  0               1               2               3
 * +---------------+---------------+---------------+---------------+
 * |     type      |     shard     |    version    |     flags     |  0
 * +---------------+---------------+---------------+---------------+
 * |                              tag                              |  4
 * +---------------------------------------------------------------+
 * </pre>
 *
 * {@code shard} stands at offset 1 in every message, so that a socket filter can steer by it. {@code tag} belongs to
 * whoever sends a request and comes back with the answer; a ring node puts its customer's number there.
 */
public final class Wire {
    public static final int VERSION = 1;
    public static final int HEADER = 8;
    public static final int NONCE = 16;

    /** The longest datagram sent, bytes of UDP payload: passes any IPv6 path whole. */
    public static final int MAX_DATAGRAM = 1_232;
    /** Bytes before the inner datagram between a customer and its ring node. */
    public static final int ENVELOPE = 48;
    /** The longest body of a {@link Put}, so that it still fits when enveloped by a ring: 1,152 bytes. */
    public static final int MAX_BODY = MAX_DATAGRAM - ENVELOPE - Put.BODY;

    // Mailbox
    public static final byte COOKIE_REQUEST = 0x10;
    public static final byte COOKIE = 0x11;
    public static final byte GET = 0x20;
    public static final byte PUT = 0x21;
    public static final byte DATA = 0x22;
    public static final byte POST = 0x30;
    public static final byte HELLO = 0x31;
    public static final byte FIRST = 0x32;
    public static final byte CHALLENGE = 0x33;
    // Ring
    public static final byte ENROL_REQUEST = 0x40;
    public static final byte ENROL_CHALLENGE = 0x41;
    public static final byte ENROL = 0x42;
    public static final byte ENROLLED = 0x43;
    public static final byte OUT = 0x44;
    public static final byte IN = 0x45;
    public static final byte PING = 0x46;
    public static final byte PONG = 0x47;

    /** In {@link Data}: the mailbox is congested (the paper's ECN bit, section 3.5). */
    public static final byte FLAG_CONGESTED = 1;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Wire() {
    }

    /** Writes the common header. */
    public static void header(MemorySegment s, long at, byte type, int shard, int flags, int tag) {
        s.set(ValueLayout.JAVA_BYTE, at, type);
        s.set(ValueLayout.JAVA_BYTE, at + 1, (byte) shard);
        s.set(ValueLayout.JAVA_BYTE, at + 2, (byte) VERSION);
        s.set(ValueLayout.JAVA_BYTE, at + 3, (byte) flags);
        s.set(INT, at + 4, tag);
    }

    /** Null if the datagram may be looked at further, else why not. Call before any other accessor. */
    public static @Nullable Drop checkHeader(MemorySegment s, long at, int length) {
        if (length < HEADER)
            return Drop.TRUNCATED;
        if (length > MAX_DATAGRAM)
            return Drop.OVERSIZED;
        if (s.get(ValueLayout.JAVA_BYTE, at + 2) != VERSION)
            return Drop.WRONG_VERSION;
        return null;
    }

    public static byte type(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at);
    }

    public static int shard(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at + 1) & 0xff;
    }

    public static int flags(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at + 3) & 0xff;
    }

    public static int tag(MemorySegment s, long at) {
        return s.get(INT, at + 4);
    }

    public static void setTag(MemorySegment s, long at, int tag) {
        s.set(INT, at + 4, tag);
    }

    public static byte getByte(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at);
    }

    public static int getU8(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    public static int getU16(MemorySegment s, long at) {
        return s.get(SHORT, at) & 0xffff;
    }

    public static int getInt(MemorySegment s, long at) {
        return s.get(INT, at);
    }

    public static long getLong(MemorySegment s, long at) {
        return s.get(LONG, at);
    }

    public static void putU8(MemorySegment s, long at, int value) {
        s.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    public static void putU16(MemorySegment s, long at, int value) {
        s.set(SHORT, at, (short) value);
    }

    public static void putInt(MemorySegment s, long at, int value) {
        s.set(INT, at, value);
    }

    public static void putLong(MemorySegment s, long at, long value) {
        s.set(LONG, at, value);
    }

    public static void putBytes(MemorySegment s, long at, byte[] bytes) {
        MemorySegment.copy(bytes, 0, s, ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    public static byte[] getBytes(MemorySegment s, long at, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(s, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
        return bytes;
    }

    public static void zero(MemorySegment s, long at, long length) {
        for (long i = 0; i < length; i++)
            s.set(ValueLayout.JAVA_BYTE, at + i, (byte) 0);
    }

    /** An address and port as 18 bytes: IPv6 or IPv4-mapped, then the port. */
    public static void putAddress(MemorySegment s, long at, Path address) {
        putLong(s, at, address.addressHigh());
        putLong(s, at + 8, address.addressLow());
        putU16(s, at + 16, address.port());
    }

    /** Reads 18 bytes into {@code into}. */
    public static void getAddress(MemorySegment s, long at, int socket, Path into) {
        into.set(socket, getLong(s, at), getLong(s, at + 8), getU16(s, at + 16));
    }
}
