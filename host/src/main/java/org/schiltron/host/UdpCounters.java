package org.schiltron.host;

/**
 * What a set of sockets counted. Written by the loop's thread alone; another thread may read and sees values that are
 * at most a moment old.
 */
public final class UdpCounters {
    long datagramsIn;
    long bytesIn;
    long datagramsOut;
    long bytesOut;
    long oversizedIn;
    long fullOut;
    long unreachableOut;
    long trainsRefused;
    long receiveErrors;
    long systemCalls;

    UdpCounters() {
    }

    public long datagramsIn() {
        return datagramsIn;
    }

    public long bytesIn() {
        return bytesIn;
    }

    /** Datagrams the kernel took. */
    public long datagramsOut() {
        return datagramsOut;
    }

    public long bytesOut() {
        return bytesOut;
    }

    /** Came in longer than {@link org.schiltron.machine.TransmitSink#MAX_DATAGRAM}, and were dropped. */
    public long oversizedIn() {
        return oversizedIn;
    }

    /** Not sent because the kernel's send buffer or queue was full. */
    public long fullOut() {
        return fullOut;
    }

    /** Not sent for another reason: no route, refused, filtered, too long for the path, wrong address family. */
    public long unreachableOut() {
        return unreachableOut;
    }

    /** Trains the kernel would not cut apart, of which each datagram was then sent by itself. */
    public long trainsRefused() {
        return trainsRefused;
    }

    /** Errors the kernel reported instead of a datagram, such as an ICMP answer to an earlier one. */
    public long receiveErrors() {
        return receiveErrors;
    }

    /** Calls to receive, send and wait. */
    public long systemCalls() {
        return systemCalls;
    }
}
