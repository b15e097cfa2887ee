package org.schiltron.filter;

import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;
import org.schiltron.ring.TokenBucket;

/**
 * A token bucket for each source address.
 *
 * <p>Bound: {@value #MAX_SOURCES} sources; when there are more, the one not heard of the longest is forgotten, and begins
 * with a full bucket when it comes again. So who forges that many addresses passes: a check of sources belongs before it.
 */
public final class SourceBuckets {
    public static final int MAX_SOURCES = 65_536;

    private final double rate;
    private final double burst;
    private final Path asked = new Path();
    private final Map<Path, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, TokenBucket> eldest) {
            return size() > MAX_SOURCES;
        }
    };

    /** As {@link TokenBucket}. */
    public SourceBuckets(double perSecond, double burst) {
        rate = perSecond;
        this.burst = burst;
    }

    /** From the bucket of that address, whatever the port. */
    public boolean take(long nowNs, Path source, long amount) {
        asked.set(0, source.addressHigh(), source.addressLow(), 0);
        TokenBucket bucket = buckets.get(asked);
        if (bucket == null) {
            bucket = new TokenBucket(rate, burst, nowNs);
            buckets.put(asked.copy(), bucket);
        }
        return bucket.take(nowNs, amount);
    }
}
