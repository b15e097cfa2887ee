package org.schiltron.swarm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes what a service hands over to itself elsewhere; {@link FrameReader} reads it. Numbers are varints. */
final class HandOverWriter {
    private byte[] bytes = new byte[1_024];
    private int length;

    HandOverWriter flag(boolean value) {
        room(1)[length++] = (byte) (value ? 1 : 0);
        return this;
    }

    /** @param value 0 to {@link Varint#MAX} */
    HandOverWriter number(long value) {
        length = Varint.write(room(8), length, value);
        return this;
    }

    /** Without their number. */
    HandOverWriter bytes(byte[] value) {
        System.arraycopy(value, 0, room(value.length), length, value.length);
        length += value.length;
        return this;
    }

    /** With their number before them. */
    HandOverWriter counted(byte[] value) {
        return number(value.length).bytes(value);
    }

    /** Reads {@link #counted}. */
    static byte[] counted(FrameReader from, int most) {
        return from.take(from.varintUpTo(most));
    }

    /** One direction's set, the version of the last change, and the change that is undecided. */
    HandOverWriter sets(long version, MailboxSet set, @Nullable SetChange pending) {
        bytes(new SetChange(version, 0, set).encode()).flag(pending != null);
        return pending == null ? this : bytes(pending.encode());
    }

    /**
     * What {@link #sets(long, MailboxSet, SetChange)} wrote.
     *
     * @param present with the version of the last change
     */
    record Sets(SetChange present, @Nullable SetChange pending) {
    }

    /** Null if malformed. */
    static @Nullable Sets sets(FrameReader from) {
        SetChange present = change(from);
        boolean more = from.u8() == 1;
        SetChange pending = more ? change(from) : null;
        return present == null || more && pending == null ? null : new Sets(present, pending);
    }

    private static @Nullable SetChange change(FrameReader from) {
        return from.u8() == Frames.SET ? SetChange.read(from) : null;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private byte[] room(int more) {
        if (bytes.length - length < more)
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        return bytes;
    }
}
