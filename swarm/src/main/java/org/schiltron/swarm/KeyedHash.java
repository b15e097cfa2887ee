package org.schiltron.swarm;

import org.schiltron.machine.RandomSource;

/**
 * The hash of the mailbox's tables. Strangers choose the keys (images, addresses, service ids), so it is keyed:
 * MULTILINEAR of Lemire and Kaser, "Strongly universal string hashing is fast" (The Computer Journal, 2014), over four
 * 32-bit words. Any two different keys collide in a table of n chains with probability 1/n over the secret, whoever
 * chose them, so that the expected chain is as short under attack as without. It costs four multiplications; a table
 * gives nothing away but the time of a lookup, which drowns in the network's.
 */
final class KeyedHash {
    private final long k0;
    private final long k1;
    private final long k2;
    private final long k3;
    private final long k4;

    KeyedHash(RandomSource random) {
        k0 = random.nextLong();
        k1 = random.nextLong();
        k2 = random.nextLong();
        k3 = random.nextLong();
        k4 = random.nextLong();
    }

    /** A chain of a table of {@code mask + 1} chains, a power of two up to 2^30. */
    int chain(long high, long low, int mask) {
        long sum = k0 + k1 * (high >>> 32) + k2 * (high & 0xffff_ffffL) + k3 * (low >>> 32) + k4 * (low & 0xffff_ffffL);
        return (int) (sum >>> 32) & mask;
    }

    /** The number of chains for a table of {@code entries}: at least as many, a power of two. */
    static int chains(int entries) {
        return Math.max(2, Integer.highestOneBit(2 * entries - 1));
    }
}
