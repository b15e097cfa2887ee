package org.schiltron.app;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Serves short exchanges, each connection on a thread of its own, bounded in number and time. More connections at once
 * than the bound are closed unanswered. Where the system gives no more connections (no file descriptor is left),
 * accepting pauses and those that come wait in the backlog.
 */
final class LocalServer implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** One exchange. The channel is closed afterwards, or when its time is over. */
    interface Exchange {
        void serve(SocketChannel channel) throws IOException;
    }

    /** Waits for a connection. */
    interface Accept {
        SocketChannel accept() throws IOException;
    }

    private final ServerSocketChannel listener;
    private final Semaphore room;
    private final Duration timeForOne;
    private final Exchange exchange;

    private LocalServer(ServerSocketChannel listener, int mostAtOnce, Duration timeForOne, Exchange exchange) {
        this.listener = listener;
        this.room = new Semaphore(mostAtOnce);
        this.timeForOne = timeForOne;
        this.exchange = exchange;
    }

    /** @param listener bound, and the server's from now on */
    static LocalServer start(String name, ServerSocketChannel listener, int mostAtOnce, Duration timeForOne,
            Exchange exchange) {
        LocalServer server = new LocalServer(listener, mostAtOnce, timeForOne, exchange);
        Thread.ofVirtual().name(name).start(() -> server.accept(listener::accept, LocalServer::pause));
        return server;
    }

    /** Until the listener is closed. */
    void accept(Accept next, Runnable pause) {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = next.accept();
                if (room.tryAcquire())
                    Thread.ofVirtual().start(() -> serve(channel));
                else
                    channel.close();
            } catch (IOException e) {
                if (listener.isOpen())
                    pause.run();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        Thread timer = Thread.ofVirtual().start(() -> closeAfter(channel, timeForOne));
        try (channel) {
            exchange.serve(channel);
        } catch (IOException e) {
            // The caller went away; it has nobody else to tell.
        } finally {
            timer.interrupt();
            room.release();
        }
    }

    static void closeAfter(SocketChannel channel, Duration time) {
        try {
            Thread.sleep(time);
            channel.close();
        } catch (InterruptedException | IOException e) {
            // Served in time, or closed already.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            // Nothing is left to be done with it.
        }
    }
}
