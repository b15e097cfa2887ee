package org.schiltron.ring;

import java.util.Arrays;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;

/**
 * A rate and a burst for each of very many keys in fixed memory: keys share one of {@value #BUCKETS} buckets by keyed
 * hash. Two keys that share one share its rate; nobody outside can choose with whom. 16 KiB.
 */
final class KeyedBuckets {
    static final int BUCKETS = 1_024;

    private final SipHash hash;
    private final double perNs;
    private final double burst;
    private final double[] tokens = new double[BUCKETS];
    private final long[] filledNs = new long[BUCKETS];

    KeyedBuckets(double perSecond, double burst, long nowNs, RandomSource random) {
        this.hash = SipHash.keyed(random);
        this.perNs = perSecond / 1e9;
        this.burst = burst;
        Arrays.fill(tokens, burst);
        Arrays.fill(filledNs, nowNs);
    }

    /** Takes one from the bucket of the key (two words). */
    boolean take(long nowNs, long keyHigh, long keyLow) {
        int i = (int) hash.hash(keyHigh, keyLow, 0) & (BUCKETS - 1);
        tokens[i] = Math.min(burst, tokens[i] + (nowNs - filledNs[i]) * perNs);
        filledNs[i] = nowNs;
        if (tokens[i] < 1)
            return false;
        tokens[i]--;
        return true;
    }
}
