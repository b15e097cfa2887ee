package org.schiltron.swarm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.SwarmList;

/** A signed swarm list on its way through a session in LIST frames, put together again at the client. */
final class ListTransfer {
    private static final int CHUNK = 1_000;

    private final byte[] bytes;
    private final RangeSet received = new RangeSet(256);

    private ListTransfer(int total) {
        bytes = new byte[total];
    }

    /** The frames that carry {@code encoded}. */
    static byte[][] frames(byte[] encoded) {
        byte[][] frames = new byte[(encoded.length + CHUNK - 1) / CHUNK][];
        for (int i = 0; i < frames.length; i++) {
            int offset = i * CHUNK;
            int length = Math.min(CHUNK, encoded.length - offset);
            byte[] frame = new byte[20 + length];
            frame[0] = Frames.LIST;
            int at = Varint.write(frame, Varint.write(frame, 1, encoded.length), offset);
            frame[at++] = (byte) (length >>> 8);
            frame[at++] = (byte) length;
            System.arraycopy(encoded, offset, frame, at, length);
            frames[i] = Arrays.copyOf(frame, at + length);
        }
        return frames;
    }

    /**
     * Reads a LIST frame after its type.
     *
     * @param soFar what came of this list before, or null
     * @return null if malformed
     */
    static @Nullable ListTransfer onFrame(FrameReader reader, @Nullable ListTransfer soFar) {
        int total = reader.varintUpTo(SwarmList.MAX_BYTES);
        int offset = reader.varintUpTo(SwarmList.MAX_BYTES);
        int length = reader.u16();
        int at = reader.skip(length);
        if (reader.failed() || offset + length > total)
            return null;
        ListTransfer transfer = soFar != null && soFar.bytes.length == total ? soFar : new ListTransfer(total);
        System.arraycopy(reader.array(), at, transfer.bytes, offset, length);
        return transfer.received.add(offset, offset + length) ? transfer : null;
    }

    /** All bytes, or null while some are missing. */
    byte @Nullable [] complete() {
        return received.containsAll(0, bytes.length) ? bytes : null;
    }
}
