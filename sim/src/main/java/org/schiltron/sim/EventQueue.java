package org.schiltron.sim;

import java.util.Arrays;

/**
 * A priority queue of events by time, first in first out among equal times: a heap of what comes within the next
 * microseconds, before it a wheel of slots for the rest, coarser the further away. An event is put into its slot in O(1),
 * handed down to finer slots as its time comes nearer, at most once a level, and sorted only among its neighbours.
 *
 * <p>Times are counted in ticks of 2^{@value #TICK_SHIFT} ns, a tick read as a number of base 64. The heap holds all ticks
 * up to the one opened last. A later tick lies at the level of the highest digit in which it differs from that, in the
 * slot of its own digit: thus all of the lowest level that holds something comes before all of the next, and slots within a
 * level come in their order. (A radix heap, Ahuja, Mehlhorn, Orlin and Tarjan 1990, with the slots of Varghese and Lauck's
 * hierarchical timing wheel, 1987.) Order within a slot does not matter, since the heap sorts by time and order.
 *
 * <p>A slot's events lie by value in chunks of half a kilobyte, so that handing them down reads memory in its order; as
 * linked handles each would cost a cache miss that waits for the one before. Grows with the number of events, whose bound is
 * that of its user; allocates only then.
 */
final class EventQueue {
    /** Says which events stay. */
    @FunctionalInterface
    interface Filter {
        boolean keeps(int handle, long order);
    }

    private static final int TICK_SHIFT = 12;
    private static final int DIGIT_BITS = 6;
    private static final int SLOTS = 1 << DIGIT_BITS;
    private static final int LEVELS = (63 - TICK_SHIFT + DIGIT_BITS - 1) / DIGIT_BITS;
    private static final int NONE = -1;

    // A chunk: a word with the chunk after it << 32 | how many words are used; then events of three words.
    private static final int CHUNK_SHIFT = 6;
    private static final int CHUNK_WORDS = 1 << CHUNK_SHIFT;
    private static final int EVENT_WORDS = 3; // time, order, handle

    private final EventHeap near = new EventHeap();
    private final long[] occupied = new long[LEVELS]; // a bit for each slot
    private final int[] heads = new int[LEVELS * SLOTS]; // first chunks
    private int occupiedLevels; // a bit each
    private long[] chunks = new long[4 * CHUNK_WORDS];
    private int chunksUsed;
    private int freeChunk = NONE;
    private long openedTick;
    private int waiting;

    EventQueue() {
        Arrays.fill(heads, NONE);
    }

    int size() {
        return near.size() + waiting;
    }

    /** When the first is due, if that is at most {@code limitNs}; else something beyond that. */
    long firstTimeNs(long limitNs) {
        if (near.size() == 0)
            open(limitNs);
        return near.firstTimeNs();
    }

    /** Of the event whose time {@link #firstTimeNs} told, as the next. */
    long firstOrder() {
        return near.firstOrder();
    }

    int firstHandle() {
        return near.firstHandle();
    }

    /**
     * @param timeNs at least 0
     * @param order  the run's event counter; the lower comes first among equal times
     */
    void add(int handle, long timeNs, long order) {
        long tick = timeNs >>> TICK_SHIFT;
        if (tick <= openedTick)
            near.add(handle, timeNs, order);
        else
            put(slot(tick), timeNs, order, handle);
    }

    /** The handle that is due first. The queue must not be empty. */
    int takeFirst() {
        if (near.size() == 0)
            open(Long.MAX_VALUE);
        return near.takeFirst();
    }

    /** Takes out all that the filter does not keep. O(n). */
    void retain(Filter filter) {
        near.retain(filter);
        for (int slot = 0; slot < heads.length; slot++) {
            int chunk = vacate(slot);
            while (chunk != NONE) {
                int base = chunk << CHUNK_SHIFT;
                int end = base + (int) chunks[base];
                for (int at = base + 1; at <= end - EVENT_WORDS + 1; at += EVENT_WORDS) {
                    waiting--;
                    if (filter.keeps((int) chunks[at + 2], chunks[at + 1]))
                        put(slot, chunks[at], chunks[at + 1], (int) chunks[at + 2]);
                }
                chunk = free(chunk);
            }
        }
    }

    // The wheel

    /** Opens slots until the heap has something, or all that waits is beyond the limit. */
    private void open(long limitNs) {
        while (near.size() == 0 && occupiedLevels != 0) {
            int level = Integer.numberOfTrailingZeros(occupiedLevels);
            int digit = Long.numberOfTrailingZeros(occupied[level]);
            int shift = level * DIGIT_BITS;
            long tick = (openedTick >>> shift >>> DIGIT_BITS << DIGIT_BITS | digit) << shift;
            if (tick << TICK_SHIFT > limitNs)
                return;
            openedTick = tick;
            handDown(vacate(level * SLOTS + digit));
        }
    }

    private void handDown(int first) {
        int chunk = first;
        while (chunk != NONE) {
            int base = chunk << CHUNK_SHIFT;
            int end = base + (int) chunks[base];
            for (int at = base + 1; at <= end - EVENT_WORDS + 1; at += EVENT_WORDS) {
                waiting--;
                add((int) chunks[at + 2], chunks[at], chunks[at + 1]);
            }
            chunk = free(chunk);
        }
    }

    private int slot(long tick) {
        int level = (63 - Long.numberOfLeadingZeros(tick ^ openedTick)) / DIGIT_BITS;
        return level * SLOTS + ((int) (tick >>> (level * DIGIT_BITS)) & (SLOTS - 1));
    }

    private void put(int slot, long timeNs, long order, int handle) {
        int chunk = heads[slot];
        if (chunk == NONE || (int) chunks[chunk << CHUNK_SHIFT] + EVENT_WORDS >= CHUNK_WORDS)
            chunk = newChunk(slot);
        int base = chunk << CHUNK_SHIFT;
        long[] words = chunks;
        int at = base + 1 + (int) words[base];
        words[at] = timeNs;
        words[at + 1] = order;
        words[at + 2] = handle;
        words[base] += EVENT_WORDS;
        waiting++;
    }

    private int newChunk(int slot) {
        int after = heads[slot];
        if (after == NONE) {
            occupied[slot / SLOTS] |= 1L << slot;
            occupiedLevels |= 1 << (slot / SLOTS);
        }
        int chunk = freeChunk;
        if (chunk == NONE) {
            chunk = chunksUsed++;
            if (chunk << CHUNK_SHIFT == chunks.length)
                chunks = Arrays.copyOf(chunks, 2 * chunks.length);
        } else {
            freeChunk = (int) (chunks[chunk << CHUNK_SHIFT] >> 32);
        }
        chunks[chunk << CHUNK_SHIFT] = (long) after << 32;
        heads[slot] = chunk;
        return chunk;
    }

    /** @return the chunk after it */
    private int free(int chunk) {
        int after = (int) (chunks[chunk << CHUNK_SHIFT] >> 32);
        chunks[chunk << CHUNK_SHIFT] = (long) freeChunk << 32;
        freeChunk = chunk;
        return after;
    }

    /** Takes a slot's chunks out of the wheel. */
    private int vacate(int slot) {
        int head = heads[slot];
        if (head == NONE)
            return NONE;
        heads[slot] = NONE;
        int level = slot / SLOTS;
        occupied[level] &= ~(1L << slot);
        if (occupied[level] == 0)
            occupiedLevels &= ~(1 << level);
        return head;
    }
}
