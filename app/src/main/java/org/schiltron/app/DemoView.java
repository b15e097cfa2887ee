package org.schiltron.app;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is happening in the demo, redrawn twice a second in a terminal: the attack's rate, requests so far, latency, and
 * how full each mailbox's and ring node's link is. Elsewhere it prints one plain line a phase.
 */
final class DemoView implements AutoCloseable {
    private static final String SHADES = " .:-=+*#%@";
    private static final int LINES = 4;
    /** A line that wrapped would take two, and be left behind in part. */
    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private final PrintWriter out;
    private final boolean live;
    private final ScheduledExecutorService timer;
    private volatile @Nullable Demo demo;
    private boolean drawn;
    private @Nullable Future<?> drawing;

    DemoView(PrintWriter out, boolean live) {
        this.out = out;
        this.live = live;
        timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("demo-view").daemon().factory());
    }

    void watch(Demo watched) {
        demo = watched;
        if (live)
            timer.execute(this::keepDrawing);
    }

    synchronized void result(DemoResult result) {
        erase();
        out.println(result.line() + (live ? System.lineSeparator() + "    " : "   ") + result.phase().what());
        out.flush();
    }

    private void keepDrawing() {
        draw();
        if (!timer.isShutdown())
            drawing = timer.schedule(this::keepDrawing, 500, TimeUnit.MILLISECONDS);
    }

    private synchronized void draw() {
        Demo watched = demo;
        if (watched == null)
            return;
        DemoLoad load = watched.load();
        erase();
        out.print(NO_WRAP);
        out.printf(Locale.ROOT, "%s: attack %,.0f packets/s%n", watched.activity(), watched.takeAttackPps());
        out.printf(Locale.ROOT, "  %d requests, %.1f %% answered, p50 %.0f ms, p99 %.0f ms%n", load.sent(),
                100 * load.successRate(), load.latencyMs(50), load.latencyMs(99));
        out.println("  loss at mailboxes  [" + shades(watched.net().mailboxLosses()) + "]");
        out.println("  loss at ring nodes [" + shades(watched.net().ringLosses()) + "]   (blank: none, @: all)");
        out.print(WRAP);
        out.flush();
        drawn = true;
    }

    private static String shades(double[] losses) {
        StringBuilder text = new StringBuilder();
        for (double loss : losses)
            text.append(SHADES.charAt((int) Math.min(9, Math.ceil(loss * 9))));
        return text.toString();
    }

    /** Takes the last drawing away. */
    private void erase() {
        if (drawn)
            out.print("\033[" + LINES + "A\033[J");
        drawn = false;
    }

    @Override
    public void close() {
        Future<?> next = drawing;
        if (next != null)
            next.cancel(false);
        timer.shutdown();
        synchronized (this) {
            erase();
            out.flush();
        }
    }
}
