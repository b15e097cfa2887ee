package org.schiltron.edge;

/**
 * What a landing keeps. Worst-case memory: legs * 512 KiB, where every leg is full in both directions; an idle one holds
 * some 3 KB with its carrier.
 *
 * @param legs    1 to 65,536 at a time; more are refused
 * @param orphans 1 to {@code legs} without a carrier; past it the one that has been for longest is dropped
 * @param orphanNs how long a leg without a carrier is kept, at least a second
 */
public record LandingConfig(int legs, int orphans, long orphanNs) {
    /** 4,096 legs, 1,024 orphans, 30 s. */
    public static final LandingConfig DEFAULT = new LandingConfig(4_096, 1_024, 30_000_000_000L);

    public LandingConfig {
        if (legs < 1 || legs > 65_536)
            throw new IllegalArgumentException("legs: " + legs + " is not one of 1-65536");
        if (orphans < 1 || orphans > legs)
            throw new IllegalArgumentException("orphans: " + orphans + " is not one of 1-" + legs);
        if (orphanNs < 1_000_000_000L)
            throw new IllegalArgumentException("orphans are kept for a second at least");
    }
}
