package org.schiltron.swarm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The frames inside a packet. Integers are varints unless said otherwise.
 *
 * <pre>
 * PADDING        00
 * PING           01                                       asks for an acknowledgement
 * ACK            02 windowStart, windowEnd, rate, delay, ranges, (largest or gap, length)*
 * STREAM         03 id, offset, end bit and length u16, bytes
 * OPEN           04 id, length u8, target
 * RESET          05 id
 * CREDIT         06 id, limit                             id 0: of the whole session
 * DATAGRAM       07 flow, number, part u8, parts u8, target length u8, target, length u16, bytes
 * SET            08 version, start, count u8, (list index, weight u8)*
 * LIST           09 total, offset, length u16, bytes of a signed swarm list
 * CLOSE          0a code u8
 * </pre>
 *
 * ACK: {@code windowStart} and {@code windowEnd} bound the indices for which gets stand or were sent; {@code rate} is
 * the advertised packet rate per second; {@code delay} is how long the largest was held, in microseconds; {@code
 * ranges} counts the pairs, highest first: the first begins with its largest index, the others with how many are missing
 * below the one before, minus one; lengths count the indices of the range below its largest.
 */
final class Frames {
    static final int PADDING = 0x00;
    static final int PING = 0x01;
    static final int ACK = 0x02;
    static final int STREAM = 0x03;
    static final int OPEN = 0x04;
    static final int RESET = 0x05;
    static final int CREDIT = 0x06;
    static final int DATAGRAM = 0x07;
    static final int SET = 0x08;
    static final int LIST = 0x09;
    static final int CLOSE = 0x0a;

    /** Longest target name, UTF-8 bytes: an OPEN fits the short packets of a session that wakes up. */
    static final int MAX_TARGET = 200;

    private Frames() {
    }

    static byte[] open(long stream, String target) {
        byte[] name = target.getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_TARGET)
            throw new IllegalArgumentException("target longer than 200 bytes");
        byte[] frame = new byte[10 + name.length];
        frame[0] = OPEN;
        int at = Varint.write(frame, 1, stream);
        frame[at++] = (byte) name.length;
        System.arraycopy(name, 0, frame, at, name.length);
        return Arrays.copyOf(frame, at + name.length);
    }

    static byte[] reset(long stream) {
        byte[] frame = new byte[9];
        frame[0] = RESET;
        return Arrays.copyOf(frame, Varint.write(frame, 1, stream));
    }

    static byte[] credit(long stream, long limit) {
        byte[] frame = new byte[17];
        frame[0] = CREDIT;
        return Arrays.copyOf(frame, Varint.write(frame, Varint.write(frame, 1, stream), limit));
    }

    static byte[] close(CloseReason reason) {
        return new byte[]{CLOSE, (byte) reason.code()};
    }
}
