package org.schiltron.host;

import java.util.function.LongConsumer;

/** The loop that a session lives on, as fronts and backends see it. */
@FunctionalInterface
public interface SessionThread {
    /**
     * Runs a command on the loop's thread with the loop's time; commands run in the order given. From any thread.
     *
     * @return false if it will not run: the loop stops, or too many commands wait
     */
    boolean execute(LongConsumer command);
}
