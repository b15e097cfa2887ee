package org.schiltron.host;

import org.schiltron.proof.ClientId;

/**
 * What a {@link StreamRelay} needs of a session. All methods on the session's thread; equal when they stand for the
 * same session.
 */
interface Tunnel {
    boolean isOpen();

    /** Who the client is: the same tomorrow, and through other mailboxes. */
    ClientId client();

    /** The stream's number, or -1 if no more may be opened now. */
    long openStream(long nowNs, String target);

    /** Bytes taken, 0 to {@code length}. After fewer than offered, {@link StreamRelay#writable} is called once. */
    int write(long nowNs, long stream, byte[] source, int offset, int length);

    /** Orderly end of this side's direction, after what was written. */
    void finish(long nowNs, long stream);

    /**
     * Bytes read, 0 if there are none now, -1 at the end. After 0, {@link StreamRelay#readable} is called once there
     * is something again.
     */
    int read(long nowNs, long stream, byte[] target, int offset, int length);

    /** Abandons both directions. */
    void reset(long nowNs, long stream);

    /** Best effort. */
    void sendDatagram(long nowNs, long flow, String target, byte[] payload, int offset, int length);
}
