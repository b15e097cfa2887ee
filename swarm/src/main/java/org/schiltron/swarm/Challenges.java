package org.schiltron.swarm;

import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;

/**
 * Self-certifying challenges: 128 bits of SipHash-2-4 of address, port, service and epoch under the mailbox's secret.
 * Nothing is kept of one but of the last; the epoch before still counts, so one is good for one to two epochs.
 */
final class Challenges {
    private final SipHash secret;
    private final long epochNs;
    private long epoch = Long.MIN_VALUE;
    private long beganNs;
    // The challenge of this epoch that was made last, and for whom: who shows one is mostly given it again
    private final Path owner = new Path();
    private long serviceHigh;
    private long serviceLow;
    private boolean made;
    private long high;
    private long low;

    Challenges(SipHash secret, int epochSeconds) {
        this.secret = secret;
        epochNs = epochSeconds * 1_000_000_000L;
    }

    /** {@link #high} and {@link #low} are then of the challenge of now. */
    void issue(Path path, long ofHigh, long ofLow, long nowNs) {
        turn(nowNs);
        if (made && ofHigh == serviceHigh && ofLow == serviceLow && path.sameAddress(owner))
            return;
        owner.set(path);
        serviceHigh = ofHigh;
        serviceLow = ofLow;
        made = true;
        long seed = seed(path, epoch);
        high = secret.hash(seed, ofHigh, ofLow);
        low = secret.hash(~seed, ofHigh, ofLow);
    }

    boolean valid(Path path, long ofHigh, long ofLow, long challengeHigh, long challengeLow, long nowNs) {
        issue(path, ofHigh, ofLow, nowNs);
        if (high == challengeHigh && low == challengeLow)
            return true;
        long seed = seed(path, epoch - 1);
        return secret.hash(seed, ofHigh, ofLow) == challengeHigh && secret.hash(~seed, ofHigh, ofLow) == challengeLow;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** How long one issued now will be good for, rounded down. */
    int validitySeconds(long nowNs) {
        turn(nowNs);
        return (int) ((2 * epochNs - (nowNs - beganNs)) / 1_000_000_000L);
    }

    private void turn(long nowNs) {
        if (epoch != Long.MIN_VALUE && nowNs >= beganNs && nowNs - beganNs < epochNs)
            return;
        epoch = Math.floorDiv(nowNs, epochNs);
        beganNs = epoch * epochNs;
        made = false;
    }

    private long seed(Path path, long of) {
        // The port stands where a cookie has it, one bit above, so that no challenge is made of a cookie's hash.
        return secret.hash(path.addressHigh(), path.addressLow(), of << 17 | 1 << 16 | path.port());
    }
}
