package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;

/** What a sender knows of the way through each mailbox: round trips, and how far acknowledgements have come. */
final class PathTimes {
    private static final int MAX_ENTRIES = 2 * MailboxSet.MAX_SIZE;

    private static final double FATE_WEIGHT = 1.0 / 8;

    static final class Entry {
        final int member;
        final Rtt rtt = new Rtt();
        long nextOrder;
        long largestAckedOrder = -1;
        private long lostOrder = -2;
        private int lostInARow;
        private double loss;

        Entry(int member, double loss) {
            this.member = member;
            this.loss = loss;
        }

        /** Share lost of the packets lately put at this mailbox, 0 to 1. */
        double loss() {
            return loss;
        }

        void onAcked(long order) {
            largestAckedOrder = Math.max(largestAckedOrder, order);
            loss -= loss * FATE_WEIGHT;
        }

        /** Counts losses with no acknowledgement between them. */
        int onLost() {
            loss += (1 - loss) * FATE_WEIGHT;
            lostInARow = largestAckedOrder == lostOrder ? lostInARow + 1 : 1;
            lostOrder = largestAckedOrder;
            return lostInARow;
        }

        /** How long a packet through this mailbox may be out; {@code all} stands in until this one has been timed. */
        long patienceNs(Rtt all) {
            return rtt.smoothedNs() < 0 ? 2 * all.patienceNs() : Math.max(rtt.patienceNs(), all.patienceNs());
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** @param loss what a mailbox not known yet is taken to lose */
    Entry of(int member, double loss) {
        for (int i = 0; i < entries.size(); i++)
            if (entries.get(i).member == member)
                return entries.get(i);
        if (entries.size() == MAX_ENTRIES)
            entries.removeFirst();
        Entry entry = new Entry(member, loss);
        entries.add(entry);
        return entry;
    }
}
