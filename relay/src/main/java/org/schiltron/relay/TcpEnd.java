package org.schiltron.relay;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A TCP socket as an end: a client's, or a leg that goes straight to the backend. */
final class TcpEnd implements Leg, EventLoop.Ready {
    private final SocketChannel channel;
    private final Events events;
    private final Runnable released;
    private @Nullable SelectionKey key;
    private int wanted;
    private boolean closed;

    private TcpEnd(SocketChannel channel, Events events, Runnable released) {
        this.channel = channel;
        this.events = events;
        this.released = released;
    }

    /** An accepted socket. No event comes before it is wanted. */
    static TcpEnd accepted(EventLoop loop, SocketChannel channel, Events events) throws IOException {
        TcpEnd end = new TcpEnd(channel, events, () -> {
        });
        channel.configureBlocking(false);
        end.key = loop.register(channel, 0, end);
        return end;
    }

    /**
     * A socket that is about to connect, bound already if it is to be.
     *
     * @param released called once it is closed
     */
    static TcpEnd connecting(EventLoop loop, SocketChannel channel, LegAddress to, Events events,
            Runnable released) throws IOException {
        TcpEnd end = new TcpEnd(channel, events, released);
        channel.configureBlocking(false);
        if (channel.connect(to.remote()))
            loop.execute(end::connected);
        end.wanted = SelectionKey.OP_CONNECT;
        end.key = loop.register(channel, SelectionKey.OP_CONNECT, end);
        return end;
    }

    private void connected() {
        if (!closed)
            events.connected();
    }

    @Override
    public void ready(SelectionKey ready) {
        int ops = ready.readyOps();
        if ((ops & SelectionKey.OP_CONNECT) != 0) {
            finishConnect();
            return;
        }
        if ((ops & SelectionKey.OP_WRITE) != 0)
            events.writable();
        if ((ops & SelectionKey.OP_READ) != 0 && !closed)
            events.readable();
    }

    private void finishConnect() {
        try {
            if (!channel.finishConnect())
                return;
        } catch (IOException e) {
            events.failed(ConnectFailure.reason(e));
            return;
        }
        want(false, false);
        events.connected();
    }

    @Override
    public void broken() {
        if (!closed)
            events.failed(EdgeDrop.INTERNAL);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public void want(boolean readable, boolean writable) {
        int ops = (readable ? SelectionKey.OP_READ : 0) | (writable ? SelectionKey.OP_WRITE : 0);
        if (ops == wanted || closed || key == null)
            return;
        wanted = ops;
        key.interestOps(ops);
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() {
        if (closed)
            return;
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        released.run();
    }

    @Override
    public void reset() {
        if (!closed)
            resetOnClose(channel);
        close();
    }

    /** SO_LINGER 0: closing sends a reset. */
    static void resetOnClose(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // already reset by its peer
        }
    }
}
