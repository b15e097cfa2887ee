package org.schiltron.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;
import org.jspecify.annotations.Nullable;

/** The driver over {@link DatagramChannel}: one system call and a few allocations per datagram, works everywhere. */
final class PortableUdpSockets extends UdpSockets {
    /** One byte more than may come in, to tell what is too long from what just fits. */
    private static final int SLOT = TransmitSink.MAX_DATAGRAM + 1;
    /** Remembered destinations, a power of two; a collision costs an allocation. */
    private static final int DESTINATIONS = 1_024;

    private final DatagramChannel[] channels;
    private final boolean[] ipv4Only;
    private final Selector selector;
    private final MemorySegment batch = Arena.ofAuto().allocate((long) BATCH * SLOT);
    private final ByteBuffer[] slots = new ByteBuffer[BATCH];
    private final int[] lengths = new int[BATCH];
    private final Path[] sources = new Path[BATCH];
    private final Sink sink = new Sink();

    private PortableUdpSockets(DatagramChannel[] channels, boolean[] ipv4Only, Selector selector,
            List<InetSocketAddress> bound) {
        super(bound);
        this.channels = channels;
        this.ipv4Only = ipv4Only;
        this.selector = selector;
        for (int i = 0; i < BATCH; i++) {
            slots[i] = batch.asSlice((long) i * SLOT, SLOT).asByteBuffer();
            sources[i] = new Path();
        }
    }

    static PortableUdpSockets open(UdpOptions options, InetSocketAddress... addresses) throws IOException {
        DatagramChannel[] channels = new DatagramChannel[addresses.length];
        boolean[] ipv4Only = new boolean[addresses.length];
        List<InetSocketAddress> bound = new ArrayList<>();
        Selector selector = Selector.open();
        try {
            for (int i = 0; i < addresses.length; i++) {
                ipv4Only[i] = addresses[i].getAddress() instanceof Inet4Address;
                channels[i] = channel(addresses[i], ipv4Only[i]);
                channels[i].configureBlocking(false);
                channels[i].setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
                channels[i].setOption(StandardSocketOptions.SO_SNDBUF, options.sendBufferBytes());
                try {
                    channels[i].bind(addresses[i]);
                } catch (IOException e) {
                    throw bindFailure(addresses[i], String.valueOf(e.getMessage()));
                }
                channels[i].register(selector, SelectionKey.OP_READ);
                bound.add((InetSocketAddress) channels[i].getLocalAddress());
            }
        } catch (IOException | RuntimeException e) {
            closeAll(channels, selector);
            throw e;
        }
        return new PortableUdpSockets(channels, ipv4Only, selector, bound);
    }

    private static DatagramChannel channel(InetSocketAddress address, boolean ipv4) throws IOException {
        try {
            return DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) {
            throw bindFailure(address, "this host has no such address family");
        }
    }

    @Override
    int receive() {
        int count = 0;
        for (int i = 0; i < channels.length; i++) {
            // Each socket its share, so that a flood at one leaves the others served.
            int limit = BATCH * (i + 1) / channels.length;
            while (count < limit) {
                int got = receiveOne(i, count);
                if (got < 0)
                    break;
                count += got;
            }
        }
        return count;
    }

    /** 1: a datagram is in the slot; 0: one came that is no use; -1: there is none. */
    private int receiveOne(int socket, int slot) {
        ByteBuffer buffer = slots[slot].clear();
        counters.systemCalls++;
        InetSocketAddress from;
        try {
            from = (InetSocketAddress) channels[socket].receive(buffer);
        } catch (IOException e) { // an ICMP answer, on systems that report it here
            counters.receiveErrors++;
            return 0;
        }
        if (from == null)
            return -1;
        if (buffer.position() == SLOT) {
            counters.oversizedIn++;
            return 0;
        }
        lengths[slot] = buffer.position();
        Addresses.toPath(socket, from, sources[slot]);
        counters.datagramsIn++;
        counters.bytesIn += buffer.position();
        return 1;
    }

    @Override
    MemorySegment segment() {
        return batch;
    }

    @Override
    long offset(int index) {
        return (long) index * SLOT;
    }

    @Override
    int length(int index) {
        return lengths[index];
    }

    @Override
    void source(int index, Path into) {
        into.set(sources[index]);
    }

    @Override
    TransmitSink sink() {
        return sink;
    }

    @Override
    void flush() {
        // The sink sends at each commit.
    }

    @Override
    void await(long timeoutNs) {
        counters.systemCalls++;
        try {
            if (timeoutNs <= 0)
                selector.selectNow();
            else if (timeoutNs == Long.MAX_VALUE)
                selector.select();
            else
                selector.select((timeoutNs + 999_999) / 1_000_000);
            selector.selectedKeys().clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void wakeUp() {
        selector.wakeup();
    }

    @Override
    public void close() {
        closeAll(channels, selector);
    }

    private static void closeAll(@Nullable DatagramChannel[] channels, Selector selector) {
        try {
            selector.close();
            for (DatagramChannel channel : channels) {
                if (channel != null)
                    channel.close();
            }
        } catch (IOException e) {
            System.getLogger(UdpSockets.class.getName()).log(System.Logger.Level.WARNING, "closing a socket", e);
        }
    }

    private final class Sink implements TransmitSink {
        private final MemorySegment room = Arena.ofAuto().allocate(MAX_DATAGRAM);
        private final ByteBuffer buffer = room.asByteBuffer();
        private final Path[] paths = new Path[DESTINATIONS];
        private final InetSocketAddress[] destinations = new InetSocketAddress[DESTINATIONS];

        @Override
        public MemorySegment segment() {
            return room;
        }

        @Override
        public long claim(int maxLength) {
            if (maxLength < 1 || maxLength > MAX_DATAGRAM)
                throw new IllegalArgumentException("claim of " + maxLength + " bytes");
            return 0;
        }

        @Override
        public void commit(Path to, int length) {
            if (ipv4Only[to.socket()] && !to.isIpv4()) {
                counters.unreachableOut++;
                return;
            }
            counters.systemCalls++;
            try {
                if (channels[to.socket()].send(buffer.clear().limit(length), destination(to)) > 0) {
                    counters.datagramsOut++;
                    counters.bytesOut += length;
                } else {
                    counters.fullOut++;
                }
            } catch (IOException e) {
                counters.unreachableOut++;
            } catch (IllegalArgumentException e) { // port 0
                counters.unreachableOut++;
            }
        }

        private InetSocketAddress destination(Path to) throws IOException {
            int slot = to.hashCode() * 0x9e3779b9 >>> 22;
            Path remembered = paths[slot];
            InetSocketAddress destination = destinations[slot];
            if (remembered == null || destination == null || !remembered.sameAddress(to)) {
                destination = new InetSocketAddress(InetAddress.getByAddress(to.addressBytes()), to.port());
                paths[slot] = to.copy();
                destinations[slot] = destination;
            }
            return destination;
        }
    }
}
