package org.schiltron.host;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.schiltron.machine.RandomSource;

/**
 * Which flow of the session a local program's datagrams belong to, and back. Each flow has a random number of 62 bits; it
 * is forgotten after it was idle for a while, and the longest idle one when there are more than {@link
 * RelayLimits#maxFlows}. All methods on the session's thread.
 *
 * @param <S> what tells flows apart: where their datagrams come from, and where they go
 */
final class FrontFlows<S> {
    /** Takes an answer to its program. */
    @FunctionalInterface
    interface Answer<S> {
        /** Whether the socket took it. */
        boolean send(S source, byte[] payload) throws IOException;
    }

    private static final class Flow<S> {
        final long id;
        final S source;
        long usedNs;

        Flow(long id, S source) {
            this.id = id;
            this.source = source;
        }
    }

    private final StreamRelay relay;
    private final RandomSource random;
    private final Answer<S> answer;
    private final LinkedHashMap<S, Flow<S>> bySource = new LinkedHashMap<>(16, 0.75f, true); // in the order of last use
    private final Map<Long, Flow<S>> byId = new HashMap<>();
    private boolean sweeping;

    FrontFlows(StreamRelay relay, RandomSource random, Answer<S> answer) {
        this.relay = relay;
        this.random = random;
        this.answer = answer;
    }

    /** The flow's number; a new one for a source that has none. */
    long of(S source) {
        Flow<S> flow = bySource.get(source);
        if (flow == null) {
            if (bySource.size() >= relay.limits().maxFlows())
                forget(bySource.values().iterator().next());
            flow = new Flow<>(random.nextLong() >>> 2, source);
            bySource.put(source, flow);
            byId.put(flow.id, flow);
            relay.counters().flowsOpened.increment();
            sweepLater();
        }
        flow.usedNs = System.nanoTime();
        return flow.id;
    }

    /** An answer from the service; false if the flow is none of these. */
    boolean arrived(long id, byte[] payload) {
        Flow<S> flow = byId.get(id);
        if (flow == null)
            return false;
        bySource.get(flow.source); // moves it to the end
        flow.usedNs = System.nanoTime();
        try {
            if (answer.send(flow.source, payload)) {
                relay.counters().datagramsOut.increment();
                return true;
            }
        } catch (IOException e) {
            // the program is gone, or the socket has no room: UDP loses datagrams
        }
        relay.counters().drop(RelayDrop.UNDELIVERED);
        return true;
    }

    void forgetIf(Predicate<S> gone) {
        for (Flow<S> flow : new ArrayList<>(bySource.values()))
            if (gone.test(flow.source))
                forget(flow);
    }

    private void forget(Flow<S> flow) {
        bySource.remove(flow.source);
        byId.remove(flow.id);
        relay.counters().flowsClosed.increment();
    }

    private void sweepLater() {
        if (sweeping)
            return;
        sweeping = true;
        Duration period = relay.limits().flowIdle().dividedBy(4);
        relay.poller().execute(() -> relay.poller().after(period, () -> relay.execute(nowNs -> sweep())));
    }

    private void sweep() {
        sweeping = false;
        long oldestNs = System.nanoTime() - relay.limits().flowIdle().toNanos();
        for (Flow<S> flow : new ArrayList<>(bySource.values())) {
            if (flow.usedNs - oldestNs > 0)
                break;
            forget(flow);
        }
        if (!bySource.isEmpty())
            sweepLater();
    }
}
