package org.schiltron.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;

/**
 * The datagrams that wait in front of a {@link LinkModel}, for a {@link Discipline} that decides when one is to be sent. It
 * knows them by handles of its user's, and is told the time:
 *
 * <pre>{@code
 * if (!LinkModel.isDropped(link.enter(length))) queue.offer(nowNs, handle, length, flow);
 * // whenever the link is free
 * int next = queue.poll(nowNs);
 * if (next != LinkQueue.NONE) freeAtNs = link.send(nowNs, length(next)); // and then link.leave(freeAtNs, length(next))
 * }</pre>
 *
 * <p>CoDel (RFC 8289) is one flow, FQ-CoDel (RFC 8290) {@value #FLOWS} of them, by a keyed hash: two that share one share its part.
 * Flows are served in turn, as many bytes in a round; one that has just begun to send comes first, once. With several flows a full
 * queue drops from the one that has most in it, half of what it has or {@value #BATCH} datagrams (RFC 8290, section 4.1.2); with
 * one, it drops what comes.
 *
 * <p>What an adversary could do: with addresses or ports at random each datagram is a flow of its own, and together they share all
 * {@value #FLOWS}; then a steady flow gets one turn among them, and no less.
 *
 * <p>Bound: {@value #MAX_PACKETS} datagrams, 24 bytes each, and 100 bytes a flow; allocates only while it grows.
 */
public final class LinkQueue {
    /** No handle. */
    public static final int NONE = -1;
    /** RFC 8290, section 5.2: the defaults of limit and flows. */
    static final int MAX_PACKETS = 10_240;
    static final int FLOWS = 1_024;
    static final int BATCH = 64;

    /** Who hears what is dropped. */
    @FunctionalInterface
    public interface Drops {
        /** @param cause {@link DropCause#QUEUE} for want of room, {@link DropCause#EARLY} because it waited too long */
        void dropped(int handle, DropCause cause);
    }

    private final Drops drops;
    private final long key;
    private final @Nullable CoDelFlow[] flows;
    private final ArrayDeque<CoDelFlow> fresh = new ArrayDeque<>();
    private final ArrayDeque<CoDelFlow> old = new ArrayDeque<>();
    private final Discipline.CoDel codel;
    private long limitBytes;
    private int mtuBytes;
    // The datagrams, by slot
    int[] handles = new int[16];
    int[] lengths = new int[16];
    long[] cameNs = new long[16];
    int[] next = new int[16];
    private int free = NONE;
    private int slots;
    private int packets;
    private long bytes;

    /** @throws IllegalArgumentException for a discipline that keeps no queue */
    public LinkQueue(LinkConfig config, RandomSource random, Drops drops) {
        this.drops = drops;
        switch (config.discipline()) {
            case Discipline.CoDel one -> {
                codel = one;
                flows = new CoDelFlow[1];
            }
            case Discipline.FairCoDel fair -> {
                codel = fair.each();
                flows = new CoDelFlow[FLOWS];
            }
            default -> throw new IllegalArgumentException(config.discipline() + " keeps no queue");
        }
        key = random.nextLong();
        configure(config);
    }

    /** Size and MTU, from the next datagram on. */
    void configure(LinkConfig config) {
        limitBytes = config.queueBytes();
        mtuBytes = config.mtuBytes();
    }

    Discipline.CoDel codel() {
        return codel;
    }

    int mtuBytes() {
        return mtuBytes;
    }

    boolean isEmpty() {
        return packets == 0;
    }

    /** What waits; without what is being sent. */
    public long bytes() {
        return bytes;
    }

    /**
     * Takes a datagram, and drops one or more if that is too much, perhaps this one.
     *
     * @param handle 0 or more
     * @param flow   the same for datagrams of one flow
     */
    public void offer(long nowNs, int handle, int length, long flow) {
        boolean full = packets == MAX_PACKETS || (packets > 0 && bytes + length > limitBytes);
        if (full && flows.length == 1) {
            drops.dropped(handle, DropCause.QUEUE);
            return;
        }
        CoDelFlow to = flow(flow);
        to.add(slot(nowNs, handle, length));
        if (!to.listed) {
            to.listed = true;
            to.credit = mtuBytes;
            fresh.add(to);
        }
        while (packets > MAX_PACKETS || (packets > 1 && bytes > limitBytes))
            dropFromFattest();
    }

    private CoDelFlow flow(long flow) {
        int index = (int) (Trace.mix(key, flow) >>> 32) & (flows.length - 1);
        CoDelFlow found = flows[index];
        if (found == null) {
            found = new CoDelFlow(this);
            flows[index] = found;
        }
        return found;
    }

    private void dropFromFattest() {
        CoDelFlow fattest = null;
        for (CoDelFlow flow : flows) {
            if (flow != null && (fattest == null || flow.bytes > fattest.bytes))
                fattest = flow;
        }
        if (fattest == null)
            return;
        for (int i = Math.clamp(fattest.packets / 2, 1, BATCH); i > 0; i--)
            drop(fattest.remove(), DropCause.QUEUE);
    }

    /** The next to be sent, or {@link #NONE} if none waits. RFC 8290, section 4.2. */
    public int poll(long nowNs) {
        while (true) {
            ArrayDeque<CoDelFlow> list = fresh.isEmpty() ? old : fresh;
            CoDelFlow flow = list.peek();
            if (flow == null)
                return NONE;
            if (flow.credit <= 0) {
                flow.credit += mtuBytes;
                list.remove();
                old.add(flow);
                continue;
            }
            int slot = flow.next(nowNs);
            if (slot != NONE) {
                flow.credit -= lengths[slot];
                return release(slot);
            }
            list.remove();
            // One that ran dry in its first turn waits for another: else it would come first again and again.
            if (flow.packets > 0 || (list == fresh && !old.isEmpty()))
                old.add(flow);
            else
                flow.listed = false;
        }
    }

    void drop(int slot, DropCause cause) {
        drops.dropped(release(slot), cause);
    }

    private int slot(long nowNs, int handle, int length) {
        if (free == NONE) {
            if (slots == handles.length) {
                handles = Arrays.copyOf(handles, 2 * slots);
                lengths = Arrays.copyOf(lengths, 2 * slots);
                cameNs = Arrays.copyOf(cameNs, 2 * slots);
                next = Arrays.copyOf(next, 2 * slots);
            }
            next[slots] = NONE;
            free = slots++;
        }
        int slot = free;
        free = next[slot];
        handles[slot] = handle;
        lengths[slot] = length;
        cameNs[slot] = nowNs;
        next[slot] = NONE;
        packets++;
        bytes += length;
        return slot;
    }

    private int release(int slot) {
        next[slot] = free;
        free = slot;
        packets--;
        bytes -= lengths[slot];
        return handles[slot];
    }
}
