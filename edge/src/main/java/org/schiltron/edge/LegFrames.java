package org.schiltron.edge;

/**
 * What one record of a carrier says, one frame each. Offsets in bytes, numbers in network byte order:
 *
 * <pre>
 * DATA      0 type 1 (1)   1 position (8)   9 bytes (1 to 16,375)
 * ACK       0 type 2 (1)   1 everything below was taken (8)
 * END       0 type 3 (1)   1 position (8)
 * RESET     0 type 4 (1)   1 position (8)   9 reason (1)
 * POSITION  0 type 5 (1)   1 received (8)   9 taken (8)      the landing's first over a resumed carrier
 * LEAVE     0 type 6 (1)                                     the last of this end over this carrier
 * PING      0 type 7 (1)
 * PONG      0 type 8 (1)
 * </pre>
 */
final class LegFrames {
    static final byte DATA = 1;
    static final byte ACK = 2;
    static final byte END = 3;
    static final byte RESET = 4;
    static final byte POSITION = 5;
    static final byte LEAVE = 6;
    static final byte PING = 7;
    static final byte PONG = 8;

    /** Bytes before those of DATA. */
    static final int DATA_HEAD = 9;

    private LegFrames() {
    }

    /** Whether a frame of that type may have that length, the type included. */
    static boolean fits(byte type, int length) {
        return switch (type) {
            case DATA -> length > DATA_HEAD;
            case ACK, END -> length == 9;
            case RESET -> length == 10;
            case POSITION -> length == 17;
            case LEAVE, PING, PONG -> length == 1;
            default -> false;
        };
    }
}
