package org.schiltron.wire;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;

/**
 * Between an enrolled customer and its ring node: {@link Wire#OUT} carries a datagram to be sent to a mailbox, {@link
 * Wire#IN} one that a mailbox sent; {@link Wire#PING} and {@link Wire#PONG} have no inner datagram.
 *
 * <pre>
 *  0 header (8)               tag: the customer's number at this ring node
 *  8 counter (8)              grows with every datagram of one direction
 * 16 MAC (8)                  SipHash-2-4 under the direction's key, of header, counter and
 *                            (SipHash-2-4 of what follows, as far as covered) + length
 * 24 mailbox address (16)     IPv6 or IPv4-mapped; of a PING: the proof of its address that the last
 *                            PONG gave (8), number (8); of a PONG: the proof, that number
 * 40 mailbox port (2)
 * 42 reserved (6)
 * 48 inner datagram
 * </pre>
 *
 * The MAC covers the envelope from the header on (MAC field left out) and the inner datagram: all of it for messages of
 * control, the first {@value #COVERED_INNER} bytes of a PUT, DATA, FIRST or HELLO. Their bodies are sealed end to end, so
 * that changing one only loses a packet that whoever could change it could as well have kept.
 */
public final class Envelope {
    public static final int INNER = Wire.ENVELOPE;
    /** Enough for type, tag, cookie and nonce of a message with a sealed body. */
    public static final int COVERED_INNER = 32;

    private Envelope() {
    }

    /** Writes all but MAC and inner datagram. */
    public static void write(MemorySegment s, long at, byte type, int shard, int customer, long counter,
            Path mailbox) {
        Wire.header(s, at, type, shard, 0, customer);
        Wire.putLong(s, at + 8, counter);
        Wire.putAddress(s, at + 24, mailbox);
        Wire.putU16(s, at + 42, 0);
        Wire.putInt(s, at + 44, 0);
    }

    /** Computes and writes the MAC of a complete envelope of {@code length} bytes. */
    public static void seal(MemorySegment s, long at, int length, SipHash key) {
        Wire.putLong(s, at + 16, mac(s, at, length, key));
    }

    /** Whether the MAC is right. {@code length} is at least {@link #INNER}. */
    public static boolean authentic(MemorySegment s, long at, int length, SipHash key) {
        return Wire.getLong(s, at + 16) == mac(s, at, length, key);
    }

    private static long mac(MemorySegment s, long at, int length, SipHash key) {
        int covered = length - INNER;
        if (covered > COVERED_INNER) {
            byte type = Wire.type(s, at + INNER);
            if (type == Wire.PUT || type == Wire.DATA || type == Wire.FIRST || type == Wire.HELLO)
                covered = COVERED_INNER;
        }
        long rest = key.hash(s, at + 24, INNER - 24 + covered);
        return key.hash(Wire.getLong(s, at), Wire.getLong(s, at + 8), rest + length);
    }

    public static boolean wellFormed(int length) {
        return length >= INNER && length <= Wire.MAX_DATAGRAM;
    }

    public static long counter(MemorySegment s, long at) {
        return Wire.getLong(s, at + 8);
    }

    /** Reads the mailbox's address into {@code into}. */
    public static void mailbox(MemorySegment s, long at, int socket, Path into) {
        Wire.getAddress(s, at + 24, socket, into);
    }
}
