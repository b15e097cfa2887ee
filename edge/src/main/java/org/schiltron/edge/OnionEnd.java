package org.schiltron.edge;

import org.jspecify.annotations.Nullable;

/** Either end of a mix leg, over one stream of a trunk. At most 64 KiB wait in each direction. For one thread. */
public sealed interface OnionEnd permits OnionSource, OnionHop.Last {
    /** Bytes have come out of the stream: takes as long as there is room for what they bring; returns how many. */
    int onBytes(byte[] from, int offset, int length);

    /** The stream has ended, without {@link TrunkEvent.StreamReset}. */
    void onStreamEnd();

    /** Takes bytes for the other end; returns how many. */
    int write(byte[] from, int offset, int length);

    /** How many bytes {@link #write} would take now. */
    int writable();

    /** Nothing more is written. */
    void end();

    /** Gives the leg up; the other end is told by a cell. */
    void reset(ResetReason reason);

    /**
     * The next cell for the stream.
     *
     * @param out has room for {@link OnionSource#CELL} from {@code offset}
     * @return {@link OnionSource#CELL}, or 0 if there is nothing to say now
     */
    int take(byte[] out, int offset);

    /** Bytes from the other end: how many, 0 if there are none yet, -1 if there will be none. */
    int read(byte[] into, int offset, int length);

    /** How many bytes {@link #read} would give now. */
    int readable();

    /** The other end's reset, or null. */
    @Nullable
    ResetReason peerReset();

    /** What went wrong, or null: the leg is over, and its stream to be reset with {@link OnionFault#reset}. */
    @Nullable
    OnionFault fault();

    /** Whether both directions have ended in order. */
    boolean isDone();
}
