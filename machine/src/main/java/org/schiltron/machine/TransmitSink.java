package org.schiltron.machine;

import java.lang.foreign.MemorySegment;

/**
 * Where a machine writes what it sends, without a copy in between: claim room, write the bytes into {@link #segment}
 * at the offset given, commit. One claim at a time; a claim that is not committed is forgotten at the next claim.
 *
 * <pre>{@code
 * long at = sink.claim(1_232);
 * int length = layout.write(sink.segment(), at);
 * sink.commit(path, length);
 * }</pre>
 *
 * A sink never refuses: the host's flushes to the socket when full, and a datagram the network would not take is
 * lost there, as datagrams are.
 */
public interface TransmitSink {
    /** The longest datagram that may be claimed, bytes of UDP payload. */
    int MAX_DATAGRAM = 2_048;

    /** The memory to write to. May change from claim to claim, so ask after {@link #claim}. */
    MemorySegment segment();

    /**
     * Room for one datagram.
     *
     * @param maxLength bytes, 1 to {@link #MAX_DATAGRAM}
     * @return the offset in {@link #segment} to write at
     */
    long claim(int maxLength);

    /**
     * Sends the first {@code length} bytes of the claim.
     *
     * @param to     where to; copied
     * @param length bytes, 1 to what was claimed
     */
    void commit(Path to, int length);
}
