package org.schiltron.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One TCP socket of a local program. The poller's thread reads it into a bounded queue; one other thread at a time
 * (the session's; a SOCKS handshake runs on the poller's own) takes from the queue and writes to the socket.
 *
 * <p>Backpressure: when {@link #INBOUND_BOUND} bytes wait, reading stops until half of them are taken, so TCP's own
 * window stops the program. What the socket does not take at once (at most what was given to one {@link #write})
 * waits in {@link #rest}, and nothing more may be written until {@link #flush} says so.
 */
final class TcpConnection {
    /** Bytes read and not yet taken, 64 bytes of overhead per read included; when reached, reading stops. */
    static final int INBOUND_BOUND = 256 * 1024;

    private static final int CHUNK_OVERHEAD = 64;

    private final SocketPoller poller;
    private final TrafficCounters counters;
    private final SocketChannel channel;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ConcurrentLinkedQueue<byte[]> inbound = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inboundBytes = new AtomicInteger();
    private volatile boolean readingPaused;
    private volatile InetSocketAddress remote = new InetSocketAddress(0);
    private volatile boolean connected;
    private volatile boolean inputEnded;
    private volatile boolean failed;
    /** Called when there is something to take, room to write, or an end or failure. */
    private volatile Runnable changed = TcpConnection::nothing;

    private @Nullable SelectionKey key; // poller's thread
    private SocketPoller.@Nullable Timer connectTimer; // poller's thread
    private int headTaken; // the taking thread
    private @Nullable ByteBuffer rest; // the writing thread

    private TcpConnection(SocketPoller poller, TrafficCounters counters, SocketChannel channel) {
        this.poller = poller;
        this.counters = counters;
        this.channel = channel;
        counters.connectionsOpened.increment();
    }

    /** Takes an accepted channel over and begins to read. On the poller's thread. */
    static TcpConnection accepted(SocketPoller poller, TrafficCounters counters, SocketChannel channel)
            throws IOException {
        TcpConnection connection = new TcpConnection(poller, counters, channel);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            connection.connected = true;
            connection.key = poller.register(channel, SelectionKey.OP_READ, connection::ready);
        } catch (IOException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** Begins to connect. The change action is called when it is {@link #connected} or {@link #failed}. */
    static TcpConnection connect(SocketPoller poller, TrafficCounters counters, Backend backend, RelayLimits limits)
            throws IOException {
        TcpConnection connection = new TcpConnection(poller, counters, SocketChannel.open());
        poller.execute(() -> {
            connection.connectTimer = poller.after(limits.connect(), () -> {
                if (!connection.connected)
                    connection.fail();
            });
            backend.resolve(poller, connection::startConnect, connection::fail);
        });
        return connection;
    }

    private void startConnect(InetSocketAddress to) {
        if (closed.get() || failed)
            return;
        remote = to;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean done = channel.connect(to);
            key = poller.register(channel, done ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this::ready);
            if (done)
                established();
        } catch (IOException e) {
            fail();
        }
    }

    private void established() {
        cancelTimer();
        connected = true;
        changed.run();
    }

    private void cancelTimer() {
        if (connectTimer != null)
            poller.cancel(connectTimer);
        connectTimer = null;
    }

    /** Where it is connected to; unspecified for one that was accepted. */
    InetSocketAddress remoteAddress() {
        return remote;
    }

    /** Of an accepted connection: the address of this machine that its client reached. */
    InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Of an accepted connection: its client's. */
    InetSocketAddress peerAddress() throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress address)
            return address;
        throw new ClosedChannelException();
    }

    private static void nothing() {
    }

    void onChange(Runnable action) {
        changed = action;
    }

    boolean connected() {
        return connected;
    }

    /** The socket is broken: reset by its peer, or never connected. */
    boolean failed() {
        return failed;
    }

    /** The program has ended its direction. What it sent before may still wait: ask this first, then take. */
    boolean inputEnded() {
        return inputEnded;
    }

    private void ready(SelectionKey ready) {
        try {
            if (ready.isConnectable()) {
                if (!channel.finishConnect())
                    return;
                ready.interestOps(SelectionKey.OP_READ);
                established();
                return;
            }
            if (ready.isWritable()) {
                ready.interestOpsAnd(~SelectionKey.OP_WRITE);
                changed.run();
            }
            if (ready.isReadable())
                read(ready);
        } catch (IOException e) {
            fail();
        }
    }

    private void fail() {
        failed = true;
        if (key != null && key.isValid())
            key.interestOps(0);
        cancelTimer();
        changed.run();
    }

    private void read(SelectionKey ready) throws IOException {
        int room = INBOUND_BOUND - inboundBytes.get();
        if (room > 0) {
            ByteBuffer buffer = poller.readBuffer();
            buffer.limit(Math.min(buffer.capacity(), room));
            int count = channel.read(buffer);
            if (count < 0) {
                ready.interestOpsAnd(~SelectionKey.OP_READ);
                inputEnded = true;
                changed.run();
                return;
            }
            if (count > 0) {
                byte[] chunk = new byte[count];
                buffer.flip().get(chunk);
                inboundBytes.addAndGet(count + CHUNK_OVERHEAD);
                counters.bytesIn.add(count);
                inbound.add(chunk);
                changed.run();
            }
        }
        if (inboundBytes.get() >= INBOUND_BOUND)
            pauseReading(ready);
    }

    private void pauseReading(SelectionKey ready) {
        ready.interestOpsAnd(~SelectionKey.OP_READ);
        readingPaused = true;
        if (inboundBytes.get() <= INBOUND_BOUND / 2) // taken in between, by a thread that did not see the pause
            resumeReading();
    }

    private void resumeReading() {
        if (readingPaused && key != null && key.isValid() && !inputEnded && !failed) {
            readingPaused = false;
            key.interestOpsOr(SelectionKey.OP_READ);
        }
    }

    /** The bytes read first, from {@link #headOffset} on; null if none wait. */
    byte @Nullable [] head() {
        return inbound.peek();
    }

    int headOffset() {
        return headTaken;
    }

    /** Takes {@code count} bytes of {@link #head}. */
    void take(int count) {
        byte[] head = inbound.peek();
        if (head == null || headTaken + count > head.length)
            throw new IllegalStateException("takes more than there is");
        headTaken += count;
        if (headTaken < head.length)
            return;
        inbound.poll();
        headTaken = 0;
        int left = inboundBytes.addAndGet(-head.length - CHUNK_OVERHEAD);
        if (readingPaused && left <= INBOUND_BOUND / 2)
            poller.execute(this::resumeReading);
    }

    /** Writes all of it, now or as the socket takes it. Only after {@link #flush} was true. */
    void write(byte[] source, int offset, int length) throws IOException {
        if (rest != null)
            throw new IllegalStateException("writes before the last write was flushed");
        counters.bytesOut.add(length);
        ByteBuffer buffer = ByteBuffer.wrap(source, offset, length);
        channel.write(buffer);
        if (!buffer.hasRemaining())
            return;
        ByteBuffer kept = ByteBuffer.allocate(buffer.remaining());
        rest = kept.put(buffer).flip();
        wantRoom();
    }

    /** Whether all that was written is with the system. If not, the change action is called when there is room. */
    boolean flush() throws IOException {
        ByteBuffer kept = rest;
        if (kept == null)
            return true;
        channel.write(kept);
        if (kept.hasRemaining()) {
            wantRoom();
            return false;
        }
        rest = null;
        return true;
    }

    private void wantRoom() {
        poller.execute(() -> {
            if (key != null && key.isValid())
                key.interestOpsOr(SelectionKey.OP_WRITE);
        });
    }

    /** Ends the direction towards the program: it reads all that was written, then the end. */
    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** In order, if the other direction has ended too. */
    void close() {
        if (!closed.compareAndSet(false, true))
            return;
        counters.connectionsClosed.increment();
        changed = TcpConnection::nothing;
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        poller.wakeUp(); // a watched channel is closed for good when the selector has let go of it
    }

    /** With a reset: the program must not take what it has for all there was. */
    void abort() {
        if (closed.get())
            return;
        counters.connectionsReset.increment();
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // already reset by its peer
        }
        close();
    }
}
