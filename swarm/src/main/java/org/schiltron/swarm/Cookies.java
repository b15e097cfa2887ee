package org.schiltron.swarm;

import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;

/**
 * Self-certifying cookies: 63 bits of SipHash-2-4 of address, port and epoch under the mailbox's secret, and the epoch's
 * parity in the lowest bit, so that checking takes one hash. The epoch turns every so many seconds; the one before still
 * counts. Nothing is kept per cookie. Who cannot receive at an address has to guess 63 bits, and learns nothing from
 * a wrong guess.
 */
final class Cookies {
    private final SipHash secret;
    private final long epochNs;

    Cookies(SipHash secret, int epochSeconds) {
        this.secret = secret;
        epochNs = epochSeconds * 1_000_000_000L;
    }

    /** Never 0. */
    long issue(Path path, long nowNs) {
        return cookie(path, Math.floorDiv(nowNs, epochNs));
    }

    boolean valid(Path path, long cookie, long nowNs) {
        if (cookie == 0)
            return false;
        long epoch = Math.floorDiv(nowNs, epochNs);
        return cookie == cookie(path, ((epoch ^ cookie) & 1) == 0 ? epoch : epoch - 1);
    }

    /** How long a cookie issued now will be good for, rounded down. */
    int validitySeconds(long nowNs) {
        long leftNs = epochNs - Math.floorMod(nowNs, epochNs);
        return (int) ((leftNs + epochNs) / 1_000_000_000L);
    }

    private long cookie(Path path, long epoch) {
        long hash = secret.hash(path.addressHigh(), path.addressLow(), epoch << 16 | path.port());
        long cookie = hash & ~1L | epoch & 1;
        return cookie == 0 ? 2 : cookie;
    }
}
