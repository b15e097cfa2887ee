package org.schiltron.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.bgp.BgpConfig;
import org.schiltron.bgp.BgpEvent;
import org.schiltron.bgp.BgpSession;
import org.schiltron.bgp.FlowAction;
import org.schiltron.bgp.FlowRule;
import org.schiltron.machine.Machine;
import org.schiltron.machine.RandomSource;

/**
 * A BGP session with one peer over TCP, on a thread of its own: connects, and connects again after every loss, until it
 * is closed. Rules that are announced while there is no session are announced when there is one.
 *
 * <p>Not supported: TCP MD5 signatures (RFC 2385) and TCP-AO (RFC 5925), which a Java socket cannot set; a peer that
 * wants them does not answer. Nor TTL security (RFC 5082): packets leave with the system's TTL. A peer that wants
 * either needs a session without them to this machine, over a link that nobody else can write to.
 *
 * <p>An exception out of the session or the event handler is a bug: it is logged, and the thread stops.
 */
public final class BgpConnection implements AutoCloseable {
    /** The well-known port. */
    public static final int PORT = 179;
    /** The most commands that may wait; further ones are refused. */
    public static final int MAX_COMMANDS = 16_384;

    private static final System.Logger LOG = System.getLogger(BgpConnection.class.getName());

    private record Command(CompletableFuture<Boolean> done, Change change) {
    }

    @FunctionalInterface
    private interface Change {
        boolean apply(BgpSession session);
    }

    private final InetSocketAddress peer;
    private final @Nullable InetAddress local;
    private final Consumer<? super BgpEvent> events;
    private final BgpSession session;
    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable String closing;
    private volatile boolean established;
    private volatile boolean stopped;
    private @Nullable BgpStream stream;

    private BgpConnection(String name, InetSocketAddress peer, @Nullable InetAddress local, BgpConfig config,
            RandomSource random, Consumer<? super BgpEvent> events, Selector selector) {
        this.peer = peer;
        this.local = local;
        this.events = events;
        this.selector = selector;
        this.session = new BgpSession(MonotonicClock.nowNs(), config, random);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /**
     * Begins to connect.
     *
     * @param name   the thread's
     * @param peer   resolved
     * @param local  the address to connect from, by which the peer knows this side; null for the system's choice
     * @param events called on the thread with each event; must not block
     * @throws IllegalArgumentException if {@code peer} is not resolved
     */
    public static BgpConnection start(String name, InetSocketAddress peer, @Nullable InetAddress local,
            BgpConfig config, RandomSource random, Consumer<? super BgpEvent> events) {
        if (peer.isUnresolved())
            throw new IllegalArgumentException("not resolved: " + peer.getHostString());
        try {
            BgpConnection connection = new BgpConnection(name, peer, local, config, random, events, Selector.open());
            connection.thread.start();
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot watch sockets: " + e.getMessage(), e);
        }
    }

    /** See {@link BgpSession#announce}. Completes exceptionally if that throws, or if this is closed or busy. */
    public CompletableFuture<Boolean> announce(FlowRule rule, List<FlowAction> actions) {
        return post(s -> s.announce(rule, actions));
    }

    /** As {@link #announce}. */
    public CompletableFuture<Boolean> withdraw(FlowRule rule) {
        return post(s -> {
            s.withdraw(rule);
            return true;
        });
    }

    /** As {@link #announce}. The map must no longer change. */
    public CompletableFuture<Boolean> replace(Map<FlowRule, List<FlowAction>> all) {
        return post(s -> s.replace(all));
    }

    private CompletableFuture<Boolean> post(Change change) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        if (closing != null) {
            done.completeExceptionally(new RejectedExecutionException("the BGP session is closed"));
            return done;
        }
        if (waiting.incrementAndGet() > MAX_COMMANDS) {
            waiting.decrementAndGet();
            done.completeExceptionally(new RejectedExecutionException(MAX_COMMANDS + " commands wait"));
            return done;
        }
        commands.add(new Command(done, change));
        selector.wakeup();
        if (stopped)
            abandonCommands();
        return done;
    }

    /** Whether there is a session now. */
    public boolean isEstablished() {
        return established;
    }

    /** As {@link #close(String)}, without a word. */
    @Override
    public void close() {
        close("");
    }

    /**
     * Withdraws everything, says goodbye and waits for that, at most about 7 s; called on the connection's own thread,
     * only asks for it.
     *
     * @param text for the peer's operator (RFC 9003)
     */
    public void close(String text) {
        if (closing == null)
            closing = text;
        selector.wakeup();
        if (Thread.currentThread().equals(thread))
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

    private void run() {
        try (selector) {
            while (!session.isClosed() || stream != null)
                cycle();
        } catch (Throwable bug) {
            LOG.log(System.Logger.Level.ERROR, thread.getName() + " stops: this is a bug", bug);
            dropStream();
        }
        established = false;
        stopped = true;
        abandonCommands();
    }

    private void cycle() throws IOException {
        long nowNs = MonotonicClock.nowNs();
        runCommands();
        drain();
        String farewell = closing;
        if (farewell != null)
            session.close(nowNs, farewell);
        drain();
        if (session.nextDeadlineNs() <= nowNs)
            session.onTimer(nowNs);
        drain();
        fitStream(nowNs);
        drain();
        if (session.isClosed())
            return;
        select(nowNs);
        BgpStream ready = stream;
        if (ready != null)
            serve(ready, MonotonicClock.nowNs());
        drain();
    }

    /** At most those that wait now, so that the socket is served as well. */
    private void runCommands() {
        for (int most = waiting.get(); most > 0; most--) {
            Command command = commands.poll();
            if (command == null)
                return;
            waiting.decrementAndGet();
            try {
                command.done.complete(command.change.apply(session));
            } catch (IllegalArgumentException e) { // by the session's word, nothing has changed
                command.done.completeExceptionally(e);
            }
        }
    }

    /** Has the connection that the session wants, and no other. */
    private void fitStream(long nowNs) {
        int wanted = session.connectionWanted();
        BgpStream old = stream;
        if (old != null && old.number() != wanted) {
            stream = null;
            old.finish(session);
        }
        if (wanted == BgpSession.NO_CONNECTION || stream != null)
            return;
        try {
            stream = BgpStream.connect(wanted, peer, local, selector);
        } catch (IOException e) {
            session.onDisconnected(nowNs, String.valueOf(e.getMessage()));
        }
    }

    private void select(long nowNs) throws IOException {
        long deadlineNs = session.nextDeadlineNs();
        if (!commands.isEmpty() || deadlineNs <= nowNs)
            selector.selectNow();
        else if (deadlineNs == Machine.NO_DEADLINE)
            selector.select();
        else
            selector.select(Math.max(1, (deadlineNs - nowNs) / 1_000_000));
        selector.selectedKeys().clear();
    }

    private void serve(BgpStream ready, long nowNs) {
        try {
            ready.serve(session, nowNs);
        } catch (IOException e) {
            session.onDisconnected(nowNs, String.valueOf(e.getMessage()));
            dropStream();
        }
    }

    private void dropStream() {
        if (stream != null)
            stream.drop();
        stream = null;
    }

    private void drain() {
        established = session.isEstablished(); // before the peer can have heard of it
        BgpStream to = stream;
        if (to != null && to.number() == session.connectionWanted()) {
            try {
                to.send(session);
            } catch (IOException e) {
                session.onDisconnected(MonotonicClock.nowNs(), String.valueOf(e.getMessage()));
                dropStream();
            }
        }
        established = session.isEstablished();
        for (BgpEvent event = session.pollEvent(); event != null; event = session.pollEvent())
            events.accept(event);
    }

    /** After the end: whoever waits for an answer is told. */
    private void abandonCommands() {
        for (Command command = commands.poll(); command != null; command = commands.poll())
            command.done.completeExceptionally(new RejectedExecutionException("the BGP session is closed"));
    }
}
