package org.schiltron.enforce;

import java.util.Map;

/**
 * What a table of nftables has counted since it was put there.
 *
 * @param dropped by the label of the reason, all of them
 * @param rules   packets that have met a rule, by its name, in the order of the rules
 */
public record NftCounters(Map<String, Count> dropped, Map<String, Count> rules) {
    /** @param bytes of IP packets */
    public record Count(long packets, long bytes) {
    }
}
