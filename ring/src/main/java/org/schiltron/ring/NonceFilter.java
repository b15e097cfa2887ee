package org.schiltron.ring;

/**
 * Remembers what was requested and admits each answer once: the heart of the filtering ring (Phalanx, section 3.3).
 * Keys are 64-bit keyed hashes of (customer, mailbox address, image), so that nobody outside can choose them.
 *
 * <p>Probabilistic both ways: an implementation states its rate of false passes and of lost legitimate packets at its
 * stated load. Single-threaded; allocates nothing per key.
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
}
