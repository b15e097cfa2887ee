package org.schiltron.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;
import org.schiltron.ring.TokenBucket;
import org.schiltron.sim.Datagram;

/**
 * A token bucket for all that it matches, or one for each source address: in any t seconds no more than burst + rate t passes. What exceeds is
 * dropped, nothing waits.
 *
 * <p>Bound: {@value #MAX_SOURCES} sources; when there are more, the one not heard of the longest is forgotten, and begins
 * with a full bucket when it comes again. So who forges that many addresses passes: a check of sources belongs before it.
 */
final class RateGate extends RowGate {
    static final int MAX_SOURCES = 65_536;

    private final AddressSet to;
    private final AddressSet from;
    private final boolean each;
    private final long rate;
    private final long burst;
    private final Path source = new Path();
    private final Map<Path, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, TokenBucket> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    RateGate(GateSpec.Rate spec, AddressSet to, AddressSet from) {
        super(spec.word());
        this.to = to;
        this.from = from;
        each = spec.each();
        rate = spec.rate();
        burst = spec.burst();
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        if (!to.contains(datagram.destination()) || !from.contains(datagram.source()))
            return true;
        if (each)
            source.set(0, datagram.source().addressHigh(), datagram.source().addressLow(), 0);
        TokenBucket bucket = buckets.get(source);
        if (bucket == null) {
            bucket = new TokenBucket((double) rate, (double) burst, nowNs);
            buckets.put(source.copy(), bucket);
        }
        return bucket.take(nowNs, datagram.packetLength()) || refuse("over_rate");
    }
}
