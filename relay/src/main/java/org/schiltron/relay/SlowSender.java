package org.schiltron.relay;

/**
 * Notices a client that sends a request too slowly while others wait for its leg (slow bodies): its memory is bounded without
 * this, but it holds a place at the backend.
 *
 * <p>Each byte pays for some time, at {@link EdgeLimits#slowest}; time that is not paid for is too slow. Beforehand it has
 * {@value #CREDIT_NS} ns, and never more. A source that sends several requests at once has the one rate and the one credit for
 * all of them: who opens a hundred has to send a hundred times as fast in each. {@value #LEAST_CREDIT_NS} ns each has in any case,
 * so that a request that is on its way is not cut off, and what that leaves to an attacker is bounded by the legs that a
 * source opens in a second.
 */
final class SlowSender {
    private static final long CREDIT_NS = 10_000_000_000L;
    private static final long LEAST_CREDIT_NS = 1_000_000_000L;
    private static final double NS_PER_SECOND = 1e9;

    private final SourcePrefix prefix;
    private final EdgeLimits limits;
    private boolean sending;
    private long atNs;
    private double creditNs;

    SlowSender(SourcePrefix prefix, EdgeLimits limits) {
        this.prefix = prefix;
        this.limits = limits;
    }

    /** To be told whether the client is in the middle of a request, each time that may have changed. */
    void sending(long nowNs, boolean now) {
        if (now == sending)
            return;
        sending = now;
        if (now) {
            creditNs = CREDIT_NS;
            atNs = nowNs;
            prefix.sending.incrementAndGet();
        } else {
            prefix.sending.decrementAndGet();
        }
    }

    /** So many bytes of a request have come. */
    void sent(long nowNs, int bytes) {
        if (!sending || limits.slowest() == 0)
            return;
        int others = Math.max(1, prefix.sending.get());
        double leftNs = Math.max(0, creditNs - (nowNs - atNs));
        creditNs = Math.min(credit(others), leftNs + bytes * NS_PER_SECOND / limits.slowest() / others);
        atNs = nowNs;
    }

    /** It was not for the client that nothing came until now. */
    void excuse(long nowNs) {
        atNs = nowNs;
    }

    boolean tooSlow(long nowNs) {
        if (!sending || limits.slowest() == 0)
            return false;
        return nowNs - atNs > Math.min(creditNs, credit(Math.max(1, prefix.sending.get())));
    }

    private static double credit(int requests) {
        return Math.max(LEAST_CREDIT_NS, (double) CREDIT_NS / requests);
    }
}
