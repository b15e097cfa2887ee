package org.schiltron.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BiConsumer;

/**
 * Hands on each datagram as an array of its own, with a copy of where it goes: for a few packets, not at packet rate. Room
 * begins at an odd offset, and no more than was claimed may be committed, so that a machine that holds to neither shows.
 */
public final class ArraySink implements TransmitSink {
    private static final int ROOM_AT = 5;

    private final MemorySegment segment = MemorySegment.ofArray(new byte[ROOM_AT + MAX_DATAGRAM]);
    private final BiConsumer<Path, byte[]> receiver;
    private int claimed;

    public ArraySink(BiConsumer<Path, byte[]> receiver) {
        this.receiver = receiver;
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public long claim(int maxLength) {
        if (maxLength < 1 || maxLength > MAX_DATAGRAM)
            throw new AssertionError("claims " + maxLength + " bytes");
        claimed = maxLength;
        return ROOM_AT;
    }

    @Override
    public void commit(Path to, int length) {
        if (length < 1 || length > claimed)
            throw new AssertionError("commits " + length + " of " + claimed + " bytes");
        claimed = 0;
        receiver.accept(to.copy(), segment.asSlice(ROOM_AT, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
