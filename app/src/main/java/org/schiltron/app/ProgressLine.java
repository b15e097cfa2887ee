package org.schiltron.app;

import java.io.PrintWriter;
import java.util.Locale;
import org.schiltron.internet.Progress;

/** How far long work has come, in one line of a terminal that is written over and wiped at the end; elsewhere nothing. */
final class ProgressLine implements Progress, AutoCloseable {
    private static final int BAR = 30;
    private static final int WIDTH = 78;

    private final PrintWriter target;
    private final boolean shown;
    private String last = "";

    ProgressLine(PrintWriter target, boolean shown) {
        this.target = target;
        this.shown = shown;
    }

    @Override
    public void at(String what, double part) {
        if (!shown)
            return;
        int done = (int) (Math.clamp(part, 0, 1) * BAR);
        String line = part < 0
                ? what + " ..."
                : String.format(Locale.ROOT, "%-34.34s [%s%s] %3.0f %%", what, "#".repeat(done),
                        " ".repeat(BAR - done), 100 * part);
        if (line.equals(last))
            return;
        last = line;
        target.print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
        target.flush();
    }

    @Override
    public void close() {
        if (shown && !last.isEmpty()) {
            target.print("\r" + " ".repeat(WIDTH) + "\r");
            target.flush();
        }
    }
}
