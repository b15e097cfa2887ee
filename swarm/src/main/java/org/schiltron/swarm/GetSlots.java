package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;

/** The gets of one direction by index: from the lowest that is waited for to the lowest not asked for. */
final class GetSlots {
    private @Nullable Outstanding[] slots = new Outstanding[Inbound.FIRST_WINDOW]; // a power of two
    /** Lowest index that is still waited for. */
    long base;
    /** Lowest index not asked for. */
    long end;

    @Nullable
    Outstanding get(long index) {
        Outstanding get = slots[(int) index & (slots.length - 1)];
        return get != null && get.index == index ? get : null;
    }

    /** The get for index {@link #end}, which moves on. */
    void add(Outstanding get) {
        skip();
        slots[(int) get.index & (slots.length - 1)] = get;
    }

    /** Nothing is asked for at index {@link #end}, which moves on. */
    void skip() {
        if (end - base >= slots.length)
            resize(2 * slots.length);
        end++;
    }

    void remove(Outstanding get) {
        int place = (int) get.index & (slots.length - 1);
        if (slots[place] == get)
            slots[place] = null;
    }

    /** Takes no more memory than it began with; no more than that is left between {@link #base} and {@link #end}. */
    void compact() {
        resize(Inbound.FIRST_WINDOW);
    }

    private void resize(int length) {
        @Nullable
        Outstanding[] other = new Outstanding[length];
        for (long i = base; i < end; i++)
            other[(int) i & (length - 1)] = get(i);
        slots = other;
    }
}
