package org.schiltron.ring;

import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;

/**
 * The keys of the nonce filters: a keyed hash of whose request it is, of which class, at which mailbox, and of the image.
 * Two steps, the first once a datagram. Nobody outside knows the hash key, so nobody can aim at a filter's lines.
 */
final class RequestKeys {
    static final int DATA = 0;
    static final int FIRST = 1;
    static final int COOKIE = 2;

    private final SipHash hash;

    RequestKeys(RandomSource random) {
        hash = SipHash.keyed(random);
    }

    long asked(int customer, int requestClass, Path mailbox) {
        long who = (long) customer << 32 | (long) requestClass << 16 | mailbox.port();
        return hash.hash(mailbox.addressHigh(), mailbox.addressLow(), who);
    }

    long ofImage(long asked, long imageHigh, long imageLow) {
        return hash.hash(asked, imageHigh, imageLow);
    }

    /** Of the packet that shows the nonce. */
    long ofNonce(long asked, long nonceHigh, long nonceLow) {
        return hash.hash(asked, SipHash.imageHigh(nonceHigh, nonceLow), SipHash.imageLow(nonceHigh, nonceLow));
    }
}
