package org.schiltron.edge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;

/**
 * How often a source may be wrong: {@value #BURST} times at once, then once in {@value #INTERVAL_SECONDS} seconds.
 * What was right is given back. Sources are told apart as in {@link SourceGrants}.
 */
final class FailureLimit {
    static final int BURST = 5;
    static final int INTERVAL_SECONDS = 30;
    /** When full, who tried least recently is forgotten: who has as many addresses has as many attempts anyway. */
    private static final int CAPACITY = 65_536;

    /** When each source's attempts will all have been made up for (a leaky bucket as one number: GCRA). */
    private final Map<Long, Long> emptyAt = new LinkedHashMap<>();

    /**
     * Takes an attempt.
     *
     * @return false if there is none left; {@link #INTERVAL_SECONDS} later there is one
     */
    synchronized boolean attempt(Path source, long nowEpochSeconds) {
        long key = SourceGrants.key(source);
        Long before = emptyAt.remove(key);
        long after = Math.max(before == null ? 0 : before, nowEpochSeconds) + INTERVAL_SECONDS;
        boolean allowed = after - nowEpochSeconds <= (long) BURST * INTERVAL_SECONDS;
        emptyAt.put(key, allowed || before == null ? after : before);
        if (emptyAt.size() > CAPACITY)
            emptyAt.remove(emptyAt.keySet().iterator().next());
        return allowed;
    }

    /** Gives an attempt back. */
    synchronized void right(Path source) {
        emptyAt.computeIfPresent(SourceGrants.key(source), (key, at) -> at - INTERVAL_SECONDS);
    }
}
