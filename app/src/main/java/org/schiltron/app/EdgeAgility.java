package org.schiltron.app;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.AuthenticatorSchedule;

/**
 * Has the edge show what its services' schedules say (Mayday, section 4.3), and go where their modes are (3.7): legs move
 * within the overlap.
 */
final class EdgeAgility implements AutoCloseable {
    private static final Duration DEFAULT_OVERLAP = Duration.ofSeconds(5);
    private static final int RETRY_SECONDS = 2;

    /** Who dials for a service: this node, or as an egress for others. */
    @FunctionalInterface
    interface Dialling {
        /**
         * @param shown what the ring asks for now
         * @param moved where the service is instead of where its file says; null if it is there
         * @param overlap how long what was opened before may go on
         */
        void change(@Nullable InetSocketAddress moved, Shown shown, Duration overlap);
    }

    private static final class Followed {
        final String who;
        final String service;
        final Dialling dialling;
        @Nullable
        AuthenticatorFile shown;
        @Nullable
        InetSocketAddress moved;
        @Nullable
        ScheduledFuture<?> due;
        @Nullable
        ScheduledFuture<?> retry;

        Followed(String who, String service, @Nullable AuthenticatorFile shown, Dialling dialling) {
            this.who = who;
            this.service = service;
            this.shown = shown;
            this.dialling = dialling;
        }

        @Nullable
        AuthenticatorSchedule schedule() {
            return shown == null ? null : shown.schedule();
        }

        void dial(long epochMs, Duration overlap) {
            if (retry != null)
                retry.cancel(false);
            retry = null;
            dialling.change(moved, shown == null ? Shown.NOTHING : shown.at(epochMs), overlap);
        }
    }

    private final List<Followed> all = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "authenticators");
        thread.setDaemon(true);
        return thread;
    });
    private final LongSupplier epochMs;

    EdgeAgility(LongSupplier epochMs) {
        this.epochMs = epochMs;
    }

    /**
     * Changes it with time, if its authenticator does, and when the service moves.
     *
     * @param who     dials it, for {@link #renew}
     * @param sinceMs the time whose authenticator is shown now
     */
    synchronized void follow(String who, String service, @Nullable AuthenticatorFile shown, long sinceMs,
            Dialling dialling) {
        Followed one = new Followed(who, service, shown, dialling);
        all.add(one);
        await(one, sinceMs);
    }

    private void await(Followed one, long nowMs) {
        AuthenticatorSchedule schedule = one.schedule();
        if (one.due != null)
            one.due.cancel(false);
        one.due = null;
        if (schedule == null)
            return;
        long at = schedule.nextChange(nowMs);
        one.due = timer.schedule(() -> change(one, at), Math.max(0, at - epochMs.getAsLong()), TimeUnit.MILLISECONDS);
    }

    /** The clock may be a moment behind the timer: what is shown is what was due. */
    private synchronized void change(Followed one, long at) {
        long nowMs = Math.max(at, epochMs.getAsLong());
        dial(one, nowMs, overlap(one));
        await(one, nowMs);
    }

    /** What cannot be is tried again, until something else is due. */
    private synchronized void dial(Followed one, long nowMs, Duration overlap) {
        try {
            one.dial(nowMs, overlap);
        } catch (RuntimeException e) {
            if (timer.isShutdown())
                return;
            say(one, e, "; it is tried again");
            again(one, overlap);
        }
    }

    private void again(Followed one, Duration overlap) {
        one.retry = timer.schedule(() -> dial(one, epochMs.getAsLong(), overlap), RETRY_SECONDS, TimeUnit.SECONDS);
    }

    private static void say(Followed one, RuntimeException e, String then) {
        System.err.println("schiltron: authenticator of " + one.who + ": "
                + (e instanceof Failure failure ? failure.line() : e) + then);
    }

    /** The service is at that address now. */
    synchronized void move(String service, InetSocketAddress to, Duration overlap) {
        for (Followed one : all)
            if (one.service.equals(service)) {
                one.moved = to;
                dial(one, epochMs.getAsLong(), overlap);
            }
    }

    /**
     * An authenticator's file has been read again. One that cannot be shown is said to be, and the one before goes on.
     *
     * @return whether it is shown
     */
    synchronized boolean renew(String who, AuthenticatorFile file) {
        long nowMs = epochMs.getAsLong();
        boolean shown = true;
        for (Followed one : all)
            if (one.who.equals(who)) {
                AuthenticatorFile before = one.shown;
                one.shown = before == null ? file : file.after(before, nowMs);
                try {
                    one.dial(nowMs, overlap(one));
                } catch (RuntimeException e) {
                    one.shown = before;
                    say(one, e, "; it is as before");
                    again(one, overlap(one));
                    shown = false;
                }
                await(one, nowMs);
            }
        return shown;
    }

    private static Duration overlap(Followed one) {
        AuthenticatorSchedule schedule = one.schedule();
        return schedule == null ? DEFAULT_OVERLAP : Duration.ofMillis(schedule.overlapMs());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
