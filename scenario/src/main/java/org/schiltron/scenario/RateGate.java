package org.schiltron.scenario;

import org.jspecify.annotations.Nullable;
import org.schiltron.filter.SourceBuckets;
import org.schiltron.ring.TokenBucket;
import org.schiltron.sim.Datagram;

/**
 * A token bucket for all that it matches, or one for each source address ({@link SourceBuckets}): in any t seconds no more than burst + rate t passes. What exceeds is
 * dropped, nothing waits.
 */
final class RateGate extends RowGate {
    private final AddressSet to;
    private final AddressSet from;
    private final SourceBuckets each;
    private final @Nullable TokenBucket all;

    RateGate(GateSpec.Rate spec, AddressSet to, AddressSet from) {
        super(spec.word());
        this.to = to;
        this.from = from;
        each = new SourceBuckets((double) spec.rate(), (double) spec.burst());
        all = spec.each() ? null : new TokenBucket((double) spec.rate(), (double) spec.burst(), 0);
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        if (!to.contains(datagram.destination()) || !from.contains(datagram.source()))
            return true;
        int length = datagram.packetLength();
        boolean within = all == null ? each.take(nowNs, datagram.source(), length) : all.take(nowNs, length);
        return within || refuse("over_rate");
    }
}
