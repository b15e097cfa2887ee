package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * Native memory for one recvmmsg: headers, addresses and slots, set up once. With ingress trains (UDP_GRO) a slot holds
 * what the kernel joined, up to 64 KiB of datagrams of equal length, the last perhaps shorter; they are told apart here.
 */
final class ReceiveBatch {
    private static final int NAME = 32;
    private static final int CONTROL = 64;
    /** struct cmsghdr: length (8), level (4), type (4), then the data. */
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    /** UDP_MAX_SEGMENTS of the kernel, the longest train. */
    private static final int TRAIN = 128;

    private final UdpCounters counters;
    private final boolean trains;
    private final int messages;
    private final int slot;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment data;
    /** A field so that the memory lives; after set-up the kernel alone reads it. */
    private final MemorySegment iovecs;

    private final long[] offsets;
    private final int[] lengths;
    private final int[] message;
    private int socket;
    private int used;

    ReceiveBatch(UdpCounters counters, boolean trains) {
        this.counters = counters;
        this.trains = trains;
        messages = trains ? UdpSockets.BATCH / 4 : UdpSockets.BATCH;
        slot = trains ? 65_536 : TransmitSink.MAX_DATAGRAM;
        Arena arena = Arena.ofAuto();
        headers = arena.allocate((long) messages * Linux.MMSGHDR, 64);
        names = arena.allocate((long) messages * NAME, 64);
        controls = arena.allocate((long) messages * CONTROL, 64);
        data = arena.allocate((long) messages * slot, 4_096);
        iovecs = arena.allocate(16L * messages, 64);
        for (int i = 0; i < messages; i++) {
            long header = (long) i * Linux.MMSGHDR;
            iovecs.set(JAVA_LONG, 16L * i, data.address() + (long) i * slot);
            iovecs.set(JAVA_LONG, 16L * i + 8, slot);
            headers.set(JAVA_LONG, header + Linux.MSG_NAME, names.address() + (long) i * NAME);
            headers.set(JAVA_LONG, header + Linux.MSG_IOV, iovecs.address() + 16L * i);
            headers.set(JAVA_LONG, header + Linux.MSG_IOVLEN, 1);
            if (trains)
                headers.set(JAVA_LONG, header + Linux.MSG_CONTROL, controls.address() + (long) i * CONTROL);
        }
        used = messages;
        int most = trains ? messages * TRAIN : messages;
        offsets = new long[most];
        lengths = new int[most];
        message = new int[most];
    }

    int messages() {
        return messages;
    }

    MemorySegment data() {
        return data;
    }

    /** Undoes what the last receive wrote into the headers, and returns where they are. */
    long prepare() {
        for (int i = 0; i < used; i++) {
            headers.set(JAVA_INT, (long) i * Linux.MMSGHDR + Linux.MSG_NAMELEN, Linux.SOCKADDR_IN6);
            if (trains)
                headers.set(JAVA_LONG, (long) i * Linux.MMSGHDR + Linux.MSG_CONTROLLEN, CONTROL);
        }
        used = 0;
        return headers.address();
    }

    /** Sorts out what {@code received} messages hold; returns the number of datagrams. */
    int accept(int fromSocket, int received) {
        socket = fromSocket;
        used = received;
        int count = 0;
        for (int i = 0; i < received; i++) {
            long header = (long) i * Linux.MMSGHDR;
            int length = headers.get(JAVA_INT, header + Linux.MSG_LEN);
            if ((headers.get(JAVA_INT, header + Linux.MSG_FLAGS) & Linux.MSG_TRUNC) != 0) {
                counters.oversizedIn++;
                continue;
            }
            int each = trains ? segmentLength(i, header, length) : length;
            long at = (long) i * slot;
            int left = length;
            do {
                int one = Math.min(each, left);
                left -= one;
                if (one > TransmitSink.MAX_DATAGRAM || count == offsets.length) {
                    counters.oversizedIn++;
                } else {
                    offsets[count] = at;
                    lengths[count] = one;
                    message[count++] = i;
                    counters.bytesIn += one;
                }
                at += one;
            } while (left > 0);
        }
        counters.datagramsIn += count;
        return count;
    }

    /** What the kernel says the datagrams of a train measure; without a word from it, there is one datagram. */
    private int segmentLength(int index, long header, int length) {
        long control = (long) index * CONTROL;
        if (headers.get(JAVA_LONG, header + Linux.MSG_CONTROLLEN) < CMSG_DATA + 4
                || controls.get(JAVA_INT, control + CMSG_LEVEL) != Linux.SOL_UDP
                || controls.get(JAVA_INT, control + CMSG_TYPE) != Linux.UDP_GRO)
            return length;
        int each = controls.get(JAVA_INT, control + CMSG_DATA);
        return each > 0 ? each : length;
    }

    long offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }

    void source(int index, Path into) {
        long name = (long) message[index] * NAME;
        int port = names.get(Linux.SHORT_BE, name + Linux.SIN_PORT) & 0xffff;
        if (names.get(JAVA_SHORT, name) == Linux.AF_INET)
            into.set(socket, 0, 0xffff_0000_0000L | names.get(Linux.INT_BE, name + Linux.SIN_ADDR) & 0xffff_ffffL,
                    port);
        else
            into.set(socket, names.get(Linux.LONG_BE, name + Linux.SIN6_ADDR),
                    names.get(Linux.LONG_BE, name + Linux.SIN6_ADDR + 8), port);
    }
}
