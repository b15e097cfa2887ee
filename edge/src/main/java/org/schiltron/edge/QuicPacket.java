package org.schiltron.edge;

import java.nio.ByteBuffer;

/**
 * The header of one packet in a datagram, as far as it is in the clear. A flyweight: filled by {@link #read}, valid
 * while the datagram is.
 *
 * <pre>
 * long    1 fixed(1) type(2) protected(4), version (4), length (1), destination id, length (1), source id
 *         Initial:                 length of token (varint), token, length of the rest (varint), packet number...
 *         0-RTT, Handshake:        length of the rest (varint), packet number...
 *         Retry:                   token, integrity tag (16)
 *         version 0:               versions (4 each)                                       RFC 9000, section 17.2
 * short   0 fixed(1) protected(6), destination id, packet number...                        section 17.3
 * </pre>
 *
 * Version 2 numbers the types differently (RFC 9369, section 3.2). Of another version only the ids are known (RFC
 * 8999).
 */
final class QuicPacket {
    static final int VERSION_1 = 1;
    static final int VERSION_2 = 0x6b3343cf;
    /** RFC 9000, section 17.2; other versions may have longer ones, and are not read then. */
    static final int MAX_ID = 20;

    enum Type {
        INITIAL, ZERO_RTT, HANDSHAKE, RETRY, NEGOTIATION, SHORT,
        /** Of a version that is not known. */
        FOREIGN
    }

    private static final Type[] TYPES_1 = {Type.INITIAL, Type.ZERO_RTT, Type.HANDSHAKE, Type.RETRY};
    private static final Type[] TYPES_2 = {Type.RETRY, Type.INITIAL, Type.ZERO_RTT, Type.HANDSHAKE};

    Type type = Type.SHORT;
    int version;
    /** From the buffer's beginning, as all offsets here. */
    int start;
    int destinationAt;
    int destinationLength;
    int sourceAt;
    int sourceLength;
    int tokenLength;
    int numberAt;
    /** Behind the last byte. */
    int end;

    /**
     * The packet at {@code at}.
     *
     * @return false if there is none: what a header says goes past the datagram's end
     */
    boolean read(ByteBuffer datagram, int at) {
        start = at;
        end = datagram.limit();
        tokenLength = 0;
        if (at >= end)
            return false;
        if (datagram.get(at) >= 0) {
            type = Type.SHORT;
            destinationAt = at + 1;
            destinationLength = 0; // only who gave it knows
            return true;
        }
        if (end - at < 7)
            return false;
        version = datagram.getInt(at + 1);
        destinationLength = datagram.get(at + 5) & 0xff;
        destinationAt = at + 6;
        int sourceLengthAt = destinationAt + destinationLength;
        if (destinationLength > MAX_ID || sourceLengthAt >= end)
            return false;
        sourceLength = datagram.get(sourceLengthAt) & 0xff;
        sourceAt = sourceLengthAt + 1;
        int rest = sourceAt + sourceLength;
        if (sourceLength > MAX_ID || rest > end)
            return false;
        boolean second = version == VERSION_2;
        if (version == 0)
            type = Type.NEGOTIATION;
        else if (version != VERSION_1 && !second)
            type = Type.FOREIGN;
        else
            type = (second ? TYPES_2 : TYPES_1)[datagram.get(at) >> 4 & 3];
        return switch (type) {
            case INITIAL, ZERO_RTT, HANDSHAKE -> lengths(datagram, rest);
            case RETRY -> end - rest >= 16;
            case NEGOTIATION, FOREIGN, SHORT -> true;
        };
    }

    private boolean lengths(ByteBuffer datagram, int from) {
        int at = from;
        if (type == Type.INITIAL) {
            long token = varint(datagram, at);
            at += varintLength(datagram, at);
            if (token < 0 || token > end - at)
                return false;
            tokenLength = (int) token;
            at += tokenLength;
        }
        long length = varint(datagram, at);
        numberAt = at + varintLength(datagram, at);
        // a packet number of up to 4 bytes, and the 16 bytes behind it that are sampled (RFC 9001, section 5.4.2)
        if (length < 20 || length > end - numberAt)
            return false;
        end = numberAt + (int) length;
        return true;
    }

    /** RFC 9000, section 16; -1 past the end. */
    private long varint(ByteBuffer datagram, int at) {
        int length = varintLength(datagram, at);
        if (at + length > end)
            return -1;
        long value = datagram.get(at) & 0x3f;
        for (int i = 1; i < length; i++)
            value = value << 8 | datagram.get(at + i) & 0xff;
        return value;
    }

    private int varintLength(ByteBuffer datagram, int at) {
        return at < end ? 1 << (datagram.get(at) >> 6 & 3) : 1;
    }

    /**
     * Whether the bit is set that tells QUIC from other protocols, which only some connections may clear (RFC 9287).
     */
    boolean fixedBit(ByteBuffer datagram) {
        return (datagram.get(start) & 0x40) != 0;
    }

    byte[] destination(ByteBuffer datagram) {
        return bytes(datagram, destinationAt, destinationLength);
    }

    byte[] source(ByteBuffer datagram) {
        return bytes(datagram, sourceAt, sourceLength);
    }

    static byte[] bytes(ByteBuffer datagram, int at, int length) {
        byte[] bytes = new byte[length];
        datagram.get(at, bytes);
        return bytes;
    }
}
