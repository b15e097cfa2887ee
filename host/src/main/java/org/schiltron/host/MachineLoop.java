package org.schiltron.host;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.Path;
import org.schiltron.machine.TransmitSink;

/**
 * Drives one machine behind a set of UDP sockets, on one platform thread. One duty cycle: read the clock, run the
 * commands that other threads posted, take in a batch of datagrams, fire the timer if due, send; block when nothing
 * was to be done. After each datagram, command and timer both outputs of the machine are drained, as its contract asks.
 *
 * <p>The sockets belong to the loop and are closed with it. An exception out of the machine or its event handler is a
 * bug: it is logged, the loop stops, and {@link #stopped} completes with it.
 *
 * @param <M> the machine
 * @param <E> its events
 */
public final class MachineLoop<M extends Machine<E>, E> implements AutoCloseable {
    /** The most commands that may wait; further ones are refused. About 100 bytes each, and what they hold. */
    public static final int MAX_COMMANDS = 16_384;

    private static final System.Logger LOG = System.getLogger(MachineLoop.class.getName());

    /** A mutation of the machine, on the loop's thread. */
    @FunctionalInterface
    public interface Command<M> {
        void run(M machine, long nowNs);
    }

    /** Asks the machine something, on the loop's thread, possibly mutating it. */
    @FunctionalInterface
    public interface Query<M, T> {
        T ask(M machine, long nowNs);
    }

    private final UdpSockets sockets;
    private final M machine;
    private final Consumer<? super E> events;
    private final TransmitSink sink;
    private final long spinNs;
    private final Path source = new Path();
    private final Thread thread;
    private final CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();

    private final ConcurrentLinkedQueue<Command<? super M>> commands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Whether the loop blocks, or is about to: only then does a command cost a system call. */
    private volatile boolean parked;
    private volatile boolean closing;

    private MachineLoop(String name, UdpSockets sockets, M machine, UdpOptions options, Consumer<? super E> events) {
        this.sockets = sockets;
        this.machine = machine;
        this.events = events;
        this.sink = sockets.sink();
        this.spinNs = options.spinNs();
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /**
     * Starts a loop. The caller no longer touches the sockets or the machine.
     *
     * @param name   the thread's
     * @param events called on the loop's thread with each event; must not block
     */
    public static <M extends Machine<E>, E> MachineLoop<M, E> start(String name, UdpSockets sockets, M machine,
            UdpOptions options, Consumer<? super E> events) {
        MachineLoop<M, E> loop = new MachineLoop<>(name, sockets, machine, options, events);
        loop.thread.start();
        return loop;
    }

    /** As above without spinning. */
    public static <M extends Machine<E>, E> MachineLoop<M, E> start(String name, UdpSockets sockets, M machine,
            Consumer<? super E> events) {
        return start(name, sockets, machine, UdpOptions.defaults().withSpinNs(0), events);
    }

    /**
     * Posts a command from any thread.
     *
     * @return false if the loop is closing or {@link #MAX_COMMANDS} wait: the command will not run
     */
    public boolean execute(Command<? super M> command) {
        if (closing || stopped.isDone())
            return false;
        if (waiting.incrementAndGet() > MAX_COMMANDS) {
            waiting.decrementAndGet();
            return false;
        }
        commands.add(command);
        if (parked)
            sockets.wakeUp();
        if (stopped.isDone())
            abandonCommands();
        return true;
    }

    /** Posts a question from any thread. Completes with {@link RejectedExecutionException} where execute says no. */
    public <T extends @Nullable Object> CompletableFuture<T> query(Query<? super M, T> query) {
        Question<M, T> question = new Question<>(query, new CompletableFuture<>());
        if (!execute(question))
            question.abandon();
        return question.answer;
    }

    private record Question<M, T extends @Nullable Object>(Query<? super M, T> query,
            CompletableFuture<T> answer) implements Command<M> {

        @Override
        public void run(M machine, long nowNs) {
            try {
                answer.complete(query.ask(machine, nowNs));
            } catch (Throwable bug) {
                answer.completeExceptionally(bug);
                throw bug;
            }
        }

        void abandon() {
            answer.completeExceptionally(new RejectedExecutionException("the loop takes no commands"));
        }
    }

    /** After the loop has stopped: whoever waits for an answer is told. */
    private void abandonCommands() {
        Command<? super M> command = commands.poll();
        while (command != null) {
            if (command instanceof Question<?, ?> question)
                question.abandon();
            command = commands.poll();
        }
    }

    public UdpSockets sockets() {
        return sockets;
    }

    /** Completes when the loop has stopped and its sockets are closed; exceptionally if a bug stopped it. */
    public CompletableFuture<@Nullable Void> stopped() {
        return stopped;
    }

    /** Whether the calling thread is the loop's. */
    public boolean onLoop() {
        return Thread.currentThread().equals(thread);
    }

    /**
     * Runs the commands posted so far, sends what they caused, closes the sockets and waits for all that; called on the
     * loop's thread, only asks for it.
     */
    @Override
    public void close() {
        askToClose();
        if (onLoop())
            return;
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted)
            Thread.currentThread().interrupt();
    }

    /** As {@link #close}, without waiting. */
    void askToClose() {
        closing = true;
        sockets.wakeUp();
    }

    private void run() {
        Throwable bug = null;
        try {
            ShortTurns.ask();
            drain(); // what the machine wants to say before anything has happened
            sockets.flush();
            cycle();
        } catch (Throwable t) {
            bug = t;
            LOG.log(System.Logger.Level.ERROR, thread.getName() + " stops: this is a bug", t);
        }
        sockets.close();
        if (bug == null)
            stopped.complete(null);
        else
            stopped.completeExceptionally(bug);
        abandonCommands();
    }

    private void cycle() {
        long idleSinceNs = MonotonicClock.nowNs();
        while (true) {
            boolean last = closing;
            long nowNs = MonotonicClock.nowNs();
            boolean busy = runCommands(nowNs);
            if (last) {
                sockets.flush();
                return;
            }
            busy |= takeIn(nowNs);
            if (machine.nextDeadlineNs() <= nowNs) {
                machine.onTimer(nowNs);
                drain();
                busy = true;
            }
            sockets.flush();
            if (busy)
                idleSinceNs = nowNs;
            else if (nowNs - idleSinceNs >= spinNs)
                park(nowNs);
            else
                sockets.await(0);
        }
    }

    private boolean takeIn(long nowNs) {
        int count = sockets.receive();
        for (int i = 0; i < count; i++) {
            sockets.source(i, source);
            machine.onDatagram(nowNs, source, sockets.segment(), sockets.offset(i), sockets.length(i));
            drain();
        }
        return count > 0;
    }

    /** At most those that wait now, so that commands which post commands leave the sockets served. */
    private boolean runCommands(long nowNs) {
        int most = waiting.get();
        for (int i = 0; i < most; i++) {
            Command<? super M> command = commands.poll();
            if (command == null)
                return i > 0;
            waiting.decrementAndGet();
            command.run(machine, nowNs);
            drain();
        }
        return most > 0;
    }

    private void park(long nowNs) {
        long deadlineNs = machine.nextDeadlineNs();
        parked = true;
        if (!commands.isEmpty() || closing) {
            parked = false;
            return;
        }
        sockets.await(deadlineNs == Machine.NO_DEADLINE ? Long.MAX_VALUE : Math.max(0, deadlineNs - nowNs));
        parked = false;
    }

    private void drain() {
        machine.pollTransmit(sink);
        E event = machine.pollEvent();
        while (event != null) {
            events.accept(event);
            event = machine.pollEvent();
        }
    }
}
