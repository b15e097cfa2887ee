package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * Native memory for sendmmsg, written into directly by machines. Datagrams of one batch to one destination, of equal length
 * but for a shorter last one, leave as a train: one message, which the kernel (or the network card) cuts apart
 * (UDP_SEGMENT), so that one pass through the kernel's network stack serves up to 64 of them. Others may lie between
 * them: a message gathers its datagrams from where they were written. The order of one destination's datagrams is kept, and
 * nothing waits for a train to grow longer.
 *
 * <p>Bounds: 64 messages or 256 KiB; when either is reached the batch is sent and starts anew.
 */
final class SendBatch implements TransmitSink {
    private static final int MESSAGES = 64;
    private static final int BYTES = 256 << 10;
    private static final int NAME = 32;
    /** CMSG_SPACE(2): struct cmsghdr of 16 bytes, the segment length, padding. */
    private static final int CONTROL = 24;
    /** UDP_MAX_SEGMENTS of kernels before 6.9; later ones allow 128. */
    private static final int TRAIN_DATAGRAMS = 64;
    /** Below 65,507, what one UDP datagram over IPv4 may carry. */
    private static final int TRAIN_BYTES = 65_000;
    /** Slots of the table of open trains, a power of two, never more than half full. */
    private static final int OPEN = 2 * MESSAGES;
    /** struct iovec. */
    private static final int IOVEC = 16;
    /** So many trains refused and none taken: this system takes none. */
    private static final int REFUSALS = 16;
    /** The message after the last, for sending a train's datagrams one by one. */
    private static final int SPARE = MESSAGES;

    /** What of the system sends. */
    interface Kernel {
        /** As sendmmsg(2), without waiting. */
        int sendmmsg(int fd, long messages, int count);

        /** Of the last call that returned -1. */
        int errno();
    }

    private final Kernel kernel;
    private final NativeSocket[] sockets;
    private final UdpCounters counters;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment iovecs;
    private final MemorySegment controls;
    private final MemorySegment data;
    private final int[] datagrams = new int[MESSAGES];
    private final int[] socketOf = new int[MESSAGES];
    /** Turned off where the kernel refuses trains for want of checksum offload, or has refused {@value #REFUSALS} in a row. */
    private boolean trains;
    private int refusals;

    private int messages;
    private int position;

    // Of each message: its destination, its datagrams' length, and whether another may join it
    private final Path[] destinations = new Path[MESSAGES];
    private final int[] segmentLength = new int[MESSAGES];
    private final int[] trainBytes = new int[MESSAGES];
    private final int[] stretches = new int[MESSAGES];
    private final boolean[] joinable = new boolean[MESSAGES];
    /** By hash of the destination: its newest message plus one, 0 where there is none. */
    private final int[] newest = new int[OPEN];

    SendBatch(Kernel kernel, NativeSocket[] sockets, UdpCounters counters, boolean trains) {
        this.kernel = kernel;
        this.sockets = sockets;
        this.counters = counters;
        this.trains = trains;
        Arena arena = Arena.ofAuto();
        headers = arena.allocate((MESSAGES + 1L) * Linux.MMSGHDR, 64);
        names = arena.allocate((MESSAGES + 1L) * NAME, 64);
        iovecs = arena.allocate((MESSAGES + 1L) * TRAIN_DATAGRAMS * IOVEC, 64);
        controls = arena.allocate((MESSAGES + 1L) * CONTROL, 64);
        data = arena.allocate(BYTES, 4_096);
        for (int i = 0; i < MESSAGES; i++)
            destinations[i] = new Path();
        for (int i = 0; i <= MESSAGES; i++) {
            long header = (long) i * Linux.MMSGHDR;
            long control = (long) i * CONTROL;
            headers.set(JAVA_LONG, header + Linux.MSG_NAME, names.address() + (long) i * NAME);
            headers.set(JAVA_LONG, header + Linux.MSG_IOV, iovecs.address() + iovec(i, 0));
            headers.set(JAVA_LONG, header + Linux.MSG_CONTROL, controls.address() + control);
            controls.set(JAVA_LONG, control, 18); // CMSG_LEN(2)
            controls.set(JAVA_INT, control + 8, Linux.SOL_UDP);
            controls.set(JAVA_INT, control + 12, Linux.UDP_SEGMENT);
        }
    }

    @Override
    public MemorySegment segment() {
        return data;
    }

    @Override
    public long claim(int maxLength) {
        if (maxLength < 1 || maxLength > MAX_DATAGRAM)
            throw new IllegalArgumentException("claim of " + maxLength + " bytes");
        if (messages == MESSAGES || position + maxLength > BYTES)
            flush();
        return position;
    }

    @Override
    public void commit(Path to, int length) {
        NativeSocket socket = sockets[to.socket()];
        if (socket.family() == Linux.AF_INET && !to.isIpv4()) {
            counters.unreachableOut++;
            return;
        }
        if (trains && socket.trains()) {
            int slot = slot(to);
            int train = newest[slot] - 1;
            if (train < 0 || !joins(train, length)) {
                begin(socket, to, length);
                newest[slot] = messages;
            }
        } else {
            begin(socket, to, length);
        }
        position += length;
    }

    /** Where the table of open trains holds this destination, or is to hold it. */
    private int slot(Path to) {
        long mixed = (to.addressLow() ^ to.addressHigh() * 31 ^ (long) to.port() << 32 ^ to.socket())
                * 0x9e37_79b9_7f4a_7c15L;
        int slot = (int) (mixed >>> 57);
        while (newest[slot] != 0 && !destinations[newest[slot] - 1].equals(to))
            slot = slot + 1 & OPEN - 1;
        return slot;
    }

    /** Appends the datagram at {@code position} to a message, if it may join it. */
    private boolean joins(int index, int length) {
        if (!joinable[index] || length > segmentLength[index] || trainBytes[index] + length > TRAIN_BYTES)
            return false;
        int count = ++datagrams[index];
        if (count == 2) {
            controls.set(JAVA_SHORT, (long) index * CONTROL + 16, (short) segmentLength[index]);
            headers.set(JAVA_LONG, (long) index * Linux.MMSGHDR + Linux.MSG_CONTROLLEN, CONTROL);
        }
        long last = iovec(index, stretches[index] - 1);
        long lastLength = iovecs.get(JAVA_LONG, last + 8);
        if (iovecs.get(JAVA_LONG, last) + lastLength == data.address() + position)
            iovecs.set(JAVA_LONG, last + 8, lastLength + length);
        else
            stretch(index, stretches[index]++, length);
        trainBytes[index] += length;
        joinable[index] = length == segmentLength[index] && count < TRAIN_DATAGRAMS;
        return true;
    }

    private void begin(NativeSocket socket, Path to, int length) {
        int index = messages++;
        name(index, socket, to);
        stretch(index, 0, length);
        headers.set(JAVA_LONG, (long) index * Linux.MMSGHDR + Linux.MSG_CONTROLLEN, 0);
        datagrams[index] = 1;
        socketOf[index] = to.socket();
        destinations[index].set(to);
        segmentLength[index] = length;
        trainBytes[index] = length;
        stretches[index] = 1;
        joinable[index] = true;
    }

    private static long iovec(int index, int stretch) {
        return ((long) index * TRAIN_DATAGRAMS + stretch) * IOVEC;
    }

    /** Points a message's iovec at the datagram at {@code position}. */
    private void stretch(int index, int stretch, int length) {
        long iovec = iovec(index, stretch);
        iovecs.set(JAVA_LONG, iovec, data.address() + position);
        iovecs.set(JAVA_LONG, iovec + 8, length);
        headers.set(JAVA_LONG, (long) index * Linux.MMSGHDR + Linux.MSG_IOVLEN, stretch + 1L);
    }

    private void name(int index, NativeSocket socket, Path to) {
        long name = (long) index * NAME;
        long header = (long) index * Linux.MMSGHDR;
        names.set(JAVA_SHORT, name, (short) socket.family());
        names.set(Linux.SHORT_BE, name + Linux.SIN_PORT, (short) to.port());
        if (socket.family() == Linux.AF_INET) {
            names.set(Linux.INT_BE, name + Linux.SIN_ADDR, (int) to.addressLow());
            headers.set(JAVA_INT, header + Linux.MSG_NAMELEN, Linux.SOCKADDR_IN);
        } else {
            names.set(JAVA_INT, name + Linux.SIN6_FLOWINFO, 0);
            names.set(Linux.LONG_BE, name + Linux.SIN6_ADDR, to.addressHigh());
            names.set(Linux.LONG_BE, name + Linux.SIN6_ADDR + 8, to.addressLow());
            names.set(JAVA_INT, name + Linux.SIN6_SCOPE, 0);
            headers.set(JAVA_INT, header + Linux.MSG_NAMELEN, Linux.SOCKADDR_IN6);
        }
    }

    void flush() {
        int first = 0;
        while (first < messages) {
            int end = first + 1;
            while (end < messages && socketOf[end] == socketOf[first])
                end++;
            send(sockets[socketOf[first]].fd(), first, end);
            first = end;
        }
        if (messages > 0 && trains)
            Arrays.fill(newest, 0);
        messages = 0;
        position = 0;
    }

    private void send(int fd, int first, int end) {
        int next = first;
        boolean retried = false;
        while (next < end) {
            counters.systemCalls++;
            int sent = kernel.sendmmsg(fd, headers.address() + (long) next * Linux.MMSGHDR, end - next);
            if (sent > 0) {
                for (int i = next; i < next + sent; i++) {
                    counters.datagramsOut += datagrams[i];
                    refusals = datagrams[i] > 1 ? 0 : refusals;
                    counters.bytesOut += headers.get(JAVA_INT, (long) i * Linux.MMSGHDR + Linux.MSG_LEN);
                }
                next += sent;
                retried = false;
                continue;
            }
            switch (kernel.errno()) {
                case Linux.EINTR -> {
                }
                case Linux.EAGAIN, Linux.ENOBUFS, Linux.ENOMEM -> {
                    // The rest would fare no better, and datagrams may be lost.
                    for (int i = next; i < end; i++)
                        counters.fullOut += datagrams[i];
                    return;
                }
                case Linux.ECONNREFUSED -> { // an ICMP answer to an earlier datagram; this one was not looked at
                    counters.receiveErrors++;
                    if (retried)
                        counters.unreachableOut += datagrams[next++];
                    retried = !retried;
                }
                default -> {
                    refused(fd, next, kernel.errno());
                    next++;
                }
            }
        }
    }

    /** A single datagram is lost. A train is tried one by one: it may only be that this path takes no trains. */
    private void refused(int fd, int index, int errno) {
        if (datagrams[index] == 1) {
            counters.unreachableOut++;
            return;
        }
        counters.trainsRefused++;
        if (errno == Linux.EIO || ++refusals == REFUSALS) // EIO: no checksum offload on the way out, so it will stay
            trains = false;
        long header = (long) SPARE * Linux.MMSGHDR;
        MemorySegment.copy(names, (long) index * NAME, names, (long) SPARE * NAME, NAME);
        headers.set(JAVA_INT, header + Linux.MSG_NAMELEN,
                headers.get(JAVA_INT, (long) index * Linux.MMSGHDR + Linux.MSG_NAMELEN));
        headers.set(JAVA_LONG, header + Linux.MSG_CONTROLLEN, 0);
        int each = controls.get(JAVA_SHORT, (long) index * CONTROL + 16) & 0xffff;
        for (int i = 0; i < stretches[index]; i++) {
            long at = iovecs.get(JAVA_LONG, iovec(index, i));
            long left = iovecs.get(JAVA_LONG, iovec(index, i) + 8);
            while (left > 0) {
                long one = Math.min(each, left);
                single(fd, at, one);
                at += one;
                left -= one;
            }
        }
    }

    /** Sends what the spare message is addressed to. */
    private void single(int fd, long at, long length) {
        iovecs.set(JAVA_LONG, iovec(SPARE, 0), at);
        iovecs.set(JAVA_LONG, iovec(SPARE, 0) + 8, length);
        headers.set(JAVA_LONG, (long) SPARE * Linux.MMSGHDR + Linux.MSG_IOVLEN, 1);
        counters.systemCalls++;
        if (kernel.sendmmsg(fd, headers.address() + (long) SPARE * Linux.MMSGHDR, 1) == 1) {
            counters.datagramsOut++;
            counters.bytesOut += length;
        } else if (kernel.errno() == Linux.EAGAIN || kernel.errno() == Linux.ENOBUFS) {
            counters.fullOut++;
        } else {
            counters.unreachableOut++;
        }
    }
}
