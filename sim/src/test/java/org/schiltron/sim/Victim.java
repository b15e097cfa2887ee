package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Wire;

/**
 * A host that has nothing to do with any of it. Who names it as a mailbox makes nobody send it anything; only if the
 * service's own list names it do others ask it for a cookie, more and more rarely.
 */
final class Victim {
    /** Three quick requests, and then at most one in this time, from one ring node for one service or one client. */
    private static final long PACE_NS = 900_000_000L;
    private static final int QUICK = 8;

    private final Node<Void, Attacker> host;
    private final boolean listed;
    private final Map<Path, Long> firstNs = new LinkedHashMap<>();
    private final Map<Path, Integer> requests = new LinkedHashMap<>();

    Victim(Simulation simulation, boolean listed) {
        this.listed = listed;
        host = simulation.add("victim", new Attacker(this::onDatagram), simulation.newAddress(4_500));
    }

    Path address() {
        return host.address();
    }

    int requests() {
        return requests.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void onDatagram(Attacker self, long nowNs, Path from, byte[] payload) {
        boolean request = payload.length == CookieRequest.LENGTH
                && Wire.type(MemorySegment.ofArray(payload), 0) == Wire.COOKIE_REQUEST;
        boolean damaged = payload.length <= CookieRequest.LENGTH && !request; // on the way, by a faulty link
        if (!listed || !request && !damaged)
            throw new AssertionError("the victim gets " + payload.length + " bytes from " + from);
        long first = firstNs.computeIfAbsent(from.copy(), path -> nowNs);
        int count = requests.merge(from.copy(), 1, Integer::sum);
        if (count > QUICK + (nowNs - first) / PACE_NS * 2)
            throw new AssertionError("the victim gets its request number " + count + " from " + from + " after "
                    + (nowNs - first) / 1_000_000 + " ms");
    }
}
