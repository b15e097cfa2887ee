package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Machine;
import org.schiltron.machine.RandomSource;

/**
 * One session with one peer, to which it announces flow specifications (RFC 4271 section 8, RFC 8955): the side that
 * connects, never the one that is connected to, so connections cannot collide. What the peer announces is counted and
 * not used. It needs a driver with a TCP connection, under the rules of {@link Machine}: mutate once, drain both
 * outputs, look at {@link #connectionWanted} and {@link #nextDeadlineNs}. Only that several commands may come before
 * that, so that what they change goes into few messages.
 *
 * <pre>{@code
 * session.onReceived(now, bytes);              // or onConnected, onDisconnected, onTimer, a command
 * session.pollTransmit(room);                  // as many octets as the connection takes; again when it takes more
 * while ((event = session.pollEvent()) != null) handle(event);
 * // A connection other than the one wanted: send what is left, close it. One is wanted and there is none: connect.
 * sleepUntil(session.nextDeadlineNs());
 * }</pre>
 *
 * <pre>
 *        wait over          connected              OPEN                  KEEPALIVE
 *   IDLE ----------> CONNECT ----------> OPEN_SENT -------> OPEN_CONFIRM ----------> ESTABLISHED
 *    ^                  |                    |                   |                        |
 *    +------------------+------- any failure +-------------------+------------------------+
 *   CLOSED from everywhere after close
 * </pre>
 *
 * <p><b>Bounds.</b> Rules: see {@link RuleTable}. Octets that wait for the driver: see {@link Outbox}.
 *
 * <p>A router may take a rule only from where its route to the rule's destination comes from (RFC 8955 section 6, RFC
 * 9117); it has to be told not to, since this side announces no other routes.
 */
public final class BgpSession {
    /** {@link #connectionWanted}: none. */
    public static final int NO_CONNECTION = 0;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long NEVER = Machine.NO_DEADLINE;
    /** For the peer's first message (RFC 4271 section 8 suggests 4 minutes; a minute is long). */
    private static final long OPEN_WAIT_NS = 60 * SECOND_NS;
    /** A session that lasted so long was a good one: the next attempt comes soon again. */
    private static final long GOOD_NS = 10 * SECOND_NS;
    /** For the peer to take what is left when closing. */
    private static final long CLOSE_NS = 5 * SECOND_NS;
    /** A peer that lives but takes nothing for so long, or twice the hold time, is given up (RFC 9687). */
    private static final long LEAST_SEND_HOLD_NS = 480 * SECOND_NS;

    private enum State {
        IDLE, CONNECT, OPEN_SENT, OPEN_CONFIRM, ESTABLISHED, CLOSED
    }

    private final BgpConfig config;
    private final RandomSource random;
    private final RuleTable table;
    private final Messages messages = new Messages();
    private final Outbox out = new Outbox();
    private final ArrayDeque<BgpEvent> events = new ArrayDeque<>();
    private UpdateWriter writer;

    private State state = State.IDLE;
    private int connection;
    private int failures;
    private @Nullable Open peer;
    private long establishedNs;
    private @Nullable String closing;
    private boolean changed; // and Announced is still to be told

    private long retryNs;
    private long connectByNs = NEVER;
    private long holdNs = NEVER;
    private long keepaliveNs = NEVER;
    private long closeByNs = NEVER;
    private long holdTimeNs;

    private long routesHeard;
    private long malformedUpdates;

    /** Wants a connection at once. */
    public BgpSession(long nowNs, BgpConfig config, RandomSource random) {
        this.config = config;
        this.random = random;
        this.table = new RuleTable(config.families());
        this.writer = new UpdateWriter(config.localAs(), config.isInternal(), true);
        connect(nowNs);
    }

    // Commands

    /**
     * The peer should have this rule with these actions: accept if there are none, at most
     * {@link FlowAction#MAX_ACTIONS}.
     *
     * @return false if there is no room (100,000 rules of 64 MiB in all) or the session is closed: nothing changes
     * @throws IllegalArgumentException if the family is not one of the session's, or there are too many actions
     */
    public boolean announce(FlowRule rule, List<FlowAction> actions) {
        if (isClosing() || !table.announce(rule, actions))
            return false;
        changed = true;
        return true;
    }

    /** The peer should not have this rule. */
    public void withdraw(FlowRule rule) {
        if (isClosing())
            return;
        table.withdraw(rule);
        changed = true;
    }

    /**
     * The peer should have these rules and no others; only the difference is sent.
     *
     * @return false as {@link #announce}
     * @throws IllegalArgumentException as {@link #announce}; nothing changes then either
     */
    public boolean replace(Map<FlowRule, List<FlowAction>> all) {
        if (isClosing() || !table.replace(all))
            return false;
        changed = true;
        return true;
    }

    /**
     * Withdraws everything, says goodbye, and ends; after 5 s in any case.
     *
     * @param text for the peer's operator; cut after 128 octets
     */
    public void close(long nowNs, String text) {
        if (isClosing())
            return;
        closing = text;
        table.clear();
        if (state == State.ESTABLISHED) {
            closeByNs = nowNs + CLOSE_NS;
        } else {
            if (state == State.OPEN_SENT || state == State.OPEN_CONFIRM)
                Notification.shutdown(text).write(out.buffer());
            end(nowNs, BgpEvent.Cause.CLOSED, "closed before it was established");
        }
    }

    private boolean isClosing() {
        return closing != null;
    }

    // In

    /** The connection wanted has come about. */
    public void onConnected(long nowNs) {
        if (state != State.CONNECT)
            return;
        state = State.OPEN_SENT;
        connectByNs = NEVER;
        holdNs = nowNs + OPEN_WAIT_NS;
        new Open(config.localAs(), config.holdSeconds(), config.routerId(), config.families(), true, true)
                .write(out.buffer());
    }

    /** The connection wanted has not come about, or has ended. */
    public void onDisconnected(long nowNs, String reason) {
        if (state == State.CONNECT) {
            end(nowNs, BgpEvent.Cause.UNREACHABLE, "no connection: " + reason);
        } else if (isConnected()) {
            out.clear();
            end(nowNs, BgpEvent.Cause.LOST, "connection lost" + (state == State.ESTABLISHED
                    ? ""
                    : " before the session was established (does the peer know this address as its neighbour's?)")
                    + ": " + reason);
        }
    }

    /** Octets from the connection wanted; all are taken. */
    public void onReceived(long nowNs, ByteBuffer bytes) {
        try {
            while (isConnected()) {
                Messages.Message message = messages.next(bytes);
                if (message == null)
                    return;
                onMessage(nowNs, message);
            }
        } catch (MalformedException e) {
            refuse(nowNs, e.notification(), String.valueOf(e.getMessage()));
        }
        bytes.position(bytes.limit());
    }

    private boolean isConnected() {
        return state == State.OPEN_SENT || state == State.OPEN_CONFIRM || state == State.ESTABLISHED;
    }

    private void onMessage(long nowNs, Messages.Message message) throws MalformedException {
        MessageType type = message.type();
        if (type == MessageType.NOTIFICATION) {
            out.clear();
            end(nowNs, BgpEvent.Cause.REJECTED,
                    (state == State.ESTABLISHED ? "the peer ended the session: " : "the peer rejected the session: ")
                            + Notification.read(message.body()).text());
        } else if (state == State.OPEN_SENT && type == MessageType.OPEN) {
            onOpen(nowNs, Open.read(message.body()));
        } else if (state == State.OPEN_CONFIRM && type == MessageType.KEEPALIVE) {
            establish(nowNs);
        } else if (state == State.ESTABLISHED && type != MessageType.OPEN) {
            holdNs = holdTimeNs == 0 ? NEVER : nowNs + holdTimeNs;
            if (type == MessageType.UPDATE)
                onUpdate(message.body());
            else if (type == MessageType.ROUTE_REFRESH)
                onRouteRefresh(message.body());
        } else {
            int where = state == State.OPEN_SENT ? 1 : state == State.OPEN_CONFIRM ? 2 : 3; // RFC 6608 section 3
            refuse(nowNs, Notification.of(Notification.STATE_MACHINE_ERROR, where),
                    "the peer sent " + type + " where it must not");
        }
    }

    private void onOpen(long nowNs, Open open) {
        if (open.as() != config.peerAs()) {
            refuse(nowNs, Notification.of(Notification.OPEN_ERROR, 2),
                    "the peer is AS " + open.as() + ", not " + config.peerAs() + " as configured");
        } else if (config.isInternal() && open.routerId() == config.routerId()) {
            refuse(nowNs, Notification.of(Notification.OPEN_ERROR, 3), "the peer has the same router id as this side");
        } else {
            peer = open;
            int seconds = Math.min(open.holdSeconds(), config.holdSeconds());
            holdTimeNs = seconds * SECOND_NS;
            holdNs = seconds == 0 ? NEVER : nowNs + holdTimeNs;
            state = State.OPEN_CONFIRM;
            keepalive(nowNs);
        }
    }

    private void establish(long nowNs) {
        Open open = peer;
        if (open == null)
            throw new IllegalStateException("established without an OPEN");
        state = State.ESTABLISHED;
        establishedNs = nowNs;
        holdNs = holdTimeNs == 0 ? NEVER : nowNs + holdTimeNs;
        writer = new UpdateWriter(config.localAs(), config.isInternal(), open.fourOctetAs());
        List<FlowFamily> common = new ArrayList<>(config.families());
        common.retainAll(open.families());
        table.connected(common);
        changed = true;
        events.add(new BgpEvent.Up(open.routerId(), (int) (holdTimeNs / SECOND_NS), List.copyOf(common)));
        for (FlowFamily family : config.families())
            if (!common.contains(family))
                events.add(new BgpEvent.Missing(family));
    }

    /** Routes are not taken in, so nothing can be wrong with them that the end of the session would set right. */
    private void onUpdate(ByteBuffer body) {
        try {
            routesHeard += Update.read(body, peer != null && peer.fourOctetAs()).reached().size();
        } catch (IllegalArgumentException e) {
            malformedUpdates++;
        }
    }

    private void onRouteRefresh(ByteBuffer body) {
        FlowFamily family = FlowFamily.of(body.getShort(0) & 0xffff, body.get(3) & 0xff);
        // Between the two is 0, or what only peers mean to whom RFC 7313 was offered.
        if (family == null || body.get(2) != 0)
            return;
        table.refresh(family);
        changed = true;
    }

    /** A deadline has come. */
    public void onTimer(long nowNs) {
        if (nowNs >= closeByNs) {
            out.clear();
            end(nowNs, BgpEvent.Cause.CLOSED, "closed; the peer did not take the last messages");
        } else if (state == State.IDLE && nowNs >= retryNs) {
            connect(nowNs);
        } else if (nowNs >= connectByNs) {
            end(nowNs, BgpEvent.Cause.UNREACHABLE, "no connection within " + config.connectTimeoutNs() / 1_000_000
                    + " ms (a peer that wants TCP MD5 signatures, RFC 2385, does not answer: they are not supported)");
        } else if (isConnected()) {
            if (nowNs >= holdNs)
                expire(nowNs);
            else if (nowNs >= keepaliveNs)
                tick(nowNs);
        }
    }

    private void expire(long nowNs) {
        long seconds = (state == State.OPEN_SENT ? OPEN_WAIT_NS : holdTimeNs) / SECOND_NS;
        Notification.of(Notification.HOLD_TIMER_EXPIRED, 0).write(out.buffer());
        end(nowNs, BgpEvent.Cause.SILENT, "the peer was silent for " + seconds + " s");
    }

    /** Time for a KEEPALIVE, and to see whether the last one has gone. */
    private void tick(long nowNs) {
        long stuckNs = out.stuckNs(nowNs);
        if (stuckNs >= Math.max(LEAST_SEND_HOLD_NS, 2 * holdTimeNs)) {
            out.clear();
            end(nowNs, BgpEvent.Cause.SILENT, "the peer took nothing for " + stuckNs / SECOND_NS + " s");
            return;
        }
        keepalive(nowNs);
    }

    private void keepalive(long nowNs) {
        out.keepalive();
        // A third of the hold time, less up to a quarter of that (RFC 4271 section 10).
        long period = holdTimeNs / 3;
        keepaliveNs = period == 0 ? NEVER : nowNs + period - random.nextLong(period / 4);
    }

    private void connect(long nowNs) {
        state = State.CONNECT;
        connection++;
        connectByNs = nowNs + config.connectTimeoutNs();
        out.clear();
        messages.clear();
    }

    private void refuse(long nowNs, Notification notification, String reason) {
        notification.write(out.buffer());
        end(nowNs, BgpEvent.Cause.REFUSED, reason);
    }

    /** What is in {@link #out} still goes to the connection that is no longer wanted. */
    private void end(long nowNs, BgpEvent.Cause cause, String reason) {
        boolean wasUp = state == State.ESTABLISHED;
        if (wasUp && nowNs - establishedNs >= GOOD_NS)
            failures = 0;
        peer = null;
        connectByNs = NEVER;
        holdNs = NEVER;
        keepaliveNs = NEVER;
        table.disconnected();
        if (closing != null) {
            state = State.CLOSED;
            closeByNs = NEVER;
            events.add(new BgpEvent.Down(BgpEvent.Cause.CLOSED, reason, wasUp, -1));
        } else {
            state = State.IDLE;
            long waitNs = backoffNs();
            retryNs = nowNs + waitNs;
            events.add(new BgpEvent.Down(cause, reason, wasUp, waitNs));
        }
    }

    /** Doubled with each failure, less up to a quarter so that many sessions do not come at once. */
    private long backoffNs() {
        long waitNs = config.firstRetryNs();
        for (int i = 0; i < failures && waitNs < config.lastRetryNs(); i++)
            waitNs *= 2;
        failures = Math.min(failures + 1, 64);
        waitNs = Math.min(waitNs, config.lastRetryNs());
        return waitNs - random.nextLong(waitNs / 4);
    }

    // Out

    /**
     * Puts as many octets as there are and {@code room} takes. They are for the connection wanted or, if none is, for
     * the one that was wanted last, which is to be closed after them.
     */
    public void pollTransmit(ByteBuffer room) {
        do {
            out.moveTo(room);
        } while (out.isEmpty() && room.hasRemaining() && writeNext());
    }

    private boolean writeNext() {
        if (state != State.ESTABLISHED)
            return false;
        if (table.write(out.buffer(), writer))
            return true;
        if (closing != null) {
            Notification.shutdown(closing).write(out.buffer());
            end(establishedNs, BgpEvent.Cause.CLOSED, "closed");
            return true;
        }
        if (changed)
            events.add(new BgpEvent.Announced(table.rules()));
        changed = false;
        return false;
    }

    /** The next event, or null when there is none. */
    public @Nullable BgpEvent pollEvent() {
        return events.poll();
    }

    // Getters

    /**
     * The number of the connection that there should be, or {@link #NO_CONNECTION}. A connection made for another
     * number is to be closed.
     */
    public int connectionWanted() {
        return state == State.IDLE || state == State.CLOSED ? NO_CONNECTION : connection;
    }

    /** When {@link #onTimer} is wanted next, or {@link Machine#NO_DEADLINE}. */
    public long nextDeadlineNs() {
        if (state == State.IDLE)
            return retryNs;
        return Math.min(Math.min(connectByNs, closeByNs), Math.min(holdNs, keepaliveNs));
    }

    public boolean isEstablished() {
        return state == State.ESTABLISHED;
    }

    /** Nothing will happen any more. */
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Rules that the peer should have. */
    public int rules() {
        return table.rules();
    }

    /** Flow specifications that the peer announced, which were not used. */
    public long routesHeard() {
        return routesHeard;
    }

    /** UPDATE messages of the peer that could not be read. */
    public long malformedUpdates() {
        return malformedUpdates;
    }
}
