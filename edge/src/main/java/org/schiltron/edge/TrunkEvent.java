package org.schiltron.edge;

/** What a {@link Trunk} tells its driver. */
public sealed interface TrunkEvent {

    /** The handshake is complete, and the other end has shown that it is there now: streams may be opened. */
    record Opened(Node peer) implements TrunkEvent {
    }

    /** The other end opened a stream. {@code header} says where it leads and belongs to the receiver. */
    record StreamOpened(int stream, byte[] header) implements TrunkEvent {
    }

    /** There are bytes, or the end, to read. Given again only after a read has returned 0. */
    record StreamReadable(int stream) implements TrunkEvent {
    }

    /** There is room again after a write that took less than it was offered. */
    record StreamWritable(int stream) implements TrunkEvent {
    }

    /** The other end gave the stream up; what was not read is gone. */
    record StreamReset(int stream, ResetReason reason) implements TrunkEvent {
    }

    /**
     * The trunk is over, and all its streams with it. Once {@link Trunk#take} gives nothing more, the connection may be
     * closed.
     *
     * @param byPeer whether the other end says so
     */
    record Closed(TrunkClose reason, boolean byPeer) implements TrunkEvent {
    }
}
