package org.schiltron.bench;

import org.schiltron.machine.SipHash;
import org.schiltron.ring.NonceFilter;

/**
 * The filter's work together with what comes before it for each packet: a request's image hashed with the mailbox into a
 * key; an answer's nonce turned into its image, and that into a key. Same load as {@link FilterLoad}, answers a second old.
 */
final class WholeDecision {
    private static final int BATCH = 64;
    private static final int CHUNK = 16_384;
    private static final int AGE = FilterLoad.PER_SECOND;
    private static final long MAILBOX = 7;

    private final NonceFilter filter;
    private final SipHash keyed = new SipHash(1, 2);
    private final long[] imagesHigh = new long[CHUNK];
    private final long[] imagesLow = new long[CHUNK];
    private final long[] noncesHigh = new long[CHUNK];
    private final long[] noncesLow = new long[CHUNK];
    private final long[] keys = new long[BATCH];
    private final boolean[] verdicts = new boolean[BATCH];
    private long made;
    private long strangers = 1L << 40;

    WholeDecision(NonceFilter filter) {
        this.filter = filter;
        while (made < AGE) {
            makeImages();
            for (int i = 0; i < CHUNK; i += BATCH)
                remember(i);
        }
    }

    double pairsPerSecond(long budgetNs) {
        long ns = 0;
        long count = 0;
        while (ns < budgetNs) {
            makeImages();
            makeNonces(made - AGE);
            long startCpuNs = CpuClock.nowNs();
            for (int i = 0; i < CHUNK; i += BATCH) {
                remember(i);
                admit(i);
            }
            ns += CpuClock.nowNs() - startCpuNs;
            count += CHUNK;
        }
        return count * 1e9 / ns;
    }

    double rejectionsPerSecond(long budgetNs) {
        long ns = 0;
        long count = 0;
        while (ns < budgetNs) {
            makeNonces(strangers);
            strangers += CHUNK;
            long startCpuNs = CpuClock.nowNs();
            for (int i = 0; i < CHUNK; i += BATCH)
                admit(i);
            ns += CpuClock.nowNs() - startCpuNs;
            count += CHUNK;
        }
        return count * 1e9 / ns;
    }

    private void makeImages() {
        makeNonces(made);
        for (int i = 0; i < CHUNK; i++) {
            imagesHigh[i] = SipHash.imageHigh(noncesHigh[i], noncesLow[i]);
            imagesLow[i] = SipHash.imageLow(noncesHigh[i], noncesLow[i]);
        }
    }

    private void makeNonces(long from) {
        for (int i = 0; i < CHUNK; i++) {
            noncesHigh[i] = FilterLoad.mix(from + i);
            noncesLow[i] = FilterLoad.mix(~(from + i));
        }
    }

    private void remember(int from) {
        for (int i = 0; i < BATCH; i++)
            keys[i] = keyed.hash(imagesHigh[from + i], imagesLow[from + i], MAILBOX);
        filter.remember(0, keys, 0, BATCH);
        made += BATCH;
    }

    private void admit(int from) {
        for (int i = 0; i < BATCH; i++) {
            long high = noncesHigh[from + i];
            long low = noncesLow[from + i];
            keys[i] = keyed.hash(SipHash.imageHigh(high, low), SipHash.imageLow(high, low), MAILBOX);
        }
        filter.admit(0, keys, 0, BATCH, verdicts);
    }
}
