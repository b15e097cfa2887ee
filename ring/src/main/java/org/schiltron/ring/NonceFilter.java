package org.schiltron.ring;

import java.lang.foreign.SegmentAllocator;

/**
 * Remembers what was requested and admits each answer once: the heart of the filtering ring (Phalanx, section 3.3).
 * Keys are 64-bit keyed hashes of (customer, mailbox address, image), so that nobody outside can choose them; the
 * filters take them as uniform and do not hash again.
 *
 * <p>Probabilistic both ways: an implementation states its rate of false passes and of lost legitimate packets at its
 * stated load. Single-threaded; allocates nothing per key. Batches of any size are right; from about 32 keys on, the
 * cache misses of a batch overlap, which is worth a factor of two and more once a filter outgrows the cache.
 *
 * <p><b>One filter per customer.</b> Whoever requests beyond what a filter was sized for pushes out requests. So that a
 * customer pushes out its own and nobody else's, each customer has a filter of its own, {@linkplain #sized sized} by its
 * quota: most requests per second times the seconds they are remembered. The sum over the customers is fixed when they
 * are enrolled, and a ring whose memory is spent enrols no more. A filter shared by all would be as small only if the
 * ring also kept each customer's count of outstanding requests, which a forgotten or unanswered request never lowers.
 */
public interface NonceFilter {
    /**
     * Remembers {@code count} requests.
     *
     * @param nowNs time; never goes backwards
     * @param keys  the requests' keys from {@code offset} on
     */
    void remember(long nowNs, long[] keys, int offset, int count);

    /**
     * Decides on {@code count} arrivals, in order: each key that stands remembered is admitted and forgotten.
     *
     * @param admitted receives true or false for each key, from index 0 on
     */
    void admit(long nowNs, long[] keys, int offset, int count, boolean[] admitted);

    /** The memory it holds, fixed from the start. */
    long bytes();

    /**
     * The filter that measured best (docs/decisions/0003-nonce-filter.md): 4 bytes per outstanding request, at most 5
     * in 10,000 never requested packets pass, at most 1 in 1,000 requests is pushed out early.
     *
     * @param outstanding the most requests to remember at a time: requests per second times seconds of memory; at least 1
     * @param memory      where its memory comes from and how long it lives: an {@link java.lang.foreign.Arena}, or one
     *                    that asks for huge pages; must give zeroed memory
     */
    static NonceFilter sized(long outstanding, SegmentAllocator memory) {
        return LineNonceFilter.create(bytesFor(outstanding), memory);
    }

    /** What {@link #sized} takes, in bytes: a multiple of a cache line. */
    static long bytesFor(long outstanding) {
        return LineNonceFilter.bytesFor(outstanding);
    }
}
