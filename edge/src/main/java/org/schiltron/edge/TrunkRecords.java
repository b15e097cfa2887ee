package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.PacketCipher;

/**
 * Seals what one end of a trunk sends and opens what comes, in order. Layouts:
 *
 * <pre>
 * record   0 length of what follows (2): 16 to 16,400   2 frames, AES-128-GCM   its tag (16)
 * cell     0 1,008 bytes of frames and padding, AES-128-GCM   1,008 its tag (16)
 * </pre>
 *
 * The n-th record of a direction is sealed at index n, with the length of what is sealed as associated data; {@link
 * PacketCipher} takes a new key every 2^18 of them and erases the old, so a record that is lost, repeated, out of order or
 * changed does not open.
 */
final class TrunkRecords {
    static final int CELL = 1_024;
    static final int CELL_PLAIN = CELL - PacketCipher.OVERHEAD;
    static final int MAX_PLAIN = 16 << 10;
    /** Longest record on the wire. */
    static final int MAX_RECORD = 2 + MAX_PLAIN + PacketCipher.OVERHEAD;

    private final boolean cells;
    private final PacketCipher sealer;
    private final PacketCipher opener;
    private final byte[] input;
    private int have;
    private long sealed;
    private long opened;

    /**
     * @param sealSecret 32 bytes, of the direction from here
     * @param openSecret 32 bytes, of the direction to here
     */
    TrunkRecords(boolean cells, byte[] sealSecret, byte[] openSecret) {
        this.cells = cells;
        sealer = new PacketCipher(sealSecret);
        opener = new PacketCipher(openSecret);
        input = new byte[cells ? CELL : MAX_RECORD];
    }

    /** Takes bytes up to the end of a record; returns how many. */
    int feed(byte[] from, int offset, int length) {
        int taken = 0;
        while (taken < length && have < needed()) {
            int part = Math.min(length - taken, needed() - have);
            System.arraycopy(from, offset + taken, input, have, part);
            have += part;
            taken += part;
        }
        return taken;
    }

    /** Whether there is a record whose length makes no sense: nothing after it can be read. */
    boolean isBad() {
        return !cells && have >= 2 && (body() < PacketCipher.OVERHEAD || body() > MAX_PLAIN + PacketCipher.OVERHEAD);
    }

    boolean isComplete() {
        return have == needed();
    }

    /** The plain text of the complete record, valid until the next is fed; null if it is not authentic. */
    @Nullable
    ByteBuffer open() {
        int offset = cells ? 0 : 2;
        int length = have - offset;
        int plain = opener.open(opened, length, 0, input, offset, length, input, offset);
        have = 0;
        if (plain < 0)
            return null;
        opened++;
        return ByteBuffer.wrap(input, offset, plain).slice();
    }

    /** Most plain text of one. */
    int capacity() {
        return cells ? CELL_PLAIN : MAX_PLAIN;
    }

    /**
     * Seals {@code length} bytes of plain text; a cell is padded.
     *
     * @param plain has {@link #capacity} bytes
     * @param out   has room for {@link #MAX_RECORD}
     * @return the length of the record
     */
    int seal(byte[] plain, int length, byte[] out, int offset) {
        if (cells)
            Arrays.fill(plain, length, CELL_PLAIN, (byte) 0);
        int plainLength = cells ? CELL_PLAIN : length;
        int body = plainLength + PacketCipher.OVERHEAD;
        int at = offset;
        if (!cells) {
            out[at++] = (byte) (body >>> 8);
            out[at++] = (byte) body;
        }
        sealer.seal(sealed++, body, 0, plain, 0, plainLength, out, at);
        return at - offset + body;
    }

    private int needed() {
        if (cells)
            return CELL;
        return have < 2 || isBad() ? 2 : 2 + body();
    }

    private int body() {
        return (input[0] & 0xff) << 8 | input[1] & 0xff;
    }
}
