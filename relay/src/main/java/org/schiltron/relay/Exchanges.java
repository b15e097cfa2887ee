package org.schiltron.relay;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link ExchangeGuard} says, done to its connection: requests pass, wait, are answered here or refused, and the
 * leg changes between two exchanges.
 *
 * <p>A change of leg: when the service's authenticator is another than the leg's and a request comes, the next leg is
 * opened while the old one still serves. Once it is open the guard holds new requests; when it stands between two
 * exchanges the old leg is closed and the next takes its place. A client that says nothing costs nothing: its leg is
 * closed when the overlap ends, and the next request opens another.
 */
final class Exchanges {
    /** Between two attempts to open a leg with a new authenticator. */
    private static final long RETRY_NS = 1_000_000_000L;

    private static final long NEVER = Long.MAX_VALUE;

    private final Connection connection;
    private final ExchangeGuard guard;
    private final Flow toBackend;
    private final Flow toClient;
    private final SlowSender slowSender;
    private @Nullable LegSide next;
    private @Nullable ByteBuffer answer;
    private boolean wantsMore;
    /** Held bytes may pass now, or be refused. */
    private boolean askAgain = true;
    private long retryNs;
    /** Since when the client has begun something and not completed it; {@link #NEVER} if it has not. */
    private long begunNs = NEVER;

    Exchanges(Connection connection, ExchangeGuard guard, Flow toBackend, Flow toClient, SlowSender slowSender) {
        this.connection = connection;
        this.guard = guard;
        this.toBackend = toBackend;
        this.toClient = toClient;
        this.slowSender = slowSender;
        this.retryNs = connection.nowNs();
    }

    ExchangeGuard guard() {
        return guard;
    }

    Flow.Gate requests() {
        return new Flow.Gate() {
            @Override
            public int allow(ByteBuffer bytes) {
                return request(bytes);
            }

            @Override
            public boolean wantsMore() {
                return wantsMore;
            }
        };
    }

    Flow.Gate answers() {
        return new Flow.Gate() {
            @Override
            public int allow(ByteBuffer bytes) {
                return answer(bytes);
            }

            @Override
            public boolean wantsMore() {
                return false;
            }
        };
    }

    private int request(ByteBuffer bytes) {
        wantsMore = false;
        if (answer != null)
            return 0;
        beginChange();
        int start = bytes.position();
        ExchangeGuard.Step step = guard.onRequest(bytes, next == null || !next.isOpen());
        switch (step) {
            case FORWARD -> {
                int count = bytes.position() - start;
                bytes.position(start);
                if (count == 0)
                    waitForMore();
                else
                    begunNs = NEVER;
                if (count > 0)
                    passes(count);
                if (count > 0 && connection.leg() == null)
                    connection.openLeg();
                return count;
            }
            case MORE -> waitForMore();
            case HOLD, LATER -> begunNs = NEVER;
            case ANSWER -> {
                begunNs = NEVER;
                answer = guard.answer();
                askAgain = true;
            }
            case REFUSED -> connection.refuse(guard.reason(), guard.answer());
        }
        return 0;
    }

    private void passes(int bytes) {
        slowSender.sending(connection.nowNs(), guard.sending());
        slowSender.sent(connection.nowNs(), bytes);
    }

    /** Whether the client holds the leg by sending next to nothing. */
    boolean sendsTooSlowly() {
        return toBackend.isPassed() && slowSender.tooSlow(connection.nowNs());
    }

    /** It was not for the client that nothing passed until now: there was no leg, or the backend took nothing. */
    void excuseSender() {
        slowSender.excuse(connection.nowNs());
    }

    private void waitForMore() {
        wantsMore = true;
        if (begunNs != NEVER)
            return;
        begunNs = connection.nowNs();
        connection.schedule();
    }

    private int answer(ByteBuffer bytes) {
        if (!guard.onAnswer(bytes)) {
            connection.drop(EdgeDrop.EXCHANGE_REFUSED);
            return 0;
        }
        askAgain = true;
        return bytes.remaining();
    }

    /** After each event of the connection: what could not be done in the middle of one. */
    void settle() {
        goOn();
        slowSender.sending(connection.nowNs(), connection.isRelaying() && guard.sending());
    }

    private void goOn() {
        while (connection.isRelaying()) {
            if (answer != null && toClient.isEmpty()) {
                ByteBuffer own = answer;
                answer = null;
                toClient.inject(own);
            }
            if (next != null && next.isOpen() && canChange())
                change(next);
            if (!askAgain || answer != null)
                return;
            askAgain = false;
            toBackend.push();
        }
    }

    private void change(LegSide to) {
        LegSide old = connection.leg();
        next = null;
        askAgain = true;
        connection.counters().legsChanged.increment();
        connection.useLeg(to);
        if (old != null)
            old.close();
    }

    private boolean canChange() {
        return guard.between() && toBackend.isPassed() && !toClient.isEndPassed() && !toBackend.isEndPassed();
    }

    private void beginChange() {
        LegSide leg = connection.leg();
        if (next != null || leg == null || !leg.isOpen() || leg.isCurrent() || !guard.exchanges()
                || connection.nowNs() - retryNs < 0)
            return;
        LegSide opening = connection.newLeg();
        if (opening.open()) {
            next = opening;
            connection.schedule();
        } else {
            changeFailed();
        }
    }

    private void changeFailed() {
        connection.counters().drop(EdgeDrop.LEG_CHANGE_FAILED);
        retryNs = connection.nowNs() + RETRY_NS;
        askAgain = true;
    }

    /** The leg that was to take the old one's place could not be opened, or was lost before it did. */
    void nextFailed(LegSide side) {
        if (side != next)
            return;
        next = null;
        side.reset();
        changeFailed();
    }

    /**
     * The leg's authenticator is accepted no longer.
     *
     * @return false if an exchange is under way on it
     */
    boolean giveUpLeg(int epoch) {
        if (next != null && next.isOlderThan(epoch))
            nextFailed(next);
        if (!canChange())
            return false;
        connection.dropLeg();
        LegSide opening = next;
        next = null;
        if (opening != null)
            connection.useLeg(opening);
        askAgain = true;
        return true;
    }

    /** Nothing of the client's waits for anything. */
    boolean isIdle() {
        return guard.between() && toBackend.isEmpty() && toClient.isEmpty() && answer == null;
    }

    /** What the edge answers itself is with the client. */
    boolean isAnswered() {
        return answer == null;
    }

    long deadlineNs(EdgeLimits limits) {
        long nextNs = next == null ? NEVER : next.deadlineNs(limits);
        return begunNs == NEVER ? nextNs : Math.min(nextNs, begunNs + limits.opening().toNanos());
    }

    void due(long nowNs, EdgeLimits limits) {
        if (next != null && next.deadlineNs(limits) - nowNs <= 0)
            nextFailed(next);
        if (begunNs != NEVER && begunNs + limits.opening().toNanos() - nowNs <= 0)
            connection.drop(EdgeDrop.OPENING_TIMEOUT);
    }

    void close() {
        slowSender.sending(connection.nowNs(), false);
        LegSide opening = next;
        next = null;
        if (opening != null)
            opening.reset();
    }
}
