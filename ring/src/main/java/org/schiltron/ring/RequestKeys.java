package org.schiltron.ring;

import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;

/**
 * The keys of the nonce filters: a keyed hash of whose request it is, of which class, at which mailbox, and of the image.
 * Two steps, the first once a datagram. Nobody outside knows the hash key, so nobody can aim at a filter's lines.
 */
public final class RequestKeys {
    public static final int DATA = 0;
    public static final int FIRST = 1;

    private final SipHash hash;
    private final long[] image = new long[2];
    // The last answer of asked(): datagrams of one mailbox come in a row
    private long lastWho;
    private long lastHigh;
    private long lastLow;
    private long lastAsked;

    public RequestKeys(RandomSource random) {
        hash = SipHash.keyed(random);
        lastAsked = hash.hash(0, 0, 0);
    }

    public long asked(int customer, int requestClass, Path mailbox) {
        long who = (long) customer << 32 | (long) requestClass << 16 | mailbox.port();
        if (who != lastWho || mailbox.addressLow() != lastLow || mailbox.addressHigh() != lastHigh) {
            lastWho = who;
            lastHigh = mailbox.addressHigh();
            lastLow = mailbox.addressLow();
            lastAsked = hash.hash(lastHigh, lastLow, who);
        }
        return lastAsked;
    }

    public long ofImage(long asked, long imageHigh, long imageLow) {
        return hash.hash(asked, imageHigh, imageLow);
    }

    /** Of the packet that shows the nonce. */
    public long ofNonce(long asked, long nonceHigh, long nonceLow) {
        SipHash.image(nonceHigh, nonceLow, image, 0);
        return hash.hash(asked, image[0], image[1]);
    }
}
