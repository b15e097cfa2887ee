package org.schiltron.host;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.schiltron.bgp.BgpSession;

/** One TCP connection of a BGP session. Holds what the socket does not take, at most one buffer. */
final class BgpStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** For the peer to read the last message and close its side. */
    private static final long FINISH_NS = 1_000_000_000L;

    private final int number;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private boolean connected;

    private BgpStream(int number, SocketChannel channel, SelectionKey key) {
        this.number = number;
        this.channel = channel;
        this.key = key;
    }

    /** @param number by which the session wants it */
    static BgpStream connect(int number, InetSocketAddress peer, @Nullable InetAddress local, Selector selector)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (local != null)
                channel.bind(new InetSocketAddress(local, 0));
            channel.connect(peer); // done or not, the selector says so
            return new BgpStream(number, channel, channel.register(selector, SelectionKey.OP_CONNECT));
        } catch (IOException e) {
            channel.close();
            throw e;
        } catch (RuntimeException e) { // an address of a family that this system has not
            channel.close();
            throw new IOException(e.getMessage(), e);
        }
    }

    int number() {
        return number;
    }

    /** Does what the socket is ready for, and tells the session at most one thing. */
    void serve(BgpSession session, long nowNs) throws IOException {
        if (!connected) {
            if (channel.finishConnect()) {
                connected = true;
                key.interestOps(SelectionKey.OP_READ);
                session.onConnected(nowNs);
            }
            return;
        }
        int count = channel.read(in.clear());
        if (count < 0)
            throw new EOFException("closed by the peer");
        if (count > 0)
            session.onReceived(nowNs, in.flip());
    }

    /** All that the session has to say, as far as the socket takes it. */
    void send(BgpSession session) throws IOException {
        if (!connected)
            return;
        do {
            if (!out.hasRemaining()) {
                session.pollTransmit(out.clear());
                out.flip();
            }
            if (out.hasRemaining())
                channel.write(out);
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        } while (!out.hasRemaining() && out.limit() == out.capacity());
    }

    /**
     * Sends what is left, and waits for the peer to read it: a connection closed while something unread lies in it is
     * reset, and what was on its way is lost. Blocks, for 1 s each at most.
     */
    void finish(BgpSession session) {
        try (channel) {
            if (!connected)
                return;
            send(session);
            long endNs = MonotonicClock.nowNs() + FINISH_NS;
            key.cancel();
            try (Selector waiter = Selector.open()) {
                key.selector().selectNow(); // lets go of the channel
                SelectionKey waits = channel.register(waiter, SelectionKey.OP_WRITE);
                while (out.hasRemaining() && await(waiter, endNs))
                    channel.write(out);
                channel.shutdownOutput();
                waits.interestOps(SelectionKey.OP_READ);
                endNs = MonotonicClock.nowNs() + FINISH_NS;
                while (await(waiter, endNs) && channel.read(in.clear()) >= 0) {
                    // to its end
                }
            }
        } catch (IOException e) {
            // the peer was faster
        }
    }

    private static boolean await(Selector waiter, long endNs) throws IOException {
        long leftNs = endNs - MonotonicClock.nowNs();
        waiter.selectedKeys().clear();
        return leftNs > 0 && waiter.select(Math.max(1, leftNs / 1_000_000)) > 0;
    }

    void drop() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
