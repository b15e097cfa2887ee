package org.schiltron.ring;

import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * A customer's requests for cookies that may still be answered, each once. Exact, unlike a {@link NonceFilter}: a COOKIE that
 * passes allows sending to its address, so not one in a thousand may pass that nobody asked for.
 *
 * <p>What leaves differs from what the customer wrote: the low half of the nonce is drawn here, and put back in the answer. So
 * only who receives at an address can answer there, the customer itself included; and a copy of an older answer is worth
 * nothing.
 *
 * <p>Sets of {@value #WAYS}, picked by the half that was drawn, where the oldest gives way. Of fixed size, for twice what
 * the customer may ask in {@value #STANDS_NS} ns.
 */
final class CookieRequests {
    static final long STANDS_NS = 4_000_000_000L;
    private static final int WAYS = 4;
    // A row: address high, low, port, nonce high, low outside, low inside, until
    private static final int OUTSIDE = 4;
    private static final int INSIDE = 5;
    private static final int UNTIL = 6;
    private static final int ROW = 7;

    private final RandomSource random;
    private final int mask;
    private final long[] rows;

    /** @param perSecond the most that the customer may ask */
    CookieRequests(int perSecond, RandomSource random) {
        this.random = random;
        int sets = Integer.highestOneBit(Math.max(1, perSecond * (int) (STANDS_NS / 1_000_000_000L) * 2 / WAYS)) * 2;
        mask = sets - 1;
        rows = new long[sets * WAYS * ROW];
        clear();
    }

    /** The low half of the nonce that leaves in the place of {@code inside}. */
    long ask(long nowNs, Path mailbox, long nonceHigh, long inside) {
        long outside = random.nextLong();
        int set = set(outside);
        int row = set;
        for (int at = set + ROW; at < set + WAYS * ROW; at += ROW)
            if (rows[at + UNTIL] < rows[row + UNTIL])
                row = at;
        rows[row] = mailbox.addressHigh();
        rows[row + 1] = mailbox.addressLow();
        rows[row + 2] = mailbox.port();
        rows[row + 3] = nonceHigh;
        rows[row + OUTSIDE] = outside;
        rows[row + INSIDE] = inside;
        rows[row + UNTIL] = nowNs + STANDS_NS;
        return outside;
    }

    /**
     * Whether that was asked for there, and is answered for the first time; then {@code packet}'s other half is what the
     * customer wrote.
     */
    boolean answer(RingPacket packet, long nonceHigh, long outside) {
        int set = set(outside);
        for (int at = set; at < set + WAYS * ROW; at += ROW) {
            if (rows[at + OUTSIDE] == outside && rows[at + UNTIL] > packet.nowNs && rows[at + 3] == nonceHigh
                    && rows[at] == packet.mailbox.addressHigh() && rows[at + 1] == packet.mailbox.addressLow()
                    && rows[at + 2] == packet.mailbox.port()) {
                packet.otherHalf(rows[at + INSIDE]);
                rows[at + UNTIL] = Long.MIN_VALUE;
                return true;
            }
        }
        return false;
    }

    void clear() {
        for (int at = 0; at < rows.length; at += ROW)
            rows[at + UNTIL] = Long.MIN_VALUE;
    }

    private int set(long outside) {
        return ((int) outside & mask) * WAYS * ROW;
    }
}
