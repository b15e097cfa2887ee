package org.schiltron.swarm;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hellos that were answered: none is answered as if it were new while a challenge can stand that it may have been let in
 * by. Bound: {@value #MOST}, some 10 MB; past it the oldest is forgotten early, which costs one handshake if it is replayed.
 */
final class HelloReplays {
    private static final int MOST = 65_536;
    /** Two epochs of a mailbox's challenges, by default. */
    private static final long REMEMBERED_NS = 60_000_000_000L;

    private final Map<HelloId, Long> seen = new LinkedHashMap<>(); // to when, oldest first

    boolean isReplayed(HelloId hello, long nowNs) {
        for (Iterator<Long> until = seen.values().iterator(); until.hasNext();) {
            if (until.next() > nowNs)
                break;
            until.remove();
        }
        return seen.containsKey(hello);
    }

    void add(HelloId hello, long nowNs) {
        if (seen.size() == MOST)
            seen.remove(seen.keySet().iterator().next());
        seen.put(hello, nowNs + REMEMBERED_NS);
    }
}
