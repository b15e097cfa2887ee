package org.schiltron.bgp;

import java.util.List;

/**
 * What a session is told. Start from {@link #of} and change with the {@code with} methods.
 *
 * @param localAs          ours, 1 to 4,294,967,295
 * @param peerAs           the peer's; the session is internal (iBGP) if both are the same
 * @param routerId         ours, an IPv4 address, not 0
 * @param families         what is announced; at least one
 * @param holdSeconds      a peer silent for so long is gone: 0 (never) or 3 to 65,535; the smaller of both sides'
 *                         counts
 * @param connectTimeoutNs for a connection to come about, at least 1 ms
 * @param firstRetryNs     after a failure, at least 1 ms; doubled after each further one
 * @param lastRetryNs      the longest between two attempts, at least {@code firstRetryNs}
 */
public record BgpConfig(long localAs, long peerAs, int routerId, List<FlowFamily> families, int holdSeconds,
        long connectTimeoutNs, long firstRetryNs, long lastRetryNs) {
    private static final long MILLISECOND_NS = 1_000_000;
    private static final long LONGEST_NS = Long.MAX_VALUE >> 2;

    public BgpConfig {
        families = families.stream().distinct().sorted().toList();
        checkAs("local", localAs);
        checkAs("peer's", peerAs);
        if (routerId == 0)
            throw new IllegalArgumentException("the router id 0.0.0.0 is none");
        if (families.isEmpty())
            throw new IllegalArgumentException("no address family");
        if (holdSeconds != 0 && (holdSeconds < 3 || holdSeconds > 65_535))
            throw new IllegalArgumentException("a hold time of " + holdSeconds + " s is not 0 or 3 to 65535");
        check("connectTimeoutNs", connectTimeoutNs, MILLISECOND_NS);
        check("firstRetryNs", firstRetryNs, MILLISECOND_NS);
        check("lastRetryNs", lastRetryNs, firstRetryNs);
    }

    private static void checkAs(String whose, long as) {
        if (as < 1 || as > 0xffff_ffffL || as == Open.AS_TRANS)
            throw new IllegalArgumentException("the " + whose + " AS number " + as
                    + " is not in 1 to 4294967295" + (as == Open.AS_TRANS ? ": RFC 6793 reserves it" : ""));
    }

    private static void check(String name, long value, long least) {
        if (value < least || value > LONGEST_NS)
            throw new IllegalArgumentException(name + ": " + value + " is not in " + least + " to " + LONGEST_NS);
    }

    /** Both families, hold time 90 s, 10 s to connect, 1 s to 60 s between attempts. */
    public static BgpConfig of(long localAs, long peerAs, int routerId) {
        return new BgpConfig(localAs, peerAs, routerId, List.of(FlowFamily.values()), 90, 10_000 * MILLISECOND_NS,
                1_000 * MILLISECOND_NS, 60_000 * MILLISECOND_NS);
    }

    public BgpConfig withFamilies(FlowFamily... only) {
        return new BgpConfig(localAs, peerAs, routerId, List.of(only), holdSeconds, connectTimeoutNs, firstRetryNs,
                lastRetryNs);
    }

    public BgpConfig withHoldSeconds(int seconds) {
        return new BgpConfig(localAs, peerAs, routerId, families, seconds, connectTimeoutNs, firstRetryNs, lastRetryNs);
    }

    public BgpConfig withTimes(long connectNs, long firstRetry, long lastRetry) {
        return new BgpConfig(localAs, peerAs, routerId, families, holdSeconds, connectNs, firstRetry, lastRetry);
    }

    boolean isInternal() {
        return localAs == peerAs;
    }
}
