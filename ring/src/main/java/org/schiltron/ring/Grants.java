package org.schiltron.ring;

import org.schiltron.machine.Path;

/**
 * The mailboxes that have given a customer a cookie through this ring node, and until when: it may send requests and
 * packets to no other address. Fixed size; when full, the grant that ends first makes room. Searched from end to end for
 * a new grant (a few a minute), and from the hit of the last search otherwise.
 */
final class Grants {
    private final long[] addressHigh;
    private final long[] addressLow;
    private final int[] port;
    private final long[] untilNs;
    private final byte[] slots; // by low bits of the address and port: where to look first
    private int used;

    /** @param capacity 1 to 256 */
    Grants(int capacity) {
        addressHigh = new long[capacity];
        addressLow = new long[capacity];
        port = new int[capacity];
        untilNs = new long[capacity];
        slots = new byte[1_024];
    }

    /** Never shortens a grant that stands. */
    void grant(long nowNs, Path mailbox, long until) {
        int i = find(mailbox);
        if (i < 0) {
            i = used < untilNs.length ? used++ : first();
            addressHigh[i] = mailbox.addressHigh();
            addressLow[i] = mailbox.addressLow();
            port[i] = mailbox.port();
            untilNs[i] = nowNs;
            slots[hint(mailbox)] = (byte) i;
        }
        untilNs[i] = Math.max(untilNs[i], until);
    }

    boolean granted(long nowNs, Path mailbox) {
        int i = find(mailbox);
        return i >= 0 && nowNs < untilNs[i];
    }

    void clear() {
        used = 0;
    }

    private int find(Path mailbox) {
        int hint = hint(mailbox);
        int guess = slots[hint] & 0xff;
        if (guess < used && matches(guess, mailbox))
            return guess;
        for (int i = 0; i < used; i++) {
            if (matches(i, mailbox)) {
                slots[hint] = (byte) i;
                return i;
            }
        }
        return -1;
    }

    private boolean matches(int i, Path mailbox) {
        return addressLow[i] == mailbox.addressLow() && addressHigh[i] == mailbox.addressHigh()
                && port[i] == mailbox.port();
    }

    private int first() {
        int first = 0;
        for (int i = 1; i < used; i++) {
            if (untilNs[i] < untilNs[first])
                first = i;
        }
        return first;
    }

    private static int hint(Path mailbox) {
        long mixed = (mailbox.addressLow() ^ mailbox.addressHigh() * 31 ^ mailbox.port()) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 54);
    }
}
