package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;

/**
 * One client's sessions at the service, oldest first, and what they may have together. The rate is kept by a token
 * bucket that each get takes from before it is asked for: a client that ignores the rate it is told sends packets which
 * nobody asked for, and no mailbox hands them on.
 */
final class ClientAllowance {
    /** Gets at once, so that a session begins as fast as any; and a quarter of a second's. */
    private static final int LEAST_BURST = Inbound.FIRST_WINDOW;
    /** No timer for every single token. */
    private static final long LEAST_WAIT_NS = 5_000_000L;

    final List<Session> sessions = new ArrayList<>();
    private ClientLimits limits;
    private double tokens;
    private long tokensNs;

    ClientAllowance(long nowNs, ClientLimits limits) {
        this.limits = limits;
        tokens = burst();
        tokensNs = nowNs;
    }

    void limit(ClientLimits other) {
        limits = other;
        tokens = Math.min(tokens, burst());
        while (sessions.size() > 0 && streams() > limits.streams() && resetOne()) {
            // the newest of the newest session first
        }
    }

    ClientLimits limits() {
        return limits;
    }

    private boolean resetOne() {
        for (Session session : sessions.reversed())
            if (session.resetNewestStream())
                return true;
        return false;
    }

    private int streams() {
        int count = 0;
        for (Session session : sessions)
            count += session.streams();
        return count;
    }

    boolean mayOpenStream() {
        return streams() < limits.streams();
    }

    /** Packets a second that each of the sessions is promised, and may be sent. */
    double rateOfEach() {
        return (double) limits.packetsPerSecond() / Math.max(1, sessions.size());
    }

    /** Whether one more get may be asked for now; if so it is counted. */
    boolean take(long nowNs) {
        if (limits.packetsPerSecond() == ClientLimits.MAX_PACKETS_PER_SECOND)
            return true;
        tokens = Math.min(burst(), tokens + (nowNs - tokensNs) * 1e-9 * limits.packetsPerSecond());
        tokensNs = nowNs;
        if (tokens < 1)
            return false;
        tokens--;
        return true;
    }

    /** After {@link #take} was false: when to try again. */
    long nextNs(long nowNs) {
        return nowNs + Math.max(LEAST_WAIT_NS, (long) ((1 - tokens) * 1e9 / limits.packetsPerSecond()) + 1);
    }

    private double burst() {
        return Math.max(LEAST_BURST, limits.packetsPerSecond() / 4.0);
    }
}
