package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * What a ring keeps from those who probe it (Mayday, section 4.1).
 *
 * @param hops     routers' word that a packet to a protected address ran out of hops, which tells who firewalks what passes
 * @param ids      the identification of IPv4 packets from behind the ring: each gets one drawn at random, so that nobody can count
 *     what a host or router there sends (idle scan, next-hop scan)
 * @param interior routers and hosts behind the ring, besides the protected addresses, whose ids are replaced
 */
public record Hiding(boolean hops, boolean ids, List<Prefix> interior) {
    public static final Hiding NOTHING = new Hiding(false, false, List.of());

    /** Whose ids are replaced. */
    List<Prefix> behind(List<Prefix> protects) {
        List<Prefix> all = new ArrayList<>(protects);
        all.addAll(interior);
        return all;
    }
}
