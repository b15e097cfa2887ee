package org.schiltron.host;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.Session;
import org.schiltron.swarm.SessionEvent;

/**
 * Joins the streams and flows of sessions to the sockets of local programs: give it every event of the session's
 * machine. Used by both sides; a client's connections come from its fronts, a service's go to its {@link Backends}.
 *
 * <p>An event is only noted when it comes, as a machine may not be changed before its events are drained; the work
 * follows as one command for all that is to be done.
 */
public final class StreamRelay implements AutoCloseable {
    /** Read from a session at once, and so the most that waits for a program that does not read. */
    static final int READ_BYTES = 64 * 1024;

    static final byte[] NO_BYTES = {};
    private static final Duration RETRY = Duration.ofMillis(20);

    /** A connection that wants a stream, and whether its program waits for a SOCKS reply. */
    record Opening(TcpConnection connection, String target, boolean socks) {
        byte[] accepted() {
            return socks ? SocksHandshake.reply(SocksHandshake.SUCCEEDED) : NO_BYTES;
        }

        byte[] refused() {
            return socks ? SocksHandshake.reply(SocksHandshake.HOST_UNREACHABLE) : NO_BYTES;
        }
    }

    private final SessionThread thread;
    private final SocketPoller poller;
    private final RelayLimits limits;
    private final TrafficCounters counters = new TrafficCounters();
    private final @Nullable TcpBackend tcpBackend;
    private final @Nullable UdpBackend udpBackend;
    private final List<FrontFlows<?>> fronts = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    private final ConcurrentLinkedQueue<LongConsumer> work = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean posted = new AtomicBoolean();
    private final AtomicBoolean retrying = new AtomicBoolean();
    private volatile boolean closed;

    // The session's thread alone:
    private final Map<Tunnel, Map<Long, StreamLink>> links = new HashMap<>();
    private final ArrayDeque<Opening> waiting = new ArrayDeque<>(); // at most maxConnections
    private final byte[] readBuffer = new byte[READ_BYTES];
    private @Nullable Tunnel current;

    private StreamRelay(SessionThread thread, SocketPoller poller, RelayLimits limits, @Nullable Backends backends) {
        this.thread = thread;
        this.poller = poller;
        this.limits = limits;
        this.tcpBackend = backends == null ? null : new TcpBackend(this, backends);
        this.udpBackend = backends == null ? null : new UdpBackend(this, backends);
    }

    /** The client's side: fronts open streams. */
    public static StreamRelay forClient(SessionThread thread, SocketPoller poller, RelayLimits limits) {
        return new StreamRelay(thread, poller, limits, null);
    }

    /** The service's side: streams reach backends. */
    public static StreamRelay forService(SessionThread thread, SocketPoller poller, RelayLimits limits,
            Backends backends) {
        return new StreamRelay(thread, poller, limits, backends);
    }

    public TrafficCounters counters() {
        return counters;
    }

    SocketPoller poller() {
        return poller;
    }

    RelayLimits limits() {
        return limits;
    }

    byte[] readBuffer() {
        return readBuffer;
    }

    /** Runs on the session's thread soon, in the order given, batched. From any thread. */
    void execute(LongConsumer task) {
        work.add(task);
        post();
    }

    private void post() {
        if (closed || !posted.compareAndSet(false, true))
            return;
        if (!thread.execute(this::runWork)) {
            posted.set(false);
            poller.execute(() -> poller.after(RETRY, this::post)); // the loop is overloaded, or about to stop
        }
    }

    private void runWork(long nowNs) {
        posted.set(false);
        int most = work.size(); // what these tasks add has its turn after the datagrams that wait now
        for (int i = 0; i < most; i++) {
            LongConsumer task = work.poll();
            if (task == null)
                return;
            task.accept(nowNs);
        }
        if (!work.isEmpty())
            post();
    }

    // ---- events

    /** To be given every event of the machine, on its loop's thread. */
    public void onEvent(SessionEvent event) {
        switch (event) {
            case SessionEvent.Ready(),SessionEvent.Work(_),SessionEvent.WorkOver(_) -> {
            }
            case SessionEvent.Opened(Session session) -> opened(new SessionTunnel(session));
            case SessionEvent.Closed(Session session, CloseReason _) -> closed(new SessionTunnel(session));
            case SessionEvent.StreamOpened(Session session, long stream, String target) ->
                streamOpened(new SessionTunnel(session), stream, target);
            case SessionEvent.StreamReadable(Session session, long stream) ->
                readable(new SessionTunnel(session), stream);
            case SessionEvent.StreamWritable(Session session, long stream) ->
                writable(new SessionTunnel(session), stream);
            case SessionEvent.StreamReset(Session session, long stream) -> reset(new SessionTunnel(session), stream);
            case SessionEvent.DatagramArrived(Session session, long flow, String target, byte[] payload) ->
                datagramArrived(new SessionTunnel(session), flow, target, payload);
        }
    }

    void opened(Tunnel tunnel) {
        if (tcpBackend != null)
            return;
        current = tunnel;
        if (!waiting.isEmpty())
            execute(this::openWaiting);
    }

    void closed(Tunnel tunnel) {
        if (tunnel.equals(current))
            current = null;
        Map<Long, StreamLink> gone = links.remove(tunnel);
        if (gone != null)
            new ArrayList<>(gone.values()).forEach(StreamLink::streamGone);
        if (udpBackend != null)
            udpBackend.closed(tunnel);
    }

    void streamOpened(Tunnel tunnel, long stream, String target) {
        TcpBackend reached = tcpBackend;
        if (reached == null)
            execute(nowNs -> tunnel.reset(nowNs, stream)); // only clients open streams
        else
            reached.opened(tunnel, stream, target);
    }

    void readable(Tunnel tunnel, long stream) {
        StreamLink link = link(tunnel, stream);
        if (link != null)
            link.queue();
    }

    void writable(Tunnel tunnel, long stream) {
        readable(tunnel, stream);
    }

    void reset(Tunnel tunnel, long stream) {
        StreamLink link = link(tunnel, stream);
        if (link != null)
            link.streamGone();
    }

    void datagramArrived(Tunnel tunnel, long flow, String target, byte[] payload) {
        if (udpBackend != null) {
            udpBackend.arrived(tunnel, flow, target, payload);
            return;
        }
        for (FrontFlows<?> front : fronts)
            if (front.arrived(flow, payload))
                return;
        counters.drop(RelayDrop.UNDELIVERED); // its flow has been forgotten
    }

    private @Nullable StreamLink link(Tunnel tunnel, long stream) {
        Map<Long, StreamLink> ofTunnel = links.get(tunnel);
        return ofTunnel == null ? null : ofTunnel.get(stream);
    }

    // ---- streams

    void join(StreamLink link, TcpConnection connection) {
        links.computeIfAbsent(link.tunnel(), t -> new HashMap<>()).put(link.stream(), link);
        connection.onChange(link::queue);
        link.queue(); // what has changed before
    }

    void ended(StreamLink link) {
        release();
        Map<Long, StreamLink> ofTunnel = links.get(link.tunnel());
        if (ofTunnel == null)
            return;
        ofTunnel.remove(link.stream(), link);
        if (ofTunnel.isEmpty())
            links.remove(link.tunnel());
    }

    /** One more connection, if the limit allows. From any thread; {@link #release} gives it back. */
    boolean admit() {
        if (connections.incrementAndGet() <= limits.maxConnections())
            return true;
        connections.decrementAndGet();
        return false;
    }

    void release() {
        connections.decrementAndGet();
    }

    // ---- fronts

    void add(FrontFlows<?> front) {
        fronts.add(front);
    }

    void remove(FrontFlows<?> front) {
        fronts.remove(front);
    }

    /** Gives an admitted connection a stream, now or when the session is open, or closes it after the hold. */
    void open(Opening opening) {
        execute(nowNs -> {
            if (open(nowNs, opening))
                return;
            waiting.add(opening);
            opening.connection().onChange(() -> dropIfFailed(opening));
            poller.execute(() -> poller.after(limits.hold(), () -> execute(now -> giveUp(opening))));
            retryLater();
        });
    }

    private boolean open(long nowNs, Opening opening) {
        Tunnel tunnel = current;
        if (tunnel == null || !tunnel.isOpen())
            return false;
        long stream = tunnel.openStream(nowNs, opening.target());
        if (stream < 0)
            return false;
        join(new StreamLink(this, tunnel, stream, opening.connection(), opening::accepted), opening.connection());
        return true;
    }

    private void openWaiting(long nowNs) {
        while (!waiting.isEmpty() && open(nowNs, waiting.peek()))
            waiting.poll();
        retryLater();
    }

    /** An open session that allows no more streams does not say when it does again. */
    private void retryLater() {
        if (!waiting.isEmpty() && current != null && retrying.compareAndSet(false, true)) {
            poller.execute(() -> poller.after(RETRY, () -> execute(nowNs -> {
                retrying.set(false);
                openWaiting(nowNs);
            })));
        }
    }

    private void dropIfFailed(Opening opening) {
        if (opening.connection().failed())
            execute(nowNs -> giveUp(opening));
    }

    private void giveUp(Opening opening) {
        if (!waiting.remove(opening))
            return;
        counters.connectionsRefused.increment();
        refuse(opening.connection(), opening.refused());
    }

    /** Says why, if there is something to say, and closes an admitted connection without a stream. */
    void refuse(TcpConnection connection, byte[] answer) {
        try {
            if (answer.length > 0)
                connection.write(answer, 0, answer.length);
        } catch (IOException e) {
            // it does not listen any more
        }
        connection.close();
        release();
    }

    /** Sends on the current session, or drops. On the session's thread. */
    void sendDatagram(long nowNs, long flow, String target, byte[] payload) {
        Tunnel tunnel = current;
        if (tunnel == null || !tunnel.isOpen()) {
            counters.drop(RelayDrop.UNDELIVERED);
            return;
        }
        counters.datagramsIn.increment();
        tunnel.sendDatagram(nowNs, flow, target, payload, 0, payload.length);
    }

    /** Resets every connection. To be called when the session's loop has stopped, or on its thread. */
    @Override
    public void close() {
        closed = true;
        for (Tunnel tunnel : new ArrayList<>(links.keySet()))
            closed(tunnel);
        for (Opening opening : waiting)
            opening.connection().abort();
        waiting.clear();
        work.clear();
    }
}
