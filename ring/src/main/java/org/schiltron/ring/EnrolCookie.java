package org.schiltron.ring;

import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;

/**
 * Proof that someone receives at an address, without state: a keyed hash of address, port and the current stretch of ten
 * seconds. Good in that stretch and the next.
 */
final class EnrolCookie {
    static final long STRETCH_NS = 10_000_000_000L;

    private final SipHash key;

    EnrolCookie(RandomSource random) {
        key = SipHash.keyed(random);
    }

    long of(long nowNs, Path source) {
        return of(source, Math.floorDiv(nowNs, STRETCH_NS));
    }

    boolean valid(long nowNs, Path source, long cookie) {
        long stretch = Math.floorDiv(nowNs, STRETCH_NS);
        return cookie == of(source, stretch) || cookie == of(source, stretch - 1);
    }

    private long of(Path source, long stretch) {
        return key.hash(source.addressHigh(), source.addressLow(), stretch << 16 | source.port());
    }
}
