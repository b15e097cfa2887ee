package org.schiltron.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections in, on a thread of its own, and gives each to the loop that has the fewest. One of a client who
 * has as many as he may is reset at once, and costs nothing else. When the system has no file descriptor left,
 * accepting pauses until a connection has gone; what comes meanwhile waits in the backlog.
 *
 * <p>One listening socket, not one for each loop (SO_REUSEPORT): an edge that is started twice is told that its address
 * is in use, and a loop that has much to do gets less.
 */
final class Acceptor implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Acceptor.class.getName());
    private static final int BACKLOG = 4_096;
    private static final long PAUSE_MS = 50;

    private final EdgeServer edge;
    private final Ingress ingress;
    private final ServerSocketChannel channel;
    private final InetSocketAddress local;
    private final Thread thread;

    private Acceptor(EdgeServer edge, Ingress ingress, ServerSocketChannel channel) throws IOException {
        this.edge = edge;
        this.ingress = ingress;
        this.channel = channel;
        this.local = Ingress.addressOf(channel.getLocalAddress());
        this.thread = Thread.ofPlatform().name("edge-accept-" + local.getPort()).daemon().unstarted(this::run);
    }

    /** @throws IOException with a message that names the address */
    static Acceptor listen(EdgeServer edge, Ingress ingress, InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(address, BACKLOG);
            return new Acceptor(edge, ingress, channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    void start() {
        thread.start();
    }

    InetSocketAddress localAddress() {
        return local;
    }

    private void run() {
        while (channel.isOpen()) {
            SocketChannel accepted = accept();
            if (accepted != null)
                edge.arrived(ingress, accepted);
        }
    }

    private @Nullable SocketChannel accept() {
        try {
            return channel.accept();
        } catch (AsynchronousCloseException e) {
            return null;
        } catch (ClosedChannelException e) {
            return null;
        } catch (IOException e) {
            // Too many open files, or a client that was gone before it was accepted.
            if (ConnectFailure.outOfDescriptors(e))
                edge.counters().drop(EdgeDrop.DESCRIPTORS);
            else
                LOG.log(System.Logger.Level.DEBUG, "accept", e);
            pause();
            return null;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no more in; the connections there are live on. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
