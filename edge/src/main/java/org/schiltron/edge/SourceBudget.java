package org.schiltron.edge;

/**
 * How many bytes may go to a source of datagrams that has not proved that it is there: no more than came from it, so
 * that who forges the source gains nothing by it. A second datagram proves nothing: it is as easily forged as the
 * first. Counted are the payloads of UDP. May be used by two threads, one for each direction.
 */
public final class SourceBudget {
    private long received;
    private long sent;
    private boolean proved;

    public synchronized void received(int bytes) {
        received += bytes;
    }

    /** Whether a datagram may be sent; if so, it counts as sent. */
    public synchronized boolean send(int bytes) {
        if (!proved && sent + bytes > received)
            return false;
        sent += bytes;
        return true;
    }

    /** The source has answered what only it has seen: from now on it gets what there is. */
    public synchronized void prove() {
        proved = true;
    }

    public synchronized boolean proved() {
        return proved;
    }

    synchronized long received() {
        return received;
    }
}
