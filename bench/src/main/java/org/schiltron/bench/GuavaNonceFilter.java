package org.schiltron.bench;

import com.google.common.hash.BloomFilter;
import com.google.common.hash.Funnels;

import org.schiltron.ring.NonceFilter;

/** The paper's lists over Guava's BloomFilter: what a Java programmer reaches for first. Boxes each key, as its API wants. */
@SuppressWarnings("UnstableApiUsage")
final class GuavaNonceFilter implements NonceFilter {
    private final long bytes;
    private final long keysPerTurn;
    private final long turnNs;
    private BloomFilter<Long> whiteCurrent;
    private BloomFilter<Long> whitePrevious;
    private BloomFilter<Long> blackCurrent;
    private BloomFilter<Long> blackPrevious;
    private long turnedNs;

    GuavaNonceFilter(long bytes, long keysPerTurn, long turnNs) {
        this.bytes = bytes;
        this.keysPerTurn = keysPerTurn;
        this.turnNs = turnNs;
        whiteCurrent = empty();
        whitePrevious = empty();
        blackCurrent = empty();
        blackPrevious = empty();
    }

    /** Guava sizes by false positives: those a filter of these bytes has at these keys, m/n = -ln p / ln(2)^2. */
    private BloomFilter<Long> empty() {
        double bitsPerKey = bytes * 2.0 / keysPerTurn;
        return BloomFilter.create(Funnels.longFunnel(), keysPerTurn, Math.exp(-bitsPerKey * Math.log(2) * Math.log(2)));
    }

    @Override
    public void remember(long nowNs, long[] keys, int offset, int count) {
        turn(nowNs);
        for (int i = offset; i < offset + count; i++)
            whiteCurrent.put(keys[i]);
    }

    @Override
    public void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted) {
        turn(nowNs);
        for (int i = 0; i < count; i++) {
            long key = keys[offset + i];
            admitted[i] = (whiteCurrent.mightContain(key) || whitePrevious.mightContain(key))
                    && !blackCurrent.mightContain(key) && !blackPrevious.mightContain(key);
            if (admitted[i])
                blackCurrent.put(key);
        }
    }

    private void turn(long nowNs) {
        while (nowNs - turnedNs >= turnNs) {
            turnedNs += turnNs;
            whitePrevious = whiteCurrent;
            blackPrevious = blackCurrent;
            whiteCurrent = empty();
            blackCurrent = empty();
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }
}
