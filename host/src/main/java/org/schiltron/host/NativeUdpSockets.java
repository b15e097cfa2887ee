package org.schiltron.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * The driver over Linux system calls: a batch of datagrams per call, no allocation per packet. Waits in ppoll, on the
 * sockets and an eventfd that other threads write to.
 */
final class NativeUdpSockets extends UdpSockets {
    /** struct pollfd: descriptor (4), wanted (2), returned (2). */
    private static final int POLLFD = 8;

    private final Linux linux = new Linux();
    private final NativeSocket[] sockets;
    private final int eventFd;
    private final ReceiveBatch batch;
    private final SendBatch sink;
    private final MemorySegment pollFds;
    private final MemorySegment timespec;
    private final MemorySegment eventCount;
    /** Which sockets may hold a datagram, as the last poll or full batch told. */
    private final boolean[] readable;
    private int turn;

    // What other threads use, under the lock
    private final Object anyThread = new Object();
    private final Linux anyThreadLinux = new Linux();
    private final MemorySegment one;
    private final MemorySegment memInfo;
    private boolean closed;

    private NativeUdpSockets(UdpOptions options, NativeSocket[] sockets, int eventFd) {
        super(Arrays.stream(sockets).map(NativeSocket::local).toList());
        this.sockets = sockets;
        this.eventFd = eventFd;
        Arena arena = Arena.ofAuto();
        batch = new ReceiveBatch(counters, options.ingressTrains());
        sink = new SendBatch(linux, sockets, counters, options.egressTrains());
        pollFds = arena.allocate((sockets.length + 1L) * POLLFD, 8);
        timespec = arena.allocate(16, 8);
        eventCount = arena.allocate(8, 8);
        one = arena.allocate(8, 8);
        one.set(JAVA_LONG, 0, 1);
        memInfo = arena.allocate(Linux.SK_MEMINFO_BYTES + 4L, 4);
        readable = new boolean[sockets.length];
        Arrays.fill(readable, true);
        for (int i = 0; i <= sockets.length; i++) {
            pollFds.set(JAVA_INT, (long) i * POLLFD, i < sockets.length ? sockets[i].fd() : eventFd);
            pollFds.set(JAVA_SHORT, (long) i * POLLFD + 4, (short) Linux.POLLIN);
        }
    }

    static NativeUdpSockets open(UdpOptions options, InetSocketAddress... addresses) throws IOException {
        Linux linux = new Linux();
        List<NativeSocket> opened = new ArrayList<>();
        try {
            for (InetSocketAddress address : addresses)
                opened.add(NativeSocket.open(linux, options, address, false));
            return over(linux, options, opened);
        } catch (IOException | RuntimeException e) {
            opened.forEach(socket -> linux.close(socket.fd()));
            throw e;
        }
    }

    /** {@code shards} sets of sockets; at each address the shard byte decides which set gets a datagram. */
    static List<UdpSockets> openShards(UdpOptions options, int shards, InetSocketAddress... addresses)
            throws IOException {
        Linux linux = new Linux();
        List<List<NativeSocket>> opened = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++)
            opened.add(new ArrayList<>());
        try {
            for (InetSocketAddress address : addresses) {
                // Without this, another process of the same user that listens here would share its port with us.
                if (address.getPort() != 0)
                    linux.close(NativeSocket.open(linux, options, address, false).fd());
                InetSocketAddress at = address;
                for (List<NativeSocket> shard : opened) {
                    NativeSocket socket = NativeSocket.open(linux, options, at, true);
                    shard.add(socket);
                    at = new InetSocketAddress(address.getAddress(), socket.local().getPort());
                }
                opened.getFirst().getLast().steerByShard(linux, shards);
            }
            List<UdpSockets> sets = new ArrayList<>();
            for (List<NativeSocket> shard : opened)
                sets.add(over(linux, options, shard));
            return sets;
        } catch (IOException | RuntimeException e) {
            opened.forEach(shard -> shard.forEach(socket -> linux.close(socket.fd())));
            throw e;
        }
    }

    private static NativeUdpSockets over(Linux linux, UdpOptions options, List<NativeSocket> sockets)
            throws IOException {
        int eventFd = linux.eventfd();
        if (eventFd < 0)
            throw new IOException("eventfd: " + Linux.describe(linux.errno()));
        return new NativeUdpSockets(options, sockets.toArray(NativeSocket[]::new), eventFd);
    }

    @Override
    int receive() {
        for (int tried = 0; tried < sockets.length; tried++) {
            int socket = turn;
            turn = turn + 1 == sockets.length ? 0 : turn + 1;
            if (!readable[socket])
                continue;
            counters.systemCalls++;
            int received = linux.recvmmsg(sockets[socket].fd(), batch.prepare(), batch.messages());
            if (received > 0) {
                readable[socket] = received == batch.messages();
                return batch.accept(socket, received);
            }
            int errno = linux.errno();
            readable[socket] = false; // the next poll tells
            if (errno != Linux.EAGAIN && errno != Linux.EINTR)
                counters.receiveErrors++;
        }
        return 0;
    }

    @Override
    MemorySegment segment() {
        return batch.data();
    }

    @Override
    long offset(int index) {
        return batch.offset(index);
    }

    @Override
    int length(int index) {
        return batch.length(index);
    }

    @Override
    void source(int index, Path into) {
        batch.source(index, into);
    }

    @Override
    TransmitSink sink() {
        return sink;
    }

    @Override
    void flush() {
        sink.flush();
    }

    @Override
    void await(long timeoutNs) {
        long limit = 0;
        if (timeoutNs != Long.MAX_VALUE) {
            timespec.set(JAVA_LONG, 0, timeoutNs / 1_000_000_000L);
            timespec.set(JAVA_LONG, 8, timeoutNs % 1_000_000_000L);
            limit = timespec.address();
        }
        counters.systemCalls++;
        if (linux.ppoll(pollFds.address(), sockets.length + 1, limit) <= 0)
            return;
        for (int i = 0; i < sockets.length; i++) {
            if (pollFds.get(JAVA_SHORT, (long) i * POLLFD + 6) != 0)
                readable[i] = true;
        }
        if (pollFds.get(JAVA_SHORT, (long) sockets.length * POLLFD + 6) != 0)
            linux.read(eventFd, eventCount.address(), 8);
    }

    @Override
    void wakeUp() {
        synchronized (anyThread) {
            if (!closed)
                anyThreadLinux.write(eventFd, one.address(), 8);
        }
    }

    @Override
    public long kernelDrops() {
        long drops = 0;
        synchronized (anyThread) {
            for (int i = 0; i < sockets.length && !closed; i++) {
                memInfo.set(JAVA_INT, Linux.SK_MEMINFO_BYTES, Linux.SK_MEMINFO_BYTES);
                if (anyThreadLinux.getsockopt(sockets[i].fd(), Linux.SOL_SOCKET, Linux.SO_MEMINFO, memInfo.address(),
                        memInfo.address() + Linux.SK_MEMINFO_BYTES) == 0)
                    drops += memInfo.get(JAVA_INT, Linux.SK_MEMINFO_DROPS) & 0xffff_ffffL;
            }
        }
        return drops;
    }

    @Override
    public void close() {
        synchronized (anyThread) {
            if (closed)
                return;
            closed = true;
            linux.close(eventFd);
            for (NativeSocket socket : sockets)
                linux.close(socket.fd());
        }
    }
}
