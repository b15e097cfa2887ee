package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.CipherPool;
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

    private static final byte[] NONE = new byte[0];

    private final boolean cells;
    private final PacketCipher sealer;
    private final PacketCipher opener;
    private final byte[] head = new byte[2]; // of a record: its length
    private int headHave;
    private byte[] body; // of a record, only while it comes in: there may be many idle ones
    private int have;
    private long sealed;
    private long opened;

    /**
     * @param sealSecret 32 bytes, of the direction from here
     * @param openSecret 32 bytes, of the direction to here
     */
    TrunkRecords(boolean cells, byte[] sealSecret, byte[] openSecret, CipherPool pool) {
        this.cells = cells;
        sealer = new PacketCipher(sealSecret, pool);
        opener = new PacketCipher(openSecret, pool);
        body = cells ? new byte[CELL] : NONE;
    }

    /** Takes bytes up to the end of a record; returns how many. */
    int feed(byte[] from, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (!cells && at < end && headHave < head.length) {
            head[headHave++] = from[at++];
            if (headHave == head.length && !isBad())
                body = new byte[length()];
        }
        int part = Math.min(end - at, body.length - have);
        System.arraycopy(from, at, body, have, part);
        have += part;
        return at + part - offset;
    }

    /** Whether there is a record whose length makes no sense: nothing after it can be read. */
    boolean isBad() {
        return !cells && headHave == head.length
                && (length() < PacketCipher.OVERHEAD || length() > MAX_PLAIN + PacketCipher.OVERHEAD);
    }

    boolean isComplete() {
        return body.length > 0 && have == body.length;
    }

    /** The plain text of the complete record, valid until the next is fed; null if it is not authentic. */
    @Nullable
    ByteBuffer open() {
        byte[] record = body;
        int plain = opener.open(opened, record.length, 0, record, 0, record.length, record, 0);
        have = 0;
        headHave = 0;
        if (!cells)
            body = NONE;
        if (plain < 0)
            return null;
        opened++;
        return ByteBuffer.wrap(record, 0, plain).slice();
    }

    /** Most plain text of one. */
    int capacity() {
        return cells ? CELL_PLAIN : MAX_PLAIN;
    }

    /** Where plain text stands in what {@link #seal} is given. */
    int prefix() {
        return cells ? 0 : head.length;
    }

    /**
     * Seals {@code length} bytes of plain text that stand {@link #prefix} behind {@code offset}; a cell is padded.
     *
     * @param out has room for {@link #MAX_RECORD} from {@code offset}
     * @return the length of the record
     */
    int seal(byte[] out, int offset, int length) {
        int at = offset + prefix();
        if (cells)
            Arrays.fill(out, at + length, at + CELL_PLAIN, (byte) 0);
        int plain = cells ? CELL_PLAIN : length;
        int whole = plain + PacketCipher.OVERHEAD;
        if (!cells) {
            out[offset] = (byte) (whole >>> 8);
            out[offset + 1] = (byte) whole;
        }
        sealer.seal(sealed++, whole, 0, out, at, plain, out, at);
        return prefix() + whole;
    }

    private int length() {
        return (head[0] & 0xff) << 8 | head[1] & 0xff;
    }
}
