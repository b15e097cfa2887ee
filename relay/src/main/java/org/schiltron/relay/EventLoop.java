package org.schiltron.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for many sockets and does what they ask for. A client and its leg live on one loop, so nothing
 * of theirs is locked and a byte never changes threads. All sockets of a loop share one buffer: what is read is
 * written on at once, and only what the other side does not take is kept, in a buffer of {@link #pool}.
 */
public final class EventLoop implements LegDialer.Loop, AutoCloseable {
    /** The most that is read from a socket at once, bytes. */
    static final int READ_BYTES = 64 * 1024;

    private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());

    /** Called on the loop's thread when its channel is ready. */
    public interface Ready {
        void ready(SelectionKey key);

        /** Something that must not happen did: only this socket is given up, the others of the loop live on. */
        void broken();
    }

    /** Something to do once, later. */
    private static final class Later extends Timed {
        private final Runnable action;

        Later(Runnable action) {
            this.action = action;
        }

        @Override
        void due(long nowNs) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "what was due failed, the loop goes on: this is a bug", e);
            }
        }
    }

    private final Selector selector;
    private final LongSupplier clock;
    private final TimerWheel wheel;
    private final TreeSet<Alarm> alarms = new TreeSet<>();
    private final BufferPool pool = new BufferPool();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(READ_BYTES);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Thread thread;
    /** Connections on this loop, those on their way to it included. */
    final AtomicInteger load = new AtomicInteger();
    private @Nullable TlsScratch tls;
    private long nowNs;
    private boolean timeIsOld;
    private volatile boolean closing;

    private EventLoop(String name, Selector selector, LongSupplier clock) {
        this.selector = selector;
        this.clock = clock;
        this.nowNs = clock.getAsLong();
        this.wheel = new TimerWheel(nowNs);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** @param clock nanoseconds that never go back; asked on the loop's thread */
    public static EventLoop start(String name, LongSupplier clock) {
        try {
            EventLoop loop = new EventLoop(name, Selector.open(), clock);
            loop.thread.start();
            return loop;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot watch sockets: " + e.getMessage(), e);
        }
    }

    boolean onLoop() {
        return Thread.currentThread().equals(thread);
    }

    /** Runs on the loop's thread, in the order given; from any thread. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!onLoop() && woken.compareAndSet(false, true))
            selector.wakeup();
    }

    /** When this round of the loop began. On the loop's thread. */
    @Override
    public long nowNs() {
        return nowNs;
    }

    /** Empty, {@link #READ_BYTES} long; good until the next socket's turn. On the loop's thread. */
    public ByteBuffer scratch() {
        return scratch.clear();
    }

    BufferPool pool() {
        return pool;
    }

    /** Made for the first connection that needs it. */
    TlsScratch tls() {
        if (tls == null)
            tls = new TlsScratch();
        return tls;
    }

    TimerWheel wheel() {
        return wheel;
    }

    /** Once, on the loop's thread, from which it is called. */
    public void after(long delayNs, Runnable action) {
        wheel.set(new Later(action), nowNs + delayNs);
    }

    /** On the loop's thread. */
    public SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws ClosedChannelException {
        return channel.register(selector, interest, ready);
    }

    private void run() {
        try {
            while (!closing) {
                nowNs = clock.getAsLong();
                wheel.advance(nowNs);
                ring();
                runTasks();
                timeIsOld = true;
                select();
            }
            runTasks();
        } catch (Throwable t) {
            LOG.log(System.Logger.Level.ERROR, thread.getName() + " stops: this is a bug", t);
        } finally {
            closeAll();
        }
    }

    private void select() throws IOException {
        long waitNs = wheel.isEmpty() ? Long.MAX_VALUE : TimerWheel.TICK_NS;
        if (!alarms.isEmpty())
            waitNs = Math.min(waitNs, alarms.first().atNs() - nowNs);
        if (!tasks.isEmpty() || waitNs <= 0)
            selector.selectNow(this::dispatch);
        else if (waitNs == Long.MAX_VALUE)
            selector.select(this::dispatch);
        else
            selector.select(this::dispatch, (waitNs + 999_999) / 1_000_000);
    }

    /** Those that are due now: what they set anew waits until tasks and sockets had a turn. */
    private void ring() {
        for (int n = alarms.size(); n > 0 && !alarms.isEmpty() && alarms.first().atNs() <= nowNs; n--) {
            Alarm alarm = alarms.removeFirst();
            try {
                alarm.ring();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an alarm failed, the loop goes on: this is a bug", e);
            }
        }
    }

    NavigableSet<Alarm> alarms() {
        return alarms;
    }

    private void dispatch(SelectionKey key) {
        if (timeIsOld) {
            timeIsOld = false;
            nowNs = clock.getAsLong();
        }
        Ready ready = (Ready) key.attachment();
        try {
            if (key.isValid())
                ready.ready(key);
        } catch (CancelledKeyException e) {
            // closed by what another socket of this round set off
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a connection is given up: this is a bug", e);
            ready.broken();
        }
    }

    /** Those that are there now: what they add waits until sockets had a turn. */
    private void runTasks() {
        woken.set(false);
        for (int n = tasks.size(); n > 0; n--) {
            Runnable task = tasks.poll();
            if (task == null)
                return;
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a task failed, the loop goes on: this is a bug", e);
            }
        }
    }

    /** Lets it look at its clock. */
    void wakeUp() {
        selector.wakeup();
    }

    private void closeAll() {
        try {
            for (SelectionKey key : selector.keys().toArray(SelectionKey[]::new))
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
        if (onLoop())
            return;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
