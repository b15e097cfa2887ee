package org.schiltron.filter;

import java.util.List;
import org.schiltron.filter.NftObject.Kind;

/**
 * Limits as the kernel has them (nft_limit.c): a bucket that is emptied by packets, or by their bytes.
 *
 * <p>A bucket of packets holds the burst. A bucket of bytes holds what the rate brings in a second, and the burst on top: so the kernel is told
 * what the burst exceeds that by, and where it does not, a second's worth may pass at once. It counts in 64 bits of nanoseconds, which ends at 18 GB.
 *
 * <p>One for each source: up to 65,536 sources of each family, each forgotten when its bucket is full again. When there is no room, the kernel limits those
 * that it does not know no more.
 */
final class NftLimits {
    private static final long MOST_BYTES = 18_000_000_000L;

    private NftLimits() {
    }

    /** What the kernel cannot count, or empty. */
    static String refusal(Action.Limit limit) {
        if (limit.packets() || limit.rate() + burst(limit) <= MOST_BYTES)
            return "";
        return "the kernel's limits count up to " + MOST_BYTES / 1_000_000_000
                + " GB a second and burst (144 Gbit), in bytes";
    }

    private static long burst(Action.Limit limit) {
        return limit.packets() ? limit.burst() : Math.max(0, limit.burst() - limit.rate());
    }

    private static String rate(Action.Limit limit) {
        return limit.packets()
                ? "rate over " + limit.rate() + "/second burst " + limit.burst() + " packets"
                : "rate over " + limit.rate() + " bytes/second burst " + burst(limit) + " bytes";
    }

    /** The name says what it is, so that another limit is another object; packets or bytes, a second and at once. */
    private static String name(String rule, Action.Limit limit) {
        return rule + "_" + limit.rate() + (limit.packets() ? "p_" : "b_") + burst(limit);
    }

    private static String sources(String rule, Action.Limit limit, boolean ipv4) {
        return name(rule, limit) + "_sources" + (ipv4 ? "4" : "6");
    }

    static void add(NftTable table, String rule, String comment, Action.Limit limit) {
        if (!limit.each()) {
            table.add(Kind.LIMIT, name(rule, limit), comment, rate(limit), List.of());
            return;
        }
        long bucket = burst(limit) + (limit.packets() ? 0 : limit.rate());
        long seconds = bucket / limit.rate() + 2;
        for (boolean ipv4 : new boolean[]{true, false})
            table.add(Kind.SET, sources(rule, limit, ipv4), comment,
                    "type " + (ipv4 ? "ipv4_addr" : "ipv6_addr") + "; size "
                            + SourceBuckets.MAX_SOURCES + "; flags dynamic,timeout; timeout " + seconds + "s",
                    List.of());
    }

    /** Holds for what exceeds it. */
    static String over(String rule, Action.Limit limit, boolean ipv4) {
        if (!limit.each())
            return "limit name \"" + name(rule, limit) + "\"";
        return "update @" + sources(rule, limit, ipv4) + " { " + (ipv4 ? "ip" : "ip6") + " saddr limit " + rate(limit)
                + " }";
    }
}
