package org.schiltron.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Watches the sockets of local programs, on one thread of its own: accepts, reads, notices room to write, and keeps
 * timers. What is read goes to the session's thread as a whole batch per round; what comes back is written by the
 * session's thread itself, so a byte changes threads once on its way in and never on its way out.
 */
public final class SocketPoller implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SocketPoller.class.getName());

    /** Called on the poller's thread when the channel is ready. Deals with its own I/O errors. */
    @FunctionalInterface
    interface Ready {
        void ready(SelectionKey key);
    }

    /** Something to do later; {@link #cancel} in time and it is not done. */
    static final class Timer implements Comparable<Timer> {
        private final long deadlineNs;
        private final long order;
        private final Runnable action;

        private Timer(long deadlineNs, long order, Runnable action) {
            this.deadlineNs = deadlineNs;
            this.order = order;
            this.action = action;
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(deadlineNs - other.deadlineNs, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** The most that is read from a socket at once, bytes. */
    static final int READ_BYTES = 64 * 1024;

    private final Selector selector;
    private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TreeSet<Timer> timers = new TreeSet<>();
    private long timersMade;
    private final Thread thread;
    private volatile boolean closing;

    private SocketPoller(String name, Selector selector) {
        this.selector = selector;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    public static SocketPoller start(String name) {
        try {
            SocketPoller poller = new SocketPoller(name, Selector.open());
            poller.thread.start();
            return poller;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot watch sockets: " + e.getMessage(), e);
        }
    }

    boolean onPoller() {
        return Thread.currentThread().equals(thread);
    }

    /** Runs on the poller's thread, in the order given. */
    void execute(Runnable task) {
        tasks.add(task);
        if (!onPoller())
            selector.wakeup();
    }

    /** Makes the poller look at cancelled keys and changed interests now. */
    void wakeUp() {
        if (!onPoller())
            selector.wakeup();
    }

    /** Empty, to read into and to be copied out of before the next socket's turn. On the poller's thread only. */
    ByteBuffer readBuffer() {
        return readBuffer.clear();
    }

    /** On the poller's thread only. */
    SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws ClosedChannelException {
        return channel.register(selector, interest, ready);
    }

    /** On the poller's thread only. */
    Timer after(Duration delay, Runnable action) {
        Timer timer = new Timer(System.nanoTime() + delay.toNanos(), timersMade++, action);
        timers.add(timer);
        return timer;
    }

    /** From any thread. */
    void cancel(Timer timer) {
        if (onPoller())
            timers.remove(timer);
        else
            tasks.add(() -> timers.remove(timer)); // no hurry, so no wake-up
    }

    private void run() {
        try {
            ShortTurns.ask();
            while (!closing) {
                runTasks();
                selector.select(SocketPoller::dispatch, timeoutMs());
            }
            runTasks();
        } catch (Throwable t) {
            LOG.log(System.Logger.Level.ERROR, thread.getName() + " stops: this is a bug", t);
        } finally {
            closeAll();
        }
    }

    private static void dispatch(SelectionKey key) {
        try {
            if (key.isValid() && key.attachment() instanceof Ready ready)
                ready.ready(key);
        } catch (CancelledKeyException e) {
            // closed by the session's thread meanwhile
        }
    }

    private void runTasks() {
        Runnable task = tasks.poll();
        while (task != null) {
            try {
                task.run();
            } catch (CancelledKeyException e) {
                // closed by the session's thread meanwhile
            }
            task = tasks.poll();
        }
        long nowNs = System.nanoTime();
        while (!timers.isEmpty() && timers.first().deadlineNs - nowNs <= 0) {
            Timer due = timers.first();
            timers.remove(due);
            due.action.run();
        }
    }

    /** 0 blocks until something happens. */
    private long timeoutMs() {
        if (!tasks.isEmpty())
            return 1; // a timer's action gave a task
        if (timers.isEmpty())
            return 0;
        return Math.max(1, (timers.first().deadlineNs - System.nanoTime() + 999_999) / 1_000_000);
    }

    private void closeAll() {
        try {
            for (SelectionKey key : new ArrayList<>(selector.keys()))
                key.channel().close();
            selector.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
    }

    /** Closes every socket it watches, and waits until that is done. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        if (onPoller())
            return;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
