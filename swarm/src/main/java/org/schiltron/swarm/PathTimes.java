package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;

/** What a sender knows of the way through each mailbox: round trips, and how far acknowledgements have come. */
final class PathTimes {
    private static final int MAX_ENTRIES = 2 * MailboxSet.MAX_SIZE;

    static final class Entry {
        final int member;
        final Rtt rtt = new Rtt();
        long nextOrder;
        long largestAckedOrder = -1;
        private long lostOrder = -2;
        private int lostInARow;

        Entry(int member) {
            this.member = member;
        }

        /** Counts losses with no acknowledgement between them. */
        int onLost() {
            lostInARow = largestAckedOrder == lostOrder ? lostInARow + 1 : 1;
            lostOrder = largestAckedOrder;
            return lostInARow;
        }

        /** How long a packet through this mailbox may be out; {@code all} stands in until this one has been timed. */
        long timeoutNs(Rtt all) {
            return rtt.smoothedNs() < 0 ? 2 * all.timeoutNs() : rtt.timeoutNs();
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    Entry of(int member) {
        for (int i = 0; i < entries.size(); i++)
            if (entries.get(i).member == member)
                return entries.get(i);
        if (entries.size() == MAX_ENTRIES)
            entries.removeFirst();
        Entry entry = new Entry(member);
        entries.add(entry);
        return entry;
    }

    long nextOrder(int member) {
        return of(member).nextOrder++;
    }
}
