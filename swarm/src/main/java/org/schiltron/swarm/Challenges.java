package org.schiltron.swarm;

import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;

/**
 * Self-certifying challenges: 128 bits of SipHash-2-4 of address, port, service and epoch under the mailbox's secret.
 * Nothing is kept of one; the epoch before still counts, so one is good for one to two epochs.
 */
final class Challenges {
    private final SipHash secret;
    private final long epochNs;
    private long high;
    private long low;

    Challenges(SipHash secret, int epochSeconds) {
        this.secret = secret;
        epochNs = epochSeconds * 1_000_000_000L;
    }

    /** {@link #high} and {@link #low} are then of the challenge of now. */
    void issue(Path path, long serviceHigh, long serviceLow, long nowNs) {
        make(path, serviceHigh, serviceLow, Math.floorDiv(nowNs, epochNs));
    }

    boolean valid(Path path, long serviceHigh, long serviceLow, long challengeHigh, long challengeLow, long nowNs) {
        long epoch = Math.floorDiv(nowNs, epochNs);
        for (long e = epoch; e >= epoch - 1; e--) {
            make(path, serviceHigh, serviceLow, e);
            if (high == challengeHigh && low == challengeLow)
                return true;
        }
        return false;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** How long one issued now will be good for, rounded down. */
    int validitySeconds(long nowNs) {
        return (int) ((epochNs - Math.floorMod(nowNs, epochNs) + epochNs) / 1_000_000_000L);
    }

    private void make(Path path, long serviceHigh, long serviceLow, long epoch) {
        // The port stands where a cookie has it, one bit above, so that no challenge is made of a cookie's hash.
        long seed = secret.hash(path.addressHigh(), path.addressLow(), epoch << 17 | 1 << 16 | path.port());
        high = secret.hash(seed, serviceHigh, serviceLow);
        low = secret.hash(~seed, serviceHigh, serviceLow);
    }
}
