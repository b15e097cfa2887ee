package org.schiltron.overlays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.schiltron.filter.RuleGates;

/** A packet of TCP over IPv4 with four bytes of payload (RFC 791, RFC 9293), and what a ring says to it. */
final class Probe {
    /** Where nothing else is asked for: the service's address and port, and any port of a sender's. */
    static final int SERVICE = 0xc000_0250; // 192.0.2.80
    static final int PORT = 443;
    static final int SOURCE_PORT = 40_000;

    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int LENGTH = IP + TCP + Integer.BYTES;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment bytes = MemorySegment.ofArray(new byte[LENGTH]);

    Probe() {
        bytes.set(ValueLayout.JAVA_BYTE, 0, (byte) 0x45);
        bytes.set(SHORT, 2, (short) LENGTH);
        bytes.set(ValueLayout.JAVA_BYTE, 8, (byte) 64);
        bytes.set(ValueLayout.JAVA_BYTE, 9, (byte) 6);
        bytes.set(ValueLayout.JAVA_BYTE, IP + 12, (byte) (TCP / 4 << 4));
        bytes.set(ValueLayout.JAVA_BYTE, IP + 13, (byte) 0x18); // PSH, ACK
        from(0);
        fromPort(SOURCE_PORT);
        to(SERVICE);
        toPort(PORT);
    }

    void from(int address) {
        bytes.set(INT, 12, address);
    }

    void to(int address) {
        bytes.set(INT, 16, address);
    }

    void fromPort(int port) {
        bytes.set(SHORT, IP, (short) port);
    }

    void toPort(int port) {
        bytes.set(SHORT, IP + 2, (short) port);
    }

    /** The first four bytes of the payload. */
    void word(int value) {
        bytes.set(INT, IP + TCP, value);
    }

    boolean passes(RuleGates gates) {
        return gates.verdict(0, bytes, 0, LENGTH) == RuleGates.FORWARD;
    }
}
