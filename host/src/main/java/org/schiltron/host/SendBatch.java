package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * Native memory for sendmmsg, written into directly by machines. Datagrams lie one behind the other, so a train is one
 * message over a longer stretch: successive datagrams to one destination, of equal length but for a shorter last one,
 * which the kernel (or the network card) cuts apart (UDP_SEGMENT). One pass through the kernel's network stack then
 * serves up to 64 of them.
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
    /** The message after the last, for sending a train's datagrams one by one. */
    private static final int SPARE = MESSAGES;

    private final Linux linux;
    private final NativeSocket[] sockets;
    private final UdpCounters counters;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment iovecs;
    private final MemorySegment controls;
    private final MemorySegment data;
    private final int[] datagrams = new int[MESSAGES];
    private final int[] socketOf = new int[MESSAGES];
    /** Turned off where the kernel refuses trains for want of checksum offload. */
    private boolean trains;

    private int messages;
    private int position;
    /** The last message's destination, and whether another datagram may join it. */
    private final Path destination = new Path();
    private boolean open;
    private int segmentLength;
    private int trainBytes;

    SendBatch(Linux linux, NativeSocket[] sockets, UdpCounters counters, boolean trains) {
        this.linux = linux;
        this.sockets = sockets;
        this.counters = counters;
        this.trains = trains;
        Arena arena = Arena.ofAuto();
        headers = arena.allocate((MESSAGES + 1L) * Linux.MMSGHDR, 64);
        names = arena.allocate((MESSAGES + 1L) * NAME, 64);
        iovecs = arena.allocate((MESSAGES + 1L) * 16, 64);
        controls = arena.allocate((MESSAGES + 1L) * CONTROL, 64);
        data = arena.allocate(BYTES, 4_096);
        for (int i = 0; i <= MESSAGES; i++) {
            long header = (long) i * Linux.MMSGHDR;
            long control = (long) i * CONTROL;
            headers.set(JAVA_LONG, header + Linux.MSG_NAME, names.address() + (long) i * NAME);
            headers.set(JAVA_LONG, header + Linux.MSG_IOV, iovecs.address() + 16L * i);
            headers.set(JAVA_LONG, header + Linux.MSG_IOVLEN, 1);
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
        if (open && length <= segmentLength && trainBytes + length <= TRAIN_BYTES && to.equals(destination)) {
            int last = messages - 1;
            trainBytes += length;
            iovecs.set(JAVA_LONG, 16L * last + 8, trainBytes);
            if (++datagrams[last] == 2)
                carry(last, segmentLength);
            open = length == segmentLength && datagrams[last] < TRAIN_DATAGRAMS;
        } else {
            begin(to, length);
        }
        position += length;
    }

    private void begin(Path to, int length) {
        NativeSocket socket = sockets[to.socket()];
        if (socket.family() == Linux.AF_INET && !to.isIpv4()) {
            counters.unreachableOut++;
            open = false;
            return;
        }
        int index = messages++;
        name(index, socket, to);
        iovecs.set(JAVA_LONG, 16L * index, data.address() + position);
        iovecs.set(JAVA_LONG, 16L * index + 8, length);
        headers.set(JAVA_LONG, (long) index * Linux.MMSGHDR + Linux.MSG_CONTROLLEN, 0);
        datagrams[index] = 1;
        socketOf[index] = to.socket();
        destination.set(to);
        segmentLength = length;
        trainBytes = length;
        open = trains && socket.trains();
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

    /** Marks a message as a train. */
    private void carry(int index, int length) {
        controls.set(JAVA_SHORT, (long) index * CONTROL + 16, (short) length);
        headers.set(JAVA_LONG, (long) index * Linux.MMSGHDR + Linux.MSG_CONTROLLEN, CONTROL);
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
        messages = 0;
        position = 0;
        open = false;
    }

    private void send(int fd, int first, int end) {
        int next = first;
        boolean retried = false;
        while (next < end) {
            counters.systemCalls++;
            int sent = linux.sendmmsg(fd, headers.address() + (long) next * Linux.MMSGHDR, end - next);
            if (sent > 0) {
                for (int i = next; i < next + sent; i++) {
                    counters.datagramsOut += datagrams[i];
                    counters.bytesOut += headers.get(JAVA_INT, (long) i * Linux.MMSGHDR + Linux.MSG_LEN);
                }
                next += sent;
                retried = false;
                continue;
            }
            switch (linux.errno()) {
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
                    refused(fd, next, linux.errno());
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
        if (errno == Linux.EIO) // no checksum offload on the way out: so it will stay
            trains = false;
        long header = (long) SPARE * Linux.MMSGHDR;
        MemorySegment.copy(names, (long) index * NAME, names, (long) SPARE * NAME, NAME);
        headers.set(JAVA_INT, header + Linux.MSG_NAMELEN,
                headers.get(JAVA_INT, (long) index * Linux.MMSGHDR + Linux.MSG_NAMELEN));
        headers.set(JAVA_LONG, header + Linux.MSG_CONTROLLEN, 0);
        long at = iovecs.get(JAVA_LONG, 16L * index);
        long left = iovecs.get(JAVA_LONG, 16L * index + 8);
        int each = controls.get(JAVA_SHORT, (long) index * CONTROL + 16) & 0xffff;
        while (left > 0) {
            long one = Math.min(each, left);
            iovecs.set(JAVA_LONG, 16L * SPARE, at);
            iovecs.set(JAVA_LONG, 16L * SPARE + 8, one);
            counters.systemCalls++;
            if (linux.sendmmsg(fd, headers.address() + header, 1) == 1) {
                counters.datagramsOut++;
                counters.bytesOut += one;
            } else if (linux.errno() == Linux.EAGAIN || linux.errno() == Linux.ENOBUFS) {
                counters.fullOut++;
            } else {
                counters.unreachableOut++;
            }
            at += one;
            left -= one;
        }
    }
}
