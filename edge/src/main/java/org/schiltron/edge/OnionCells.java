package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.PacketCipher;

/**
 * Bytes in and out of cells at one end of a mix leg. The n-th cell of a direction is sealed at index n for the other end,
 * so that there a cell that was changed, lost, repeated or put out of order on the way is found out; around that goes a
 * layer of encryption for each node between the ends, which each takes off or puts on.
 *
 * <pre>
 * cell     0 sealed: 976 bytes, AES-128-GCM   976 its tag (16)                         992
 * inside   0 flags (1): 1 end, 2 reset   1 reason of a reset (1)   2 length (2)   4 bytes, at most 972, then zeros
 * </pre>
 *
 * A layer is a stream cipher, so a node in the middle can change chosen bits: the end notices, but a node that works with
 * the end could tell by it whether they are on one way. Two such nodes can tell by time as well.
 */
final class OnionCells {
    static final int CELL = 992;
    static final int PAYLOAD = 972;
    /** Bytes that wait in one direction at most. */
    static final int WINDOW = 64 << 10;

    private static final int PLAIN = CELL - PacketCipher.OVERHEAD;
    private static final int HEAD = PLAIN - PAYLOAD;
    private static final byte END = 1;
    private static final byte RESET = 2;

    static {
        assert HEAD == 4 && CELL + TrunkFrames.PREFIX + 9 == TrunkRecords.CELL_PLAIN; // and a CREDIT beside it
    }

    private final PacketCipher sealer;
    private final PacketCipher opener;
    private final List<Cipher> layersOut; // one for each node between the ends
    private final List<Cipher> layersIn;
    private final ByteQueue out = new ByteQueue(WINDOW);
    private final ByteQueue in = new ByteQueue(WINDOW);
    private final byte[] cell = new byte[CELL]; // that comes in
    private int have;
    private long sealed;
    private long opened;
    private boolean ending;
    private @Nullable ResetReason reset; // to be said
    private boolean closed; // end or reset was said
    private boolean peerEnded;
    private @Nullable ResetReason peerReset;
    private @Nullable OnionFault fault;

    OnionCells(byte[] sealSecret, byte[] openSecret, List<Cipher> layersOut, List<Cipher> layersIn, CipherPool pool) {
        sealer = new PacketCipher(sealSecret, pool);
        opener = new PacketCipher(openSecret, pool);
        this.layersOut = List.copyOf(layersOut);
        this.layersIn = List.copyOf(layersIn);
    }

    int write(byte[] from, int offset, int length) {
        return ending || reset != null || fault != null ? 0 : out.write(from, offset, length);
    }

    int room() {
        return ending || reset != null || fault != null ? 0 : out.room();
    }

    void end() {
        ending = true;
    }

    void reset(ResetReason reason) {
        out.clear();
        in.clear();
        if (reset == null)
            reset = reason;
    }

    boolean hasDue() {
        return !closed && fault == null && (out.size() > 0 || ending || reset != null);
    }

    /** Writes the next cell if there is something to say; returns its length or 0. */
    int take(byte[] to, int offset) {
        if (!hasDue())
            return 0;
        Arrays.fill(to, offset, offset + PLAIN, (byte) 0);
        int length = out.read(to, offset + HEAD, PAYLOAD);
        if (reset != null) {
            to[offset] = RESET;
            to[offset + 1] = (byte) reset.code();
            closed = true;
        } else if (ending && out.size() == 0) {
            to[offset] = END;
            closed = true;
        }
        to[offset + 2] = (byte) (length >>> 8);
        to[offset + 3] = (byte) length;
        sealer.seal(sealed++, 0, 0, to, offset, PLAIN, to, offset);
        for (Cipher layer : layersOut)
            OnionKeys.crypt(layer, to, offset, CELL);
        return CELL;
    }

    /** Takes bytes as long as there is room for what they bring; returns how many. */
    int onBytes(byte[] from, int offset, int length) {
        int at = offset;
        while (at < offset + length && fault == null && in.room() >= PAYLOAD) {
            int part = Math.min(offset + length - at, CELL - have);
            System.arraycopy(from, at, cell, have, part);
            have += part;
            at += part;
            if (have == CELL) {
                have = 0;
                onCell();
            }
        }
        return at - offset;
    }

    private void onCell() {
        for (Cipher layer : layersIn)
            OnionKeys.crypt(layer, cell, 0, CELL);
        if (opener.open(opened, 0, 0, cell, 0, CELL, cell, 0) != PLAIN || peerEnded || peerReset != null) {
            fault = OnionFault.TAMPERED;
            return;
        }
        opened++;
        ByteBuffer inside = ByteBuffer.wrap(cell, 0, PLAIN);
        int flags = inside.get();
        int reason = inside.get() & 0xff;
        int length = inside.getShort() & 0xffff;
        if (flags < 0 || flags > RESET || flags != RESET && reason != 0 || length > PAYLOAD || !isZero(HEAD + length)) {
            fault = OnionFault.BAD_BLOCK;
            return;
        }
        in.write(cell, HEAD, length);
        peerEnded = flags == END;
        if (flags == RESET) {
            peerReset = ResetReason.ofCode(reason);
            out.clear();
        }
    }

    private boolean isZero(int from) {
        int any = 0;
        for (int i = from; i < PLAIN; i++)
            any |= cell[i];
        return any == 0;
    }

    /** The stream under it has ended: in the middle of everything, unless the end was said. */
    void onStreamEnd() {
        if (fault == null && peerReset == null && (!peerEnded || have > 0))
            fault = OnionFault.CUT;
    }

    /** What came over it makes no sense. */
    void fail(OnionFault with) {
        fault = with;
        in.clear();
    }

    /** Bytes, 0 if there are none yet, -1 if there will be none. */
    int read(byte[] into, int offset, int length) {
        int got = in.read(into, offset, length);
        return got == 0 && length > 0 && (peerEnded || peerReset != null || fault != null) ? -1 : got;
    }

    int readable() {
        return in.size();
    }

    @Nullable
    ResetReason peerReset() {
        return peerReset;
    }

    @Nullable
    OnionFault fault() {
        return fault;
    }

    boolean isDone() {
        return closed && (peerEnded || peerReset != null) && in.size() == 0;
    }
}
