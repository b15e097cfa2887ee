package org.schiltron.sim;

/**
 * One flow of a {@link LinkQueue}: first in, first out, with delay control at its head (RFC 8289, section 5). As long as at least
 * one datagram in each interval waits less than the target, nothing is dropped: a queue that drains is no queue too
 * many. Else one is dropped, the next after interval / sqrt(2), and so on with interval / sqrt(count): to the loss that slows TCP down
 * evenly with its number, and to any loss in the end.
 */
final class CoDelFlow {
    private static final long NEVER = Long.MAX_VALUE;
    /** Drops again at the pace it had if it stopped no longer ago than so many intervals (section 5.5). */
    private static final int RECENT_INTERVALS = 16;

    private final LinkQueue queue;
    private int head = LinkQueue.NONE;
    private int tail = LinkQueue.NONE;
    int packets;
    long bytes;
    // For the turns
    long credit;
    boolean listed;
    // Of the control law
    private long aboveSinceNs = NEVER; // and an interval later it may drop
    private long dropNextNs;
    private int count;
    private int lastCount;
    private boolean dropping;
    private boolean mayDrop; // of the last that head() gave

    CoDelFlow(LinkQueue queue) {
        this.queue = queue;
    }

    void add(int slot) {
        if (tail == LinkQueue.NONE)
            head = slot;
        else
            queue.next[tail] = slot;
        tail = slot;
        packets++;
        bytes += queue.lengths[slot];
    }

    /** The first, without a question. There must be one. */
    int remove() {
        int slot = head;
        head = queue.next[slot];
        if (head == LinkQueue.NONE)
            tail = LinkQueue.NONE;
        packets--;
        bytes -= queue.lengths[slot];
        return slot;
    }

    /** The next to be sent, or {@link LinkQueue#NONE}; drops those that the control law takes before it. */
    int next(long nowNs) {
        int slot = head(nowNs);
        if (dropping) {
            if (!mayDrop)
                dropping = false;
            while (dropping && nowNs >= dropNextNs) {
                queue.drop(slot, DropCause.EARLY);
                count++;
                slot = head(nowNs);
                if (mayDrop)
                    dropNextNs = control(dropNextNs);
                else
                    dropping = false;
            }
        } else if (mayDrop) {
            queue.drop(slot, DropCause.EARLY);
            slot = head(nowNs);
            dropping = true;
            int since = count - lastCount;
            boolean recent = nowNs - dropNextNs < RECENT_INTERVALS * queue.codel().intervalNs();
            count = since > 1 && recent ? since : 1;
            dropNextNs = control(nowNs);
            lastCount = count;
        }
        return slot;
    }

    private long control(long fromNs) {
        return fromNs + (long) (queue.codel().intervalNs() / Math.sqrt(count));
    }

    /** Takes the first, and says in {@link #mayDrop} whether it is one too many. */
    private int head(long nowNs) {
        mayDrop = false;
        if (head == LinkQueue.NONE) {
            aboveSinceNs = NEVER;
            return LinkQueue.NONE;
        }
        int slot = remove();
        // What remains counts, as in the RFC: the last datagram of a link's length is never dropped.
        if (nowNs - queue.cameNs[slot] < queue.codel().targetNs() || bytes <= queue.mtuBytes())
            aboveSinceNs = NEVER;
        else if (aboveSinceNs == NEVER)
            aboveSinceNs = nowNs;
        else
            mayDrop = nowNs - aboveSinceNs >= queue.codel().intervalNs();
        return slot;
    }
}
